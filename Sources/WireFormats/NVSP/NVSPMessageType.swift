/// Which NVSP message it is: the number at the start of every one.
@usableFromInline
package struct NVSPMessageType: WireCode {
  @usableFromInline package let rawValue: UInt32
  @inlinable package init(rawValue: UInt32) { self.rawValue = rawValue }

  @inlinable package static var initialize: Self { Self(rawValue: 1) }
  @inlinable package static var initializeComplete: Self { Self(rawValue: 2) }
  @inlinable package static var sendNDISVersion: Self { Self(rawValue: 100) }
  @inlinable package static var sendReceiveBuffer: Self { Self(rawValue: 101) }
  @inlinable package static var sendReceiveBufferComplete: Self { Self(rawValue: 102) }
  @inlinable package static var revokeReceiveBuffer: Self { Self(rawValue: 103) }
  @inlinable package static var sendSendBuffer: Self { Self(rawValue: 104) }
  @inlinable package static var sendSendBufferComplete: Self { Self(rawValue: 105) }
  @inlinable package static var revokeSendBuffer: Self { Self(rawValue: 106) }
  @inlinable package static var sendRNDISPacket: Self { Self(rawValue: 107) }
  @inlinable package static var rndisPacketComplete: Self { Self(rawValue: 108) }
  @inlinable package static var sendNDISConfiguration: Self { Self(rawValue: 125) }
  @inlinable package static var sendVFAssociation: Self { Self(rawValue: 128) }
  @inlinable package static var switchDataPath: Self { Self(rawValue: 129) }
  @inlinable package static var oidQueryEx: Self { Self(rawValue: 131) }
  @inlinable package static var oidQueryExComplete: Self { Self(rawValue: 132) }
  @inlinable package static var subchannel: Self { Self(rawValue: 133) }
  @inlinable package static var sendIndirectionTable: Self { Self(rawValue: 134) }

  /// The type of a message of any kind. Throws when there are not even four bytes.
  package init(parsing bytes: RawSpan) throws(WireError) {
    guard bytes.byteCount >= 4 else { throw .truncated(needed: 4, got: bytes.byteCount) }
    self.init(rawValue: bytes.loadLittleEndian(at: 0))
  }

  @usableFromInline package var name: String? {
    switch self {
    case .initialize: "INIT"
    case .initializeComplete: "INIT_COMPLETE"
    case .sendNDISVersion: "SEND_NDIS_VERSION"
    case .sendReceiveBuffer: "SEND_RECEIVE_BUFFER"
    case .sendReceiveBufferComplete: "SEND_RECEIVE_BUFFER_COMPLETE"
    case .revokeReceiveBuffer: "REVOKE_RECEIVE_BUFFER"
    case .sendSendBuffer: "SEND_SEND_BUFFER"
    case .sendSendBufferComplete: "SEND_SEND_BUFFER_COMPLETE"
    case .revokeSendBuffer: "REVOKE_SEND_BUFFER"
    case .sendRNDISPacket: "SEND_RNDIS_PACKET"
    case .rndisPacketComplete: "RNDIS_PACKET_COMPLETE"
    case .sendNDISConfiguration: "SEND_NDIS_CONFIG"
    case .sendVFAssociation: "SEND_VF_ASSOCIATION"
    case .switchDataPath: "SWITCH_DATA_PATH"
    case .oidQueryEx: "OID_QUERY_EX"
    case .oidQueryExComplete: "OID_QUERY_EX_COMPLETE"
    case .subchannel: "SUBCHANNEL"
    case .sendIndirectionTable: "SEND_INDIRECTION_TABLE"
    default: nil
    }
  }
}
