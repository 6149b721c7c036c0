/// How a request of the NVSP protocol ended.
@usableFromInline
package struct NVSPStatus: WireCode, BitwiseCopyable {
  @usableFromInline package let rawValue: UInt32
  @inlinable package init(rawValue: UInt32) { self.rawValue = rawValue }

  @inlinable package static var none: Self { Self(rawValue: 0) }
  @inlinable package static var success: Self { Self(rawValue: 1) }
  @inlinable package static var failure: Self { Self(rawValue: 2) }
  @inlinable package static var versionTooNew: Self { Self(rawValue: 3) }
  @inlinable package static var versionTooOld: Self { Self(rawValue: 4) }
  @inlinable package static var invalidRNDISPacket: Self { Self(rawValue: 5) }
  @inlinable package static var busy: Self { Self(rawValue: 6) }
  @inlinable package static var protocolUnsupported: Self { Self(rawValue: 7) }

  @usableFromInline package var name: String? {
    switch self {
    case .none: "none"
    case .success: "success"
    case .failure: "failure"
    case .versionTooNew: "protocol version too new"
    case .versionTooOld: "protocol version too old"
    case .invalidRNDISPacket: "invalid RNDIS packet"
    case .busy: "busy"
    case .protocolUnsupported: "protocol unsupported"
    default: nil
    }
  }
}
