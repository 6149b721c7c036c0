/// A table whose first column names its rows, and whose other columns are numbers.
struct HTMLTable {
  let caption: String
  let header: [String]
  var rows: [[String]] = []

  var html: String {
    let head = header.map { "<th scope=\"col\">\(HTMLText.escaped($0))</th>" }.joined()
    let body = rows.map { row in
      let cells = row.enumerated().map { column, text in
        column == 0
          ? "<th scope=\"row\">\(HTMLText.escaped(text))</th>" : "<td>\(HTMLText.escaped(text))</td>"
      }
      return "<tr>\(cells.joined())</tr>\n"
    }
    // A table too wide for the screen is moved by itself; the keyboard reaches it as well.
    return """
      <div class="table" role="region" tabindex="0" aria-label="\(HTMLText.escaped(caption))">
      <table><caption>\(HTMLText.escaped(caption))</caption>
      <thead><tr>\(head)</tr></thead>
      <tbody>
      \(body.joined())</tbody></table></div>

      """
  }
}
