/// What the structures of newer OIDs begin with.
package struct NDISObjectHeader: Equatable, Sendable {
  package static let encodedSize = 4

  /// Which structure follows.
  package struct Kind: WireCode {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let standard = Self(rawValue: 0x80)
    package static let receiveScaleCapabilities = Self(rawValue: 0x88)
    package static let receiveScaleParameters = Self(rawValue: 0x89)
    package static let offload = Self(rawValue: 0xA7)
    package static let offloadEncapsulation = Self(rawValue: 0xA8)

    package var name: String? {
      switch self {
      case .standard: "default"
      case .receiveScaleCapabilities: "receive scale capabilities"
      case .receiveScaleParameters: "receive scale parameters"
      case .offload: "offload"
      case .offloadEncapsulation: "offload encapsulation"
      default: nil
      }
    }
  }

  package let kind: Kind
  package let revision: UInt8
  /// The structure with this header, in bytes, as its revision defines it.
  package let structureByteCount: UInt16

  package init(kind: Kind, revision: UInt8, structureByteCount: UInt16) {
    self.kind = kind
    self.revision = revision
    self.structureByteCount = structureByteCount
  }

  /// Reads the header. Throws when there are not even its four bytes.
  package init(parsing bytes: RawSpan) throws(WireError) {
    guard bytes.byteCount >= Self.encodedSize else {
      throw .truncated(needed: Self.encodedSize, got: bytes.byteCount)
    }
    kind = Kind(rawValue: bytes.loadLittleEndian(at: 0))
    revision = bytes.loadLittleEndian(at: 1)
    structureByteCount = bytes.loadLittleEndian(at: 2)
  }

  /// Reads the header of a structure of `kind` whose revisions take `minimumByteCounts`, the first revision's first.
  ///
  /// A revision later than all of these has at least the last one's fields. Throws when it is another structure, its
  /// revision is 0, or header or bytes are too short for its revision.
  init(parsing bytes: RawSpan, kind: Kind, minimumByteCounts: [Int]) throws(WireError) {
    try self.init(parsing: bytes)
    guard self.kind == kind else {
      throw .unexpectedType(expected: UInt32(kind.rawValue), got: UInt32(self.kind.rawValue))
    }
    guard revision > 0 else { throw .fieldOutOfRange(.objectRevision, value: 0) }
    let needed = minimumByteCounts[min(Int(revision), minimumByteCounts.count) - 1]
    guard structureByteCount >= needed else {
      throw .fieldOutOfRange(.objectByteCount, value: UInt64(structureByteCount))
    }
    guard bytes.byteCount >= needed else { throw .truncated(needed: needed, got: bytes.byteCount) }
  }

  @_lifetime(out: copy out)
  package func emit(into out: inout MutableRawSpan) {
    out.storeLittleEndian(kind.rawValue, at: 0)
    out.storeLittleEndian(revision, at: 1)
    out.storeLittleEndian(structureByteCount, at: 2)
  }
}
