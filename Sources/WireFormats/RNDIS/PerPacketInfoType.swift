/// What a per-packet info element tells about its frame.
@usableFromInline
package struct PerPacketInfoType: WireCode {
  @usableFromInline package let rawValue: UInt32
  @inlinable package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Data: `TransmitChecksumInfo` from a guest.
  @inlinable package static var checksum: Self { Self(rawValue: 0) }
  @inlinable package static var ipsec: Self { Self(rawValue: 1) }
  /// Data: `LargeSendInfo`.
  @inlinable package static var largeSend: Self { Self(rawValue: 2) }
  @inlinable package static var classification: Self { Self(rawValue: 3) }
  @inlinable package static var scatterList: Self { Self(rawValue: 5) }
  /// Data: `VLANTagInfo`.
  @inlinable package static var vlanTag: Self { Self(rawValue: 6) }
  @inlinable package static var originalPacket: Self { Self(rawValue: 7) }
  /// Data: the hash of the packet's flow.
  @inlinable package static var hashValue: Self { Self(rawValue: 8) }
  /// Data: which fields the hash covers.
  @inlinable package static var hashInformation: Self { Self(rawValue: 9) }

  /// The least data an element of this type holds, in bytes; 0 for types unknown here.
  var requiredDataByteCount: Int {
    switch self {
    case .checksum, .largeSend, .vlanTag, .hashValue, .hashInformation: 4
    default: 0
    }
  }

  @usableFromInline package var name: String? {
    switch self {
    case .checksum: "TCP/IP checksum"
    case .ipsec: "IPsec"
    case .largeSend: "large send offload"
    case .classification: "classification"
    case .scatterList: "scatter list"
    case .vlanTag: "802.1Q tag"
    case .originalPacket: "original packet"
    case .hashValue: "hash value"
    case .hashInformation: "hash information"
    default: nil
    }
  }
}
