internal import SharedMemory
internal import VMBusRing
internal import WireFormats

extension ControlChannel {
  /// Asks for an object's value; nil when the host has no such object. A structure is asked for with its header.
  mutating func query<Value: OIDValue>(
    _ oid: OID, structure: NDISObjectHeader? = nil, step: String
  ) throws(DeviceError) -> Value? {
    let requestID = takeRequestID()
    let request = RNDISQuery(
      requestID: requestID, oid: oid, informationByteCount: Int(structure?.structureByteCount ?? 0))
    emit(request)
    if let structure {
      var information = requestPage.region.bytes.mutableSpan(request.information)
      structure.emit(into: &information)
    }
    let answer = try carry(byteCount: request.encodedSize, awaiting: requestID, step: step)
    let complete = try parse(answer, step: step) { (bytes) throws(WireError) in try RNDISQueryComplete(parsing: bytes) }
    guard complete.status == .success else { return nil }
    return try parse(answer, step: step) { (bytes) throws(WireError) in
      try Value(parsing: bytes.extracting(complete.information))
    }
  }

  /// Gives an object a value. Returns what the host says to that.
  mutating func set(_ oid: OID, to value: some OIDValue, step: String) throws(DeviceError) -> RNDISStatus {
    let requestID = takeRequestID()
    let request = RNDISSet(requestID: requestID, oid: oid, informationByteCount: value.encodedSize)
    emit(request)
    var information = requestPage.region.bytes.mutableSpan(request.information)
    value.emit(into: &information)
    let answer = try carry(byteCount: request.encodedSize, awaiting: requestID, step: step)
    return try parse(answer, step: step) { (bytes) throws(WireError) in try RNDISSetComplete(parsing: bytes).status }
  }

  /// Says which frames the host may deliver; with none it stops.
  mutating func setPacketFilter(_ filter: PacketFilter) throws(DeviceError) {
    let step = "the packet filter"
    let status = try set(.currentPacketFilter, to: filter, step: step)
    guard status == .success else { throw .refused(step: step, reason: "\(status)") }
  }

  /// Begins the RNDIS dialogue.
  mutating func initialize() throws(DeviceError) -> RNDISTransmitLimits {
    let step = "RNDIS INITIALIZE"
    let request = RNDISInitialize(requestID: takeRequestID())
    emit(request)
    let answer = try carry(byteCount: request.encodedSize, awaiting: request.requestID, step: step)
    let complete = try parse(answer, step: step) { (bytes) throws(WireError) in
      try RNDISInitializeComplete(parsing: bytes)
    }
    guard complete.status == .success else { throw .refused(step: step, reason: "\(complete.status)") }
    do {
      return try complete.validatedTransmitLimits()
    } catch {
      throw .refused(step: step, reason: "\(error)")
    }
  }

  /// Ends the RNDIS dialogue; there is no answer.
  mutating func halt() throws(DeviceError) {
    let request = RNDISHalt(requestID: takeRequestID())
    emit(request)
    _ = try carry(byteCount: request.encodedSize, awaiting: nil, step: "RNDIS HALT")
  }

  private func emit(_ request: some RNDISControlMessage) {
    var space = requestPage.region.bytes.mutableSpan(0..<request.encodedSize)
    request.emit(into: &space)
  }

  /// Sends what lies in the request page, and waits for the transport's completion and, where there is one, the reply.
  private mutating func carry(byteCount: Int, awaiting requestID: UInt32?, step: String) throws(DeviceError) -> [UInt8]
  {
    let transactionID = takeTransactionID()
    (awaitedTransaction, awaitedRequest) = (transactionID, requestID)
    (completion, reply) = (nil, nil)
    // Descriptor's header: reserved and range count, then one range of one page.
    var header = PrivateBytes(byteCount: 24)
    var words = header.mutableSpan(24)
    words.storeLittleEndian(GPADirectHeader.word(rangeCount: 1), at: 0)
    words.storeLittleEndian(PageRange(byteCount: UInt32(byteCount), byteOffset: 0).firstWord, at: 8)
    words.storeLittleEndian(requestPage.pages.lowerBound, at: 16)
    var carrier = PrivateBytes(byteCount: NVSPVersion.v6_1.messageByteCount)
    var out = carrier.mutableSpan(carrier.byteCount)
    SendRNDISPacket(channelType: .control).emit(into: &out)
    try write(
      .dataUsingGPADirect, header: header.span(24), payload: carrier.span(carrier.byteCount),
      transactionID: transactionID, completionRequested: true, step: step)
    try wait(for: step) { $0.completion != nil }
    let carried = try parse(completion ?? [], step: step) { (bytes) throws(WireError) in
      try RNDISPacketComplete(parsing: bytes)
    }
    guard carried.status == .success else { throw .refused(step: step, reason: "\(carried.status)") }
    guard requestID != nil else { return [] }
    try wait(for: step) { $0.reply != nil }
    return reply ?? []
  }
}
