/// A drawing with its title, and the words that stand in for it where it is not seen.
struct Figure {
  /// Of its own within the page.
  let name: String
  let title: String
  /// What it shows, for those who hear it.
  let description: String
  /// What is read below it.
  let caption: String
  let drawing: String

  var html: String {
    """
    <figure>
    <figcaption>\(HTMLText.escaped(title))</figcaption>
    <svg id="\(name)" viewBox="0 0 \(SVG.number(ChartArea.width)) \(SVG.number(ChartArea.height))" role="img" \
    aria-labelledby="\(name)-title \(name)-description">
    <title id="\(name)-title">\(HTMLText.escaped(title))</title>
    <desc id="\(name)-description">\(HTMLText.escaped(description))</desc>
    \(drawing)
    </svg>
    <p>\(HTMLText.escaped(caption))</p>
    </figure>

    """
  }
}
