/// Rows of cells that line up: the first column to the left, those after it to the right, the last one as it is.
package struct TextColumns {
  private var rows: [[String]]

  /// `header` is the first row.
  package init(header: [String]) { rows = [header] }

  /// Adds a row below the others.
  package mutating func append(_ row: [String]) {
    precondition(row.count == rows[0].count, "a row has a cell for every column")
    rows.append(row)
  }

  /// The rows, header first, without spaces at their ends.
  package var lines: [String] {
    let last = rows[0].count - 1
    let widths = (0..<last).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = (0...last).map { column in
        switch column {
        case last: row[column]
        case 0: row[column].rightPadded(to: widths[column])
        default: row[column].leftPadded(to: widths[column])
        }
      }
      let line = cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }
}
