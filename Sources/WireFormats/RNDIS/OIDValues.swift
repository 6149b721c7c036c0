/// The data of an OID: one structure that fills the information buffer.
package protocol OIDValue: Equatable, Sendable {
  /// The bytes of the structure as we send it.
  var encodedSize: Int { get }

  /// Reads the value from an information buffer; bytes behind it are let pass. Throws when it is not a valid one.
  init(parsing bytes: RawSpan) throws(WireError)

  /// Writes the value: every byte of `out`, those behind the structure zero.
  @_lifetime(out: copy out)
  func emit(into out: inout MutableRawSpan)
}

/// An OID whose data is a 32-bit number.
package protocol OIDNumber: OIDValue, RawRepresentable where RawValue == UInt32 {
  init(rawValue: UInt32)
}

extension OIDNumber {
  package var encodedSize: Int { 4 }

  package init(parsing bytes: RawSpan) throws(WireError) {
    guard bytes.byteCount >= 4 else { throw .truncated(needed: 4, got: bytes.byteCount) }
    self.init(rawValue: bytes.loadLittleEndian(at: 0))
  }

  @_lifetime(out: copy out)
  package func emit(into out: inout MutableRawSpan) {
    out.zeroFill()
    out.storeLittleEndian(rawValue, at: 0)
  }
}

/// Data of `OID.maximumFrameSize`: the MTU in bytes, without the Ethernet header.
package struct MaximumFrameSize: OIDNumber {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// Data of `OID.linkSpeed`.
package struct LinkSpeed: OIDNumber {
  /// In units of 100 bit/s.
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  package var bitsPerSecond: UInt64 { UInt64(rawValue) * 100 }
}

/// Data of `OID.mediaConnectStatus`.
package struct MediaConnectStatus: OIDNumber, WireCode {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  package static let connected = Self(rawValue: 0)
  package static let disconnected = Self(rawValue: 1)

  package var name: String? {
    switch self {
    case .connected: "connected"
    case .disconnected: "disconnected"
    default: nil
    }
  }
}

/// Data of `OID.currentPacketFilter`: which frames the guest wants to receive; none stops them all.
package struct PacketFilter: OptionSet, OIDNumber {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  package static let directed = Self(rawValue: 0x01)
  package static let multicast = Self(rawValue: 0x02)
  package static let allMulticast = Self(rawValue: 0x04)
  package static let broadcast = Self(rawValue: 0x08)
  package static let promiscuous = Self(rawValue: 0x20)
}

/// Data of `OID.permanentAddress` and `OID.currentAddress`.
extension EthernetAddress: OIDValue {
  package var encodedSize: Int { Self.byteCount }

  @_lifetime(out: copy out)
  package func emit(into out: inout MutableRawSpan) {
    out.zeroFill()
    store(into: &out, at: 0)
  }
}
