/// An object of a network device that can be queried or set.
package struct OID: WireCode {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  package static let supportedList = Self(rawValue: 0x0001_0101)
  package static let maximumFrameSize = Self(rawValue: 0x0001_0106)
  package static let linkSpeed = Self(rawValue: 0x0001_0107)
  package static let currentPacketFilter = Self(rawValue: 0x0001_010E)
  package static let macOptions = Self(rawValue: 0x0001_0113)
  package static let mediaConnectStatus = Self(rawValue: 0x0001_0114)
  package static let receiveScaleCapabilities = Self(rawValue: 0x0001_0203)
  package static let receiveScaleParameters = Self(rawValue: 0x0001_0204)
  package static let rndisConfigurationParameter = Self(rawValue: 0x0001_021B)
  package static let vlanID = Self(rawValue: 0x0001_021C)
  package static let friendlyName = Self(rawValue: 0x0002_0216)
  package static let permanentAddress = Self(rawValue: 0x0101_0101)
  package static let currentAddress = Self(rawValue: 0x0101_0102)
  package static let offloadEncapsulation = Self(rawValue: 0x0101_010A)
  package static let tcpOffloadCurrentConfiguration = Self(rawValue: 0xFC01_020B)
  package static let tcpOffloadParameters = Self(rawValue: 0xFC01_020C)
  package static let tcpOffloadHardwareCapabilities = Self(rawValue: 0xFC01_020D)

  package var name: String? {
    switch self {
    case .supportedList: "SUPPORTED_LIST"
    case .maximumFrameSize: "MAXIMUM_FRAME_SIZE"
    case .linkSpeed: "LINK_SPEED"
    case .currentPacketFilter: "CURRENT_PACKET_FILTER"
    case .macOptions: "MAC_OPTIONS"
    case .mediaConnectStatus: "MEDIA_CONNECT_STATUS"
    case .receiveScaleCapabilities: "RECEIVE_SCALE_CAPABILITIES"
    case .receiveScaleParameters: "RECEIVE_SCALE_PARAMETERS"
    case .rndisConfigurationParameter: "RNDIS_CONFIG_PARAMETER"
    case .vlanID: "VLAN_ID"
    case .friendlyName: "FRIENDLY_NAME"
    case .permanentAddress: "PERMANENT_ADDRESS"
    case .currentAddress: "CURRENT_ADDRESS"
    case .offloadEncapsulation: "OFFLOAD_ENCAPSULATION"
    case .tcpOffloadCurrentConfiguration: "TCP_OFFLOAD_CURRENT_CONFIG"
    case .tcpOffloadParameters: "TCP_OFFLOAD_PARAMETERS"
    case .tcpOffloadHardwareCapabilities: "TCP_OFFLOAD_HARDWARE_CAPABILITIES"
    default: nil
    }
  }
}
