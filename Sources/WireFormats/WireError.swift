/// What is wrong with bytes a peer sent. Nothing of it is ours: no parser traps on a peer's bytes.
@usableFromInline
package enum WireError: Error, Equatable, Sendable {
  /// Fewer bytes than the structure takes.
  case truncated(needed: Int, got: Int)
  /// Another message, or another structure, than the one asked for.
  case unexpectedType(expected: UInt32, got: UInt32)
  /// A VMBus packet's payload begins before its descriptor and the header of its type end. In bytes.
  case payloadOffsetTooSmall(byteOffset: UInt32, minimum: UInt32)
  /// A VMBus packet ends before its payload begins. In bytes.
  case payloadOffsetBeyondPacket(byteOffset: UInt32, packetByteCount: UInt32)
  /// A VMBus packet with its trailer takes more bytes than the ring holds.
  case packetBeyondRing(ringByteCount: UInt32, available: UInt32)
  /// VMBus descriptor flags that have no meaning.
  case unknownFlags(UInt16)
  /// A field holds a value its rules forbid.
  case fieldOutOfRange(WireField, value: UInt64)
  /// A part of a message does not lie where it may. Bytes from the start of the message (or buffer); `limit` is its end.
  case partOutOfBounds(WireField, offset: UInt64, byteCount: UInt64, limit: UInt64)
}

extension WireError: CustomStringConvertible {
  @usableFromInline package var description: String {
    switch self {
    case .truncated(let needed, let got):
      "truncated: \(needed) bytes needed, got \(got)"
    case .unexpectedType(let expected, let got):
      "unexpected type 0x\(String(got, radix: 16)), expected 0x\(String(expected, radix: 16))"
    case .payloadOffsetTooSmall(let byteOffset, let minimum):
      "payload at byte \(byteOffset) of a packet, which cannot begin before \(minimum)"
    case .payloadOffsetBeyondPacket(let byteOffset, let packetByteCount):
      "payload at byte \(byteOffset) of a packet of \(packetByteCount) bytes"
    case .packetBeyondRing(let ringByteCount, let available):
      "packet takes \(ringByteCount) bytes of the ring, which holds \(available)"
    case .unknownFlags(let flags):
      "descriptor flags 0x\(String(flags, radix: 16)) have no meaning"
    case .fieldOutOfRange(let field, let value):
      "\(field.rawValue) is \(value), which is out of range"
    case .partOutOfBounds(let field, let offset, let byteCount, let limit):
      "\(field.rawValue) at byte \(offset), \(byteCount) bytes, does not fit into \(limit) bytes"
    }
  }
}

/// The fields and parts a `WireError` can be about.
@usableFromInline
package enum WireField: String, Sendable {
  case rangeCount = "range count"
  case rangeByteCount = "range byte count"
  case rangeByteOffset = "range byte offset"
  case pageNumbers = "page numbers"
  case transferRange = "transfer range"
  case sectionCount = "section count"
  case sectionOffset = "section offset"
  case sectionByteCount = "section byte count"
  case sections = "sections"
  case tableEntryCount = "table entry count"
  case table = "table"
  case messageByteCount = "message byte count"
  case outOfBandData = "out-of-band data"
  case virtualCircuit = "virtual circuit handle"
  case frame = "frame"
  case frameByteCount = "frame byte count"
  case perPacketInfo = "per-packet info"
  case perPacketInfoByteCount = "per-packet info byte count"
  case perPacketInfoDataOffset = "per-packet info data offset"
  case information = "information buffer"
  case transferByteCount = "maximum transfer byte count"
  case alignmentFactor = "packet alignment factor"
  case objectRevision = "object revision"
  case objectByteCount = "object byte count"
  case hashKey = "hash key"
}
