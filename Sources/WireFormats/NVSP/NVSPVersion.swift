/// A version of the NVSP protocol; later versions are greater.
package struct NVSPVersion: WireCode, Comparable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  package static let v1 = Self(rawValue: 0x0000_0002)
  package static let v2 = Self(rawValue: 0x0003_0002)
  package static let v4 = Self(rawValue: 0x0004_0000)
  package static let v5 = Self(rawValue: 0x0005_0000)
  package static let v6 = Self(rawValue: 0x0006_0000)
  package static let v6_1 = Self(rawValue: 0x0006_0001)

  /// Every version there is, in the order a guest tries them. There is no version 3.
  package static let tryOrder = [v6_1, v6, v5, v4, v2, v1]

  package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  /// The bytes of a message by the protocol's own structures: 28, and 40 from 6.1 on. A packet's payload is made of
  /// whole words, so 28 takes 32 bytes there. A receiver takes any length that holds the fields.
  package var messageByteCount: Int { self >= .v6_1 ? 40 : 28 }

  /// The NDIS version a guest announces with this version: 6.30 from version 5 on, 6.1 before.
  package var ndisVersion: SendNDISVersion { SendNDISVersion(major: 6, minor: self >= .v5 ? 30 : 1) }

  /// The revision of NDIS structures about offloads that goes with `ndisVersion`.
  package var offloadRevision: UInt8 { self >= .v5 ? 3 : 2 }

  package var name: String? {
    switch self {
    case .v1: "NVSP 1"
    case .v2: "NVSP 2"
    case .v4: "NVSP 4"
    case .v5: "NVSP 5"
    case .v6: "NVSP 6"
    case .v6_1: "NVSP 6.1"
    default: nil
    }
  }
}
