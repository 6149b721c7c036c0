/// What a VMBus packet carries. A network channel uses the four named here; the bus defines more.
@usableFromInline
package struct VMBusPacketType: WireCode {
  @usableFromInline package let rawValue: UInt16
  @inlinable package init(rawValue: UInt16) { self.rawValue = rawValue }

  /// The payload follows the descriptor.
  @inlinable package static var dataInBand: Self { Self(rawValue: 0x6) }
  /// The payload speaks of ranges of the receive buffer; host to guest only.
  @inlinable package static var dataUsingTransferPages: Self { Self(rawValue: 0x7) }
  /// The payload speaks of ranges of guest memory; guest to host only.
  @inlinable package static var dataUsingGPADirect: Self { Self(rawValue: 0x9) }
  /// The answer to a packet that asked for one.
  @inlinable package static var completion: Self { Self(rawValue: 0xB) }

  @usableFromInline package var name: String? {
    switch self {
    case .dataInBand: "data in-band"
    case .dataUsingTransferPages: "data using transfer pages"
    case .dataUsingGPADirect: "data using GPA direct"
    case .completion: "completion"
    default: nil
    }
  }
}
