/// A message that breaks the rules of the socket. It ends the connection.
struct MessageError: Error, Equatable, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// Puts a message together: little-endian numbers one behind the other, and texts behind their lengths.
struct FieldWriter {
  private(set) var bytes: [UInt8] = []

  mutating func put<Number: FixedWidthInteger>(_ number: Number) {
    for byte in 0..<Number.bitWidth / 8 { bytes.append(UInt8(truncatingIfNeeded: number >> (8 * byte))) }
  }

  mutating func put(_ pages: Range<UInt64>) {
    put(pages.lowerBound)
    put(pages.upperBound)
  }

  mutating func put(_ text: String) {
    let bytes = Array(text.utf8.prefix(SocketLimits.textByteCount))
    put(UInt16(bytes.count))
    self.bytes += bytes
  }
}

/// Takes a message apart. Nothing in it is believed before it was checked.
struct FieldReader {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  mutating func take<Number: FixedWidthInteger>(_: Number.Type = Number.self) throws(MessageError) -> Number {
    let count = Number.bitWidth / 8
    guard rest.count >= count else { throw MessageError("a message that is too short") }
    let number = rest.prefix(count).reversed().reduce(Number(0)) { $0 << 8 | Number(truncatingIfNeeded: $1) }
    rest.removeFirst(count)
    return number
  }

  /// One page at least, and none beyond what can be counted in bytes.
  mutating func takePages() throws(MessageError) -> Range<UInt64> {
    let (start, end): (UInt64, UInt64) = (try take(), try take())
    guard start < end, end < 1 << 50 else { throw MessageError("pages \(start) to \(end), which cannot be") }
    return start..<end
  }

  /// Without control and format characters (those that turn the direction of writing are among them), so that it is safe to
  /// print.
  mutating func takeText() throws(MessageError) -> String {
    let count = Int(try take(UInt16.self))
    guard count <= SocketLimits.textByteCount, count <= rest.count else {
      throw MessageError("a text that is too long")
    }
    let text = String(decoding: rest.prefix(count), as: UTF8.self)
    rest.removeFirst(count)
    return String(text.map { $0.unicodeScalars.allSatisfy(Self.isPlain) ? $0 : "?" })
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: false
    default: true
    }
  }

  mutating func takeIndex() throws(MessageError) -> Int {
    let index = try take(UInt32.self)
    guard index < SocketLimits.channelCount else { throw MessageError("channel \(index), which cannot be") }
    return Int(index)
  }

  func end() throws(MessageError) {
    guard rest.isEmpty else { throw MessageError("a message with \(rest.count) bytes too many") }
  }
}
