/// How an RNDIS request ended, or what an indication reports.
package struct RNDISStatus: WireCode {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  package static let success = Self(rawValue: 0)
  package static let pending = Self(rawValue: 0x0000_0103)
  package static let mediaConnect = Self(rawValue: 0x4001_000B)
  package static let mediaDisconnect = Self(rawValue: 0x4001_000C)
  package static let linkSpeedChange = Self(rawValue: 0x4001_0013)
  package static let networkChange = Self(rawValue: 0x4001_0018)
  package static let taskOffloadCurrentConfiguration = Self(rawValue: 0x4002_0006)
  package static let bufferOverflow = Self(rawValue: 0x8000_0005)
  package static let failure = Self(rawValue: 0xC000_0001)
  package static let resources = Self(rawValue: 0xC000_009A)
  package static let notSupported = Self(rawValue: 0xC000_00BB)
  package static let badVersion = Self(rawValue: 0xC001_0004)
  package static let invalidLength = Self(rawValue: 0xC001_0014)
  package static let invalidData = Self(rawValue: 0xC001_0015)
  package static let bufferTooShort = Self(rawValue: 0xC001_0016)
  package static let invalidOID = Self(rawValue: 0xC001_0017)

  package var name: String? {
    switch self {
    case .success: "success"
    case .pending: "pending"
    case .mediaConnect: "media connect"
    case .mediaDisconnect: "media disconnect"
    case .linkSpeedChange: "link speed change"
    case .networkChange: "network change"
    case .taskOffloadCurrentConfiguration: "task offload current configuration"
    case .bufferOverflow: "buffer overflow"
    case .failure: "failure"
    case .resources: "resources"
    case .notSupported: "not supported"
    case .badVersion: "bad version"
    case .invalidLength: "invalid length"
    case .invalidData: "invalid data"
    case .bufferTooShort: "buffer too short"
    case .invalidOID: "invalid OID"
    default: nil
    }
  }
}
