internal import SharedMemory
internal import VMBusRing
internal import WireFormats

extension ControlPlane {
  /// What guests may ask for, and what they get when they ask for anything else: an Ethernet frame of 1500 bytes IP.
  static var frameByteCounts: ClosedRange<UInt32> { 1514...9216 }
  static var usualFrameByteCount: UInt32 { frameByteCounts.lowerBound }
  /// The section size of common hosts.
  private static var usualSectionByteCount: UInt32 { 6144 }
  /// The most info of one packet that a guest sends: checksum or large send, tag, hash, and one to spare.
  private static var infoByteCountOfPacket: UInt32 { 4 * PerPacketInfo.encodedSize }

  /// More than any guest lends.
  private static var receiveBufferByteCountLimit: Int { 32 << 20 }

  /// INIT: a guest tries one version after the other until one is taken. A refusal has the status 0.
  mutating func negotiate(_ message: NVSPInitialize) throws(Violation) -> NVSPInitializeComplete {
    guard version == nil else { throw .order(.initialize) }
    let proposed = message.maximumVersion
    guard message.minimumVersion == proposed, NVSPVersion.tryOrder.contains(proposed),
      proposed.rawValue <= device.configuration.highestProtocolVersion.rawValue
    else { return NVSPInitializeComplete(status: .none) }
    version = proposed
    return NVSPInitializeComplete(
      negotiatedVersion: proposed == .v1 ? proposed.rawValue : .max, status: .success)
  }

  mutating func configure(_ message: SendNDISConfiguration) throws(Violation) {
    guard frameByteCount == nil, receiveBuffer == nil, !isOpen else { throw .order(.sendNDISConfiguration) }
    frameByteCount =
      Self.frameByteCounts.contains(message.frameByteCount) ? message.frameByteCount : Self.usualFrameByteCount
  }

  mutating func takeNDISVersion(_ message: SendNDISVersion) throws(Violation) {
    guard !hasNDISVersion, !isOpen else { throw .order(.sendNDISVersion) }
    hasNDISVersion = true
  }

  mutating func takeReceiveBuffer(_ message: SendReceiveBuffer) throws(Violation) -> SendReceiveBufferComplete {
    guard receiveBuffer == nil, isConfigured, !isOpen else { throw .order(.sendReceiveBuffer) }
    guard let lent = LentBuffer(gpadl: message.gpadl, of: device.bus),
      lent.bytes.byteCount <= Self.receiveBufferByteCountLimit,
      let buffer = ReceiveBuffer(lent.bytes, frameByteCount: frameByteCount ?? Self.usualFrameByteCount)
    else { return SendReceiveBufferComplete(status: .failure, section: nil) }
    let section = buffer.section
    receiveBuffer = consume buffer
    return SendReceiveBufferComplete(status: .success, section: section)
  }

  mutating func takeSendBuffer(_ message: SendSendBuffer) throws(Violation) -> SendSendBufferComplete {
    guard sendBuffer == nil, isConfigured, !isOpen else { throw .order(.sendSendBuffer) }
    let sectionByteCount = sectionByteCount
    guard let lent = LentBuffer(gpadl: message.gpadl, of: device.bus), lent.bytes.byteCount >= sectionByteCount else {
      return SendSendBufferComplete(status: .failure, sectionByteCount: 0)
    }
    sendBuffer = SendBuffer(lent, sectionByteCount: sectionByteCount)
    return SendSendBufferComplete(status: .success, sectionByteCount: sectionByteCount)
  }

  private var isConfigured: Bool { frameByteCount != nil || version.map { $0 < .v2 } == true }

  private var sectionByteCount: UInt32 {
    if let configured = device.configuration.sectionByteCount { return UInt32(configured) }
    let frame = frameByteCount ?? Self.usualFrameByteCount
    let message = RNDISPacketHeader.encodedSize + Self.infoByteCountOfPacket + frame
    return max(Self.usualSectionByteCount, (message + 63) / 64 * 64)
  }

  /// The first RNDIS message ends the set-up: it has to be INITIALIZE, and everything but a send buffer has to be there.
  mutating func endSetup(with type: RNDISMessageType) throws(Violation) -> AgreedTerms {
    guard let version, hasNDISVersion, receiveBuffer != nil, type == .initialize else {
      throw .order(.sendRNDISPacket)
    }
    isOpen = true
    let frameByteCount = frameByteCount ?? Self.usualFrameByteCount
    var generation: UInt64 = 0
    if let buffer = receiveBuffer?.bytes, let section = receiveBuffer?.section {
      generation = device.link.open(
        buffer, section, replyCount: UInt32(ReceiveBuffer.replyCount), frameByteCount: Int(frameByteCount),
        address: NetworkAdapter.address)
    }
    let terms = AgreedTerms(
      version: version, sendBuffer: sendBuffer,
      packetByteCountLimit: Int(frameByteCount) - TransmitWork.ethernetHeaderByteCount, generation: generation)
    device.agree(on: terms)
    return terms
  }
}
