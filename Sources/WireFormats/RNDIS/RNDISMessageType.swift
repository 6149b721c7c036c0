/// Which RNDIS message it is. A completion has the number of its request with the highest bit set.
@usableFromInline
package struct RNDISMessageType: WireCode {
  @usableFromInline package let rawValue: UInt32
  @inlinable package init(rawValue: UInt32) { self.rawValue = rawValue }

  @inlinable package static var packet: Self { Self(rawValue: 0x0000_0001) }
  package static let initialize = Self(rawValue: 0x0000_0002)
  package static let initializeComplete = Self(rawValue: 0x8000_0002)
  package static let halt = Self(rawValue: 0x0000_0003)
  package static let query = Self(rawValue: 0x0000_0004)
  package static let queryComplete = Self(rawValue: 0x8000_0004)
  package static let set = Self(rawValue: 0x0000_0005)
  package static let setComplete = Self(rawValue: 0x8000_0005)
  package static let reset = Self(rawValue: 0x0000_0006)
  package static let resetComplete = Self(rawValue: 0x8000_0006)
  package static let indicateStatus = Self(rawValue: 0x0000_0007)
  package static let keepalive = Self(rawValue: 0x0000_0008)
  package static let keepaliveComplete = Self(rawValue: 0x8000_0008)

  @usableFromInline package var name: String? {
    switch self {
    case .packet: "PACKET"
    case .initialize: "INITIALIZE"
    case .initializeComplete: "INITIALIZE_CMPLT"
    case .halt: "HALT"
    case .query: "QUERY"
    case .queryComplete: "QUERY_CMPLT"
    case .set: "SET"
    case .setComplete: "SET_CMPLT"
    case .reset: "RESET"
    case .resetComplete: "RESET_CMPLT"
    case .indicateStatus: "INDICATE_STATUS"
    case .keepalive: "KEEPALIVE"
    case .keepaliveComplete: "KEEPALIVE_CMPLT"
    default: nil
    }
  }
}
