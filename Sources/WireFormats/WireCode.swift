/// A code a peer sends. Codes are open: one that has no name here stays comparable and printable.
@usableFromInline
package protocol WireCode: RawRepresentable, Hashable, Sendable, CustomStringConvertible
where RawValue: FixedWidthInteger & BitwiseCopyable & Sendable {
  init(rawValue: RawValue)
  /// The field's name for the code; nil for a code unknown here.
  var name: String? { get }
}

extension WireCode {
  @inlinable @inline(__always)
  package static func == (left: Self, right: Self) -> Bool { left.rawValue == right.rawValue }

  @usableFromInline package var description: String {
    let number = "0x" + String(rawValue, radix: 16)
    return if let name { "\(name) (\(number))" } else { "unknown (\(number))" }
  }
}
