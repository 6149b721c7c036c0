/// The names by which a guest's two buffers are set up and revoked.
package enum NVSPBufferID {
  /// Also the page-set id of every transfer-page packet.
  package static let receiveBuffer: UInt16 = 0xCAFE
  /// A guest may choose another one, but uses the same for set-up and revocation.
  package static let sendBuffer: UInt16 = 0xFACE
}

/// The messages that lend a buffer to the host: NVSP 101 and 104 have the same fields.
package protocol BufferAnnouncement: NVSPMessage {
  /// The handle of the GPADL that lists the buffer's pages.
  var gpadl: UInt32 { get }
  var bufferID: UInt16 { get }
  init(gpadl: UInt32, bufferID: UInt16)
}

extension BufferAnnouncement {
  package static var encodedSize: Int { 10 }

  package init(fields message: RawSpan) {
    self.init(gpadl: message.loadLittleEndian(at: 4), bufferID: message.loadLittleEndian(at: 8))
  }

  @_lifetime(message: copy message)
  package func storeFields(into message: inout MutableRawSpan) {
    message.storeLittleEndian(gpadl, at: 4)
    message.storeLittleEndian(bufferID, at: 8)
  }
}

/// NVSP message 101: the receive buffer is here. Message 102 answers.
package struct SendReceiveBuffer: BufferAnnouncement {
  package static let type = NVSPMessageType.sendReceiveBuffer
  package let gpadl: UInt32
  package let bufferID: UInt16

  package init(gpadl: UInt32, bufferID: UInt16 = NVSPBufferID.receiveBuffer) {
    self.gpadl = gpadl
    self.bufferID = bufferID
  }
}

/// NVSP message 104: the send buffer is here. Message 105 answers.
package struct SendSendBuffer: BufferAnnouncement {
  package static let type = NVSPMessageType.sendSendBuffer
  package let gpadl: UInt32
  package let bufferID: UInt16

  package init(gpadl: UInt32, bufferID: UInt16 = NVSPBufferID.sendBuffer) {
    self.gpadl = gpadl
    self.bufferID = bufferID
  }
}

/// The messages that take a buffer back: NVSP 103 and 106 have the same field. They have no answer.
package protocol BufferRevocation: NVSPMessage {
  var bufferID: UInt16 { get }
  init(bufferID: UInt16)
}

extension BufferRevocation {
  package static var encodedSize: Int { 6 }

  package init(fields message: RawSpan) { self.init(bufferID: message.loadLittleEndian(at: 4)) }

  @_lifetime(message: copy message)
  package func storeFields(into message: inout MutableRawSpan) { message.storeLittleEndian(bufferID, at: 4) }
}

/// NVSP message 103: the receive buffer is taken back.
package struct RevokeReceiveBuffer: BufferRevocation {
  package static let type = NVSPMessageType.revokeReceiveBuffer
  package let bufferID: UInt16
  package init(bufferID: UInt16 = NVSPBufferID.receiveBuffer) { self.bufferID = bufferID }
}

/// NVSP message 106: the send buffer is taken back.
package struct RevokeSendBuffer: BufferRevocation {
  package static let type = NVSPMessageType.revokeSendBuffer
  package let bufferID: UInt16
  package init(bufferID: UInt16 = NVSPBufferID.sendBuffer) { self.bufferID = bufferID }
}
