internal import SharedMemory
package import VMBusRing
package import WireFormats

/// A guest made by hand: the steps of the set-up one by one, and messages as a test builds them.
package final class ScriptedGuest {
  package let offer: DeviceOffer
  package let primary: GuestChannel
  package private(set) var receiveBuffer: DeviceMemory?
  package private(set) var sendBuffer: DeviceMemory?
  package private(set) var sectionByteCount: UInt32 = 0
  private var nextID: UInt64 = 0x1_0000

  /// A guest that has opened the primary channel and said nothing yet.
  package init(_ offer: DeviceOffer, toHostByteCount: Int = 1 << 16, fromHostByteCount: Int = 1 << 16) throws {
    self.offer = offer
    primary = try GuestChannel(offer, toHostByteCount: toHostByteCount, fromHostByteCount: fromHostByteCount)
  }

  /// A guest whose set-up is over.
  package convenience init(
    settingUp offer: DeviceOffer, version: NVSPVersion = .v6_1, frameByteCount: UInt32 = 1514,
    receiveBufferByteCount: Int = 1 << 18, sendBufferByteCount: Int? = 1 << 18, toHostByteCount: Int = 1 << 16,
    fromHostByteCount: Int = 1 << 16
  ) throws {
    try self.init(offer, toHostByteCount: toHostByteCount, fromHostByteCount: fromHostByteCount)
    try negotiate(version)
    if version >= .v2 { try configure(frameByteCount: frameByteCount) }
    try announceNDISVersion(version)
    try lendReceiveBuffer(byteCount: receiveBufferByteCount)
    if let sendBufferByteCount { try lendSendBuffer(byteCount: sendBufferByteCount) }
    try initializeRNDIS()
    // The host reads the last acknowledgement, too.
    _ = try primary.awaitAll()
  }

  /// A transaction id that was not used before.
  package func makeID() -> UInt64 {
    nextID += 1
    return nextID
  }

  /// Sends a message on the primary channel and takes its completion.
  package func request(_ message: some NVSPMessage) throws -> ReceivedPacket {
    let id = makeID()
    try primary.send(message, id: id)
    guard let answer = try primary.await() else { throw ScriptFailure("no answer to \(message)") }
    guard answer.type == .completion, answer.transactionID == id else {
      throw ScriptFailure("\(answer) answers \(message)")
    }
    return answer
  }

  package func negotiate(_ version: NVSPVersion) throws {
    let answer = try request(NVSPInitialize(version: version)).message(NVSPInitializeComplete.self)
    guard answer.status == .success else { throw ScriptFailure("\(version) was refused") }
  }

  package func configure(frameByteCount: UInt32) throws {
    try primary.send(
      SendNDISConfiguration(frameByteCount: frameByteCount, capabilities: .ieee8021Q), id: 0, completionRequested: false
    )
  }

  package func announceNDISVersion(_ version: NVSPVersion = .v6_1) throws {
    try primary.send(version.ndisVersion, id: 0, completionRequested: false)
  }

  /// Lends a new receive buffer. Returns how the host cut it.
  @discardableResult
  package func lendReceiveBuffer(byteCount: Int) throws -> SendReceiveBufferComplete {
    let memory = try offer.bus.addressSpace.allocate(byteCount: byteCount)
    let gpadl = offer.bus.establishGPADL(memory.pages)
    let answer = try request(SendReceiveBuffer(gpadl: gpadl)).message(SendReceiveBufferComplete.self)
    if answer.status == .success { receiveBuffer = memory }
    return answer
  }

  /// Lends a new send buffer. Returns how large its sections are.
  @discardableResult
  package func lendSendBuffer(byteCount: Int) throws -> SendSendBufferComplete {
    let memory = try offer.bus.addressSpace.allocate(byteCount: byteCount)
    let gpadl = offer.bus.establishGPADL(memory.pages)
    let answer = try request(SendSendBuffer(gpadl: gpadl)).message(SendSendBufferComplete.self)
    if answer.status == .success {
      sendBuffer = memory
      sectionByteCount = answer.sectionByteCount
    }
    return answer
  }

  /// Begins the RNDIS dialogue. Returns the host's limits.
  @discardableResult
  package func initializeRNDIS() throws -> RNDISInitializeComplete {
    try dialogue(RNDISInitialize(requestID: 1)).message()
  }

  /// Sends an RNDIS control message by a page range; the id of its carrier is returned.
  @discardableResult
  package func sendControl(
    _ message: [UInt8], on channel: GuestChannel? = nil, completionRequested: Bool = true
  ) throws -> UInt64 {
    let memory = try offer.bus.addressSpace.allocate(byteCount: max(message.count, 1))
    memory.region.bytes.write(message, at: 0)
    let id = makeID()
    let range = PageRun(byteCount: UInt32(message.count), byteOffset: 0, pages: Array(memory.pages))
    try (channel ?? primary).send(
      .dataUsingGPADirect, header: gpaHeader([range]), bytes(of: SendRNDISPacket(channelType: .control)), id: id,
      completionRequested: completionRequested)
    return id
  }

  /// Sends an RNDIS request, takes the completion of its carrier, then the answer, and acknowledges that.
  package func dialogue(_ request: some RNDISControlMessage, information: [UInt8]? = nil) throws -> ControlAnswer {
    var message = poisoned(request.encodedSize) { request.emit(into: &$0) }
    if let information { message.replaceSubrange((message.count - information.count)..., with: information) }
    let id = try sendControl(message)
    guard let completion = try primary.await(), completion.transactionID == id, completion.status == .success else {
      throw ScriptFailure("the carrier of \(request) was not completed")
    }
    guard let packet = try primary.await() else { throw ScriptFailure("no answer to \(request)") }
    let answer = try controlAnswer(packet)
    try acknowledge(answer.transactionID)
    return answer
  }

  /// The RNDIS message that a packet speaks of.
  package func controlAnswer(_ packet: ReceivedPacket) throws -> ControlAnswer {
    guard packet.type == .dataUsingTransferPages, packet.completionRequested, let receiveBuffer else {
      throw ScriptFailure("\(packet) is no answer")
    }
    let pages = try TransferPageList(parsing: packet.header.span.bytes)
    guard pages.count == 1, pages.pageSetID == NVSPBufferID.receiveBuffer else { throw ScriptFailure("\(packet)") }
    let range = pages[0]
    let start = Int(range.byteOffset)
    return ControlAnswer(
      transactionID: packet.transactionID, byteOffset: start,
      bytes: receiveBuffer.region.bytes.array(start..<start + Int(range.byteCount)))
  }

  /// Gives an answer's memory back, in the short form.
  package func acknowledge(_ id: UInt64) throws {
    try primary.send(
      .completion, bytes(of: RNDISPacketComplete(status: .success), byteCount: 8), id: id, completionRequested: false)
  }

  /// Asks for sub-channels. Returns the host's answer.
  package func requestSubchannels(_ count: Int, operation: UInt32 = SubchannelRequest.allocate) throws
    -> SubchannelComplete
  {
    try request(SubchannelRequest(operation: operation, subchannelCount: UInt32(count))).message()
  }

  /// Puts RNDIS bytes into a section.
  package func fill(section index: UInt32, _ message: [UInt8]) {
    sendBuffer?.region.bytes.write(message, at: Int(index) * Int(sectionByteCount))
  }

  /// Sends the first bytes of a section. Returns the transaction id.
  @discardableResult
  package func send(
    section index: UInt32, byteCount: Int, on channel: GuestChannel? = nil, id: UInt64? = nil,
    completionRequested: Bool = true
  ) throws -> UInt64 {
    let id = id ?? makeID()
    try (channel ?? primary).send(
      SendRNDISPacket(channelType: .data, sectionIndex: index, sectionByteCount: UInt32(byteCount)), id: id,
      completionRequested: completionRequested)
    return id
  }

  /// Sends page ranges, with the first bytes of a section in front of them if told so. Returns the transaction id.
  @discardableResult
  package func send(
    ranges: [PageRun], section: (index: UInt32, byteCount: Int)? = nil, on channel: GuestChannel? = nil
  ) throws -> UInt64 {
    let id = makeID()
    let message =
      section.map {
        SendRNDISPacket(channelType: .data, sectionIndex: $0.index, sectionByteCount: UInt32($0.byteCount))
      } ?? SendRNDISPacket(channelType: .data)
    try (channel ?? primary).send(.dataUsingGPADirect, header: gpaHeader(ranges), bytes(of: message), id: id)
    return id
  }

  /// New memory of the device with these bytes at `byteOffset`, as one range.
  package func lend(_ bytes: [UInt8], byteOffset: Int = 0) throws -> PageRun {
    let memory = try offer.bus.addressSpace.allocate(byteCount: byteOffset + bytes.count)
    memory.region.bytes.write(bytes, at: byteOffset)
    return PageRun(byteCount: UInt32(bytes.count), byteOffset: UInt32(byteOffset), pages: Array(memory.pages))
  }
}

/// An RNDIS message from the host.
package struct ControlAnswer: Sendable {
  package let transactionID: UInt64
  /// Where it lies in the receive buffer.
  package let byteOffset: Int
  package let bytes: [UInt8]

  package func message<Message: RNDISControlMessage>(_ type: Message.Type = Message.self) throws -> Message {
    try Message(parsing: bytes.span.bytes)
  }
}

/// A range of guest memory as a packet names it.
package struct PageRun: Sendable {
  package var byteCount: UInt32
  package var byteOffset: UInt32
  package var pages: [UInt64]

  package init(byteCount: UInt32, byteOffset: UInt32, pages: [UInt64]) {
    self.byteCount = byteCount
    self.byteOffset = byteOffset
    self.pages = pages
  }
}

/// What stands between descriptor and payload of a GPA-direct packet, whatever the ranges are.
package func gpaHeader(_ ranges: [PageRun], rangeCount: Int? = nil) -> [UInt8] {
  let words =
    [GPADirectHeader.word(rangeCount: UInt32(rangeCount ?? ranges.count))]
    + ranges.flatMap { [UInt64($0.byteCount) | UInt64($0.byteOffset) << 32] + $0.pages }
  return words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * UInt64($0))) } }
}

/// An RNDIS packet with a frame and info, padded to `alignment` where another one follows.
package func rndisPacket(_ frame: [UInt8], info: [PerPacketInfo] = [], alignment: Int = 1) -> [UInt8] {
  rndisPacket(frame, infoByteCount: info.count * Int(PerPacketInfo.encodedSize), alignment: alignment) { out, offset in
    for (index, element) in info.enumerated() { element.emit(into: &out, at: offset + 16 * index) }
  }
}

/// An RNDIS packet with a frame and what is asked for it.
package func rndisPacket(_ frame: [UInt8], _ offload: PacketOffload, alignment: Int = 1) -> [UInt8] {
  rndisPacket(frame, infoByteCount: Int(offload.encodedSize), alignment: alignment) { out, offset in
    offload.emit(into: &out, at: offset)
  }
}

private func rndisPacket(
  _ frame: [UInt8], infoByteCount: Int, alignment: Int, _ emitInfo: (inout MutableRawSpan, Int) -> Void
) -> [UInt8] {
  let headerByteCount = Int(RNDISPacketHeader.encodedSize)
  let byteCount = headerByteCount + infoByteCount + frame.count
  let padding = (alignment - byteCount % alignment) % alignment
  var message = [UInt8](repeating: 0, count: byteCount + padding)
  var elements = message.mutableSpan
  var out = elements.mutableBytes
  RNDISPacketHeader(
    frameByteCount: UInt32(frame.count), perPacketInfoByteCount: UInt32(infoByteCount),
    paddingByteCount: UInt32(padding)
  ).emit(into: &out)
  emitInfo(&out, headerByteCount)
  out.copyBytes(frame.span.bytes, at: byteCount - frame.count)
  return message
}

/// A step of a script that did not go as it must.
package struct ScriptFailure: Error, CustomStringConvertible {
  package let description: String
  package init(_ description: String) { self.description = description }
}
