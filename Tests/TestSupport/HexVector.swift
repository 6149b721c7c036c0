/// Bytes written as a dump: each line an offset of four or more hexadecimal digits, and pairs of digits behind it.
package struct HexVector: Sendable {
  /// The offset in front of the first line.
  package let offset: Int
  /// The bytes of all lines in order, wherever their lines say they lie.
  package let bytes: [UInt8]

  /// The dump's bytes. A dump is written by us, so a bad one traps.
  package init(_ dump: String) {
    var offset: Int?
    var bytes: [UInt8] = []
    for line in dump.split(separator: "\n") {
      let columns = line.split(separator: " ")
      guard let lineOffset = columns.first.flatMap({ Int($0, radix: 16) }), columns[0].utf8.count >= 4 else {
        preconditionFailure("no offset: \(line)")
      }
      offset = offset ?? lineOffset
      for column in columns.dropFirst() {
        guard column.utf8.count == 2, let byte = UInt8(column, radix: 16) else {
          preconditionFailure("no byte: \(column)")
        }
        bytes.append(byte)
      }
    }
    self.offset = offset ?? 0
    self.bytes = bytes
  }

  /// The little-endian words the bytes make, for vectors of rings.
  package var words: [UInt64] {
    precondition(bytes.count % 8 == 0, "a ring is made of words")
    return stride(from: 0, to: bytes.count, by: 8).map { start in
      bytes[start..<start + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
  }
}
