import Foundation
import TestSupport
import Testing

@Suite(
  "The report in a browser", .enabled(if: Program.isBuilt, "netvsc is not built beside the tests"), .peer("chromium"),
  .serialized)
struct ReportInBrowserTests {
  private static let charts = ["packet-rate", "bit-rate", "completion-latency", "gap-error", "queue-balance"]

  /// A page of a paced run of which every fourth packet is refused.
  private func makePage(in folder: Folder) throws -> String {
    let sizes = (0..<400).map { $0 % 4 == 0 ? 13 : 60 + $0 }
    let outcome = try Program.run([
      "replay", try folder.capture(frameSizes: sizes, named: "a rather long name of a capture <of> frames.pcap"),
      "--pps", "2000", "--queues", "4", "--steer", "round-robin", "--quiet", "--report", folder.path("page.html"),
    ])
    #expect(outcome.status == 1)
    return String(decoding: try Data(contentsOf: URL(fileURLWithPath: folder.path("page.html"))), as: UTF8.self)
  }

  private func browse(_ folder: Folder, _ arguments: [String], _ page: String) throws -> String {
    let output = try Peer("chromium").run(
      [
        "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-background-networking",
        "--user-data-dir=\(folder.path("profile"))", "--allow-file-access-from-files", "--virtual-time-budget=5000",
      ] + arguments + [URL(fileURLWithPath: folder.path(page)).absoluteString])
    #expect(output.status == 0, "\(output.standardError)")
    return output.standardOutput
  }

  /// What a script makes of a document: the text that it leaves as `answer`.
  private func answer(of script: String, in document: String, _ folder: Folder, _ arguments: [String] = []) throws
    -> [Substring]
  {
    let probe =
      "<pre id=\"answer\"></pre><script type=\"module\">const tell=t=>answer.textContent+=t+';';\(script)</script>"
    try Data((document + probe).utf8).write(to: URL(fileURLWithPath: folder.path("probe.html")))
    let text = try browse(folder, arguments + ["--dump-dom"], "probe.html")
    let begin = try #require(text.range(of: "<pre id=\"answer\">")).upperBound
    let end = try #require(text.range(of: "</pre>", range: begin..<text.endIndex)).lowerBound
    return text[begin..<end].split(separator: ";")
  }

  @Test("has the numbers, and marks in every chart")
  func marks() throws {
    let folder = try Folder()
    let page = try makePage(in: folder)
    let script = """
      tell(document.querySelectorAll('tbody')[0].rows[2].textContent);
      for (const name of \(Self.charts)) {
        const chart = document.getElementById(name), frame = chart.getBoundingClientRect();
        const marks = [...chart.querySelectorAll('.curve,.bar,.rest,.dot')].filter(mark => {
          const box = mark.getBoundingClientRect();
          return box.width > 0 && box.height > 0 && box.left >= frame.left && box.right <= frame.right
            && box.top >= frame.top && box.bottom <= frame.bottom; });
        const texts = [...chart.querySelectorAll('text')].filter(text => {
          const box = text.getBoundingClientRect();
          return box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 1; });
        tell(marks.length); tell(texts.length);
      }
      """
    let answers = try answer(of: script, in: page, folder, ["--window-size=1000,1600"])
    #expect(answers.first.map(String.init) == "completed30078,000")
    let counts = answers.dropFirst().compactMap { Int($0) }
    try #require(counts.count == 2 * Self.charts.count)
    let marks = stride(from: 0, to: counts.count, by: 2).map { counts[$0] }
    #expect(marks[0] == 1 && marks[1] == 1)
    #expect(marks[2] == 5 && marks[3] == 5, "a curve and four dots")
    #expect(marks[4] == 4, "a bar for each queue: of the first, all were refused")
    #expect(stride(from: 1, to: counts.count, by: 2).allSatisfy { counts[$0] == 0 }, "no text is cut off")
  }

  @Test("fits a narrow screen", arguments: [360, 800])
  func narrow(width: Int) throws {
    let folder = try Folder()
    // A window has a least width; a frame has not.
    try Data(try makePage(in: folder).utf8).write(to: URL(fileURLWithPath: folder.path("inner.html")))
    let document =
      "<!DOCTYPE html><iframe id=inner src=inner.html style='width:\(width)px;height:2000px;border:0'></iframe>"
    let script = """
      await new Promise(done => inner.contentDocument.readyState == 'complete'
        && inner.contentDocument.querySelector('main') ? done() : inner.onload = done);
      const page = inner.contentDocument.documentElement;
      tell(page.clientWidth); tell(page.scrollWidth);
      """
    let answers = try answer(of: script, in: document, folder)
    #expect(answers == ["\(width)", "\(width)"])
  }

  @Test("paints every chart, in the light and in the dark", arguments: [false, true])
  func painted(dark: Bool) throws {
    let folder = try Folder()
    let page = try makePage(in: folder)
    let window = ["--window-size=1000,1600"]
    let scheme = dark ? ["--blink-settings=preferredColorScheme=0"] : ["--blink-settings=preferredColorScheme=1"]
    _ = try browse(folder, window + scheme + ["--screenshot=\(folder.path("shot.png"))"], "page.html")
    // The browser itself reads the picture back: the colours within each chart's frame, counted.
    let picture = try Data(contentsOf: URL(fileURLWithPath: folder.path("shot.png"))).base64EncodedString()
    let script = """
      await new Promise(done => window.onload = done);
      const canvas = document.createElement('canvas'); canvas.width = shot.naturalWidth; canvas.height = shot.naturalHeight;
      const brush = canvas.getContext('2d'); brush.drawImage(shot, 0, 0);
      tell(brush.getImageData(3, 3, 1, 1).data[0] < 128 ? 'dark' : 'light');
      for (const name of \(Self.charts)) {
        const box = document.getElementById(name).getBoundingClientRect();
        const data = brush.getImageData(box.left, box.top, box.width, box.height).data;
        let blue = 0;
        for (let i = 0; i < data.length; i += 4) if (data[i + 2] - data[i] > 60) blue += 1;
        tell(blue > 100);
      }
      """
    let answers = try answer(
      of: script, in: page + "<img id=shot style='display:none' src='data:image/png;base64,\(picture)'>", folder,
      window + scheme)
    #expect(answers == [dark ? "dark" : "light"] + Self.charts.map { _ in "true" })
  }

  @Test("prints")
  func printed() throws {
    let folder = try Folder()
    _ = try makePage(in: folder)
    _ = try browse(folder, ["--no-pdf-header-footer", "--print-to-pdf=\(folder.path("page.pdf"))"], "page.html")
    let document = try Data(contentsOf: URL(fileURLWithPath: folder.path("page.pdf")))
    #expect(document.starts(with: Data("%PDF-".utf8)))
    #expect(document.count > 10_000)
  }
}
