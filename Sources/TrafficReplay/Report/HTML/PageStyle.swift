/// How a page looks: on a light screen, on a dark one, on a narrow one and on paper.
enum PageStyle {
  static let css = """
    :root{color-scheme:light dark;--paper:#fff;--card:#f6f7f9;--ink:#1b1f24;--soft:#57606a;--line:#d8dde3;
    --data:#0b62c4;--tint:#0b62c424;--rest:#b3450c;--good:#17692f;--bad:#b3261e}
    @media (prefers-color-scheme:dark){:root{--paper:#12161b;--card:#1a2027;--ink:#e6eaef;--soft:#9aa5b1;
    --line:#323b45;--data:#6cb2ff;--tint:#6cb2ff2b;--rest:#ffa366;--good:#6fd58b;--bad:#ff8f85}}
    *{box-sizing:border-box}
    body{margin:0 auto;padding:28px 20px 40px;max-width:1000px;background:var(--paper);color:var(--ink);
    font:15px/1.5 system-ui,"Segoe UI","DejaVu Sans",sans-serif;overflow-wrap:anywhere}
    h1{font-size:26px;line-height:1.25;margin:0 0 4px}
    h2{font-size:18px;margin:32px 0 10px}
    code{display:block;margin:10px 0 0;padding:8px 12px;border-radius:6px;background:var(--card);
    font:13px/1.5 ui-monospace,"DejaVu Sans Mono",monospace}
    .soft{color:var(--soft);margin:0}
    .verdict{margin:20px 0;padding:10px 16px;border-left:5px solid;border-radius:6px;background:var(--card)}
    .verdict p{margin:0}.verdict strong{font-size:1.13em}.verdict ul{margin:6px 0;padding-left:20px}
    .good{border-color:var(--good)}.good strong{color:var(--good)}
    .bad{border-color:var(--bad)}.bad strong{color:var(--bad)}
    dl{margin:0}
    .figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(140px,1fr));gap:12px}
    .figures div{padding:10px 14px;border:1px solid var(--line);border-radius:6px}
    dt{color:var(--soft);font-size:.87em}dd{margin:0}
    code span{display:inline-block}
    .figures dd{font-size:1.33em;font-weight:600}
    .settings{display:grid;grid-template-columns:repeat(auto-fill,minmax(200px,1fr));gap:8px 20px}
    .charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,400px),1fr));gap:20px}
    figure{margin:0;padding:12px 14px;border:1px solid var(--line);border-radius:6px;break-inside:avoid}
    figcaption{font-weight:600;margin-bottom:6px}
    figure p{margin:4px 0 0;color:var(--soft);font-size:.87em}
    svg{display:block;width:100%;height:auto}
    svg text{font-size:12px;fill:var(--soft)}
    .start{text-anchor:start}.middle{text-anchor:middle}.end{text-anchor:end}
    .grid{stroke:var(--line)}.base{stroke:var(--soft)}
    .area{fill:var(--tint)}.curve{fill:none;stroke:var(--data);stroke-width:1.8;stroke-linejoin:round}
    .mean{stroke:var(--ink);stroke-width:1.2;stroke-dasharray:5 4}
    .value{paint-order:stroke;stroke:var(--paper);stroke-width:4px;stroke-linejoin:round}
    .dot{fill:var(--paper);stroke:var(--data);stroke-width:2}
    .bar{fill:var(--data)}.rest{fill:url(#stripes);stroke:var(--rest)}#stripes path{stroke:var(--rest);stroke-width:2}
    .table{overflow-x:auto;margin-top:18px}
    table{border-collapse:collapse;min-width:min(100%,560px);font-variant-numeric:tabular-nums}
    caption{text-align:left;font-weight:600;padding-bottom:4px}
    th,td{padding:4px 0 4px 22px;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
    th:first-child{padding-left:0;text-align:left;font-weight:400}
    thead th{color:var(--soft);font-weight:400;font-size:.87em}
    .defs{position:absolute;width:0;height:0}
    @media (max-width:560px){body{padding:16px 14px}h1{font-size:21px}th,td{padding-left:14px}svg text{font-size:13.5px}}
    @media print{:root{color-scheme:light;--paper:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#bbb;--data:#0b4f9e;
    --tint:#0b4f9e1f;--rest:#8a3200;--good:#0d4d20;--bad:#8c1a13}
    body{max-width:none;padding:0;font-size:11px}h1{font-size:20px}h2{font-size:14px;margin-top:18px}code{font-size:10px;border:1px solid var(--line)}
    .verdict{margin:12px 0}.charts{grid-template-columns:1fr 1fr;gap:12px}
    figure,tr,.verdict,.figures{break-inside:avoid}h2{break-after:avoid}.table{overflow:visible}
    .bar,.area,.rest{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
    """
}
