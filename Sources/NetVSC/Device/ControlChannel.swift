internal import SharedMemory
internal import VMBusRing
internal import WireFormats

/// The dialogue with the host over the primary channel: one request at a time, each waited for.
struct ControlChannel: ~Copyable {
  /// Ids of control requests; those of data are a queue's slots and generations, and never reach so high.
  private static let firstTransactionID: UInt64 = 0xC000_0000_0000_0000
  /// What a message without answer carries, as other guests do.
  private static let noAnswerID: UInt64 = 0xFFFF_FFFF_FFFF_FFFD
  /// What sets an answer's type apart from its request's.
  private static let completionBit: UInt32 = 0x8000_0000

  var ends: ChannelEnds
  let channel: Channel
  let host: any HostEndpoint
  private let clock: MonotonicClock
  private let answerTimeout: UInt64
  /// A page for the requests that the host reads in guest memory.
  private let requestPage: DeviceMemory
  private var nextTransaction = firstTransactionID
  private var nextRequest: UInt32 = 1

  /// The receive buffer, once it was lent to the host, and the size of its parts.
  var receiveBuffer: (bytes: SharedBytes, subAllocationByteCount: UInt32)?
  /// The version that was agreed.
  var version = NVSPVersion.v1
  /// The table of message 134, if it came.
  private(set) var indirectionTable: SendIndirectionTable?

  /// What is being waited for, and what has come of it.
  private var awaitedTransaction: UInt64?
  private var awaitedRequest: UInt32?
  private var completion: [UInt8]?
  private var reply: [UInt8]?

  init(
    ends: consuming ChannelEnds, channel: Channel, host: any HostEndpoint, requestPage: DeviceMemory,
    configuration: DeviceConfiguration
  ) {
    self.ends = ends
    self.channel = channel
    self.host = host
    self.requestPage = requestPage
    clock = configuration.clock
    answerTimeout = configuration.answerTimeout
  }

  /// Gives the ends back when the dialogue is over.
  consuming func finish() -> ChannelEnds { ends }

  // MARK: NVSP

  /// Sends a message that has no answer.
  mutating func post(_ message: some NVSPMessage) throws(DeviceError) {
    try write(message, transactionID: Self.noAnswerID, completionRequested: false)
  }

  /// Sends a message and waits for the answer in its completion.
  mutating func request<Answer: NVSPMessage>(_ message: some NVSPMessage, step: String) throws(DeviceError) -> Answer {
    let transactionID = takeTransactionID()
    awaitedTransaction = transactionID
    completion = nil
    try write(message, transactionID: transactionID, completionRequested: true)
    try wait(for: step) { $0.completion != nil }
    return try parse(completion ?? [], step: step) { (bytes) throws(WireError) in try Answer(parsing: bytes) }
  }

  /// Waits until the host told which channel takes which hash value. Returns nil when it does not, in time.
  mutating func waitForIndirectionTable() throws(DeviceError) -> SendIndirectionTable? {
    do {
      try wait(for: "indirection table") { $0.indirectionTable != nil }
    } catch .noAnswer {
      return nil
    }
    return indirectionTable
  }

  private mutating func write(
    _ message: some NVSPMessage, transactionID: UInt64, completionRequested: Bool
  ) throws(DeviceError) {
    var bytes = PrivateBytes(byteCount: NVSPVersion.v6_1.messageByteCount)
    var out = bytes.mutableSpan(bytes.byteCount)
    message.emit(into: &out)
    do throws(RingError) {
      signal(
        try ends.transmit.write(
          .dataInBand, payload: bytes.span(bytes.byteCount), transactionID: transactionID,
          completionRequested: completionRequested))
    } catch {
      throw .refused(step: "message \(type(of: message).type)", reason: "\(error)")
    }
  }

  // MARK: RNDIS

  /// Asks for an object's value.
  mutating func query<Value: OIDValue>(_ oid: OID, step: String) throws(DeviceError) -> Value {
    let requestID = takeRequestID()
    let answer: [UInt8] = try exchange(RNDISQuery(requestID: requestID, oid: oid), requestID: requestID, step: step)
    let complete = try parse(answer, step: step) { (bytes) throws(WireError) in try RNDISQueryComplete(parsing: bytes) }
    guard complete.status == .success else { throw .refused(step: step, reason: "\(complete.status)") }
    return try parse(answer, step: step) { (bytes) throws(WireError) in
      try Value(parsing: bytes.extracting(complete.information))
    }
  }

  /// Gives an object a value.
  mutating func set(_ oid: OID, to value: some OIDValue, step: String) throws(DeviceError) {
    let requestID = takeRequestID()
    let request = RNDISSet(requestID: requestID, oid: oid, informationByteCount: value.encodedSize)
    var space = requestPage.region.bytes.mutableSpan(0..<request.encodedSize)
    var information = PrivateBytes(byteCount: value.encodedSize)
    var out = information.mutableSpan(value.encodedSize)
    value.emit(into: &out)
    request.emit(into: &space, information: information.span(value.encodedSize))
    let answer = try carry(byteCount: request.encodedSize, awaiting: requestID, step: step)
    let complete = try parse(answer, step: step) { (bytes) throws(WireError) in try RNDISSetComplete(parsing: bytes) }
    guard complete.status == .success else { throw .refused(step: step, reason: "\(complete.status)") }
  }

  /// Begins the RNDIS dialogue.
  mutating func initialize() throws(DeviceError) -> RNDISTransmitLimits {
    let step = "RNDIS INITIALIZE"
    let requestID = takeRequestID()
    let answer = try exchange(RNDISInitialize(requestID: requestID), requestID: requestID, step: step)
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

  private mutating func exchange(_ request: some RNDISControlMessage, requestID: UInt32, step: String)
    throws(DeviceError) -> [UInt8]
  {
    emit(request)
    return try carry(byteCount: request.encodedSize, awaiting: requestID, step: step)
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
    do throws(RingError) {
      signal(
        try ends.transmit.write(
          .dataUsingGPADirect, header: header.span(24), payload: carrier.span(carrier.byteCount),
          transactionID: transactionID, completionRequested: true))
    } catch {
      throw .refused(step: step, reason: "\(error)")
    }
    try wait(for: step) { $0.completion != nil }
    let carried = try parse(completion ?? [], step: step) { (bytes) throws(WireError) in
      try RNDISPacketComplete(parsing: bytes)
    }
    guard carried.status == .success else { throw .refused(step: step, reason: "\(carried.status)") }
    guard requestID != nil else { return [] }
    try wait(for: step) { $0.reply != nil }
    return reply ?? []
  }

  // MARK: Waiting

  private mutating func takeTransactionID() -> UInt64 {
    defer { nextTransaction += 1 }
    return nextTransaction
  }

  private mutating func takeRequestID() -> UInt32 {
    defer { nextRequest &+= 1 }
    return nextRequest
  }

  private func signal(_ publication: Publication) {
    if publication == .signal { channel.toHost.ring() }
  }

  private func parse<Value>(
    _ bytes: [UInt8], step: String, _ body: (RawSpan) throws(WireError) -> Value
  ) throws(DeviceError) -> Value {
    guard !bytes.isEmpty else { throw .refused(step: step, reason: "the answer is empty") }
    let copy = PrivateBytes(copying: bytes)
    do throws(WireError) {
      return try body(copy.span(copy.byteCount))
    } catch {
      throw .refused(step: step, reason: "\(error)")
    }
  }

  private mutating func wait(for step: String, until isDone: (borrowing Self) -> Bool) throws(DeviceError) {
    let start = clock.now()
    while true {
      do throws(RingError) {
        while try takeNext() {}
        if ends.receive.release() { channel.toHost.ring() }
        if isDone(self) { return }
        if channel.isRescinded { throw RingError.closed }
        let elapsed = clock.now() &- start
        guard elapsed < answerTimeout else { break }
        let isEmpty = if host.runsInline { true } else { try !ends.receive.unmask() }
        if isEmpty {
          host.attend(channel, timeout: min(answerTimeout - elapsed, 50_000_000))
          ends.receive.mask()
        }
      } catch {
        guard error != .closed else { throw .rescinded(channel.rescindReason ?? "no reason given") }
        throw .refused(step: step, reason: "\(error)")
      }
    }
    throw .noAnswer(step: step)
  }

  /// Takes the host's next packet. Returns whether there was one.
  private mutating func takeNext() throws(RingError) -> Bool {
    guard let packet = try ControlPacket(next: &ends.receive) else { return false }
    switch packet.type {
    case .completion where packet.transactionID == awaitedTransaction:
      awaitedTransaction = nil
      completion = packet.payload
    case .dataInBand:
      // The one message that a host sends unasked and that matters here; others are let pass.
      if let table = packet.indirectionTable(version: version) { indirectionTable = table }
    case .dataUsingTransferPages:
      if let request = awaitedRequest, let answer = findAnswer(to: request, in: packet) {
        awaitedRequest = nil
        reply = answer
      }
      signal(try ends.transmit.acknowledge(packet.transactionID))
    default: break
    }
    return true
  }

  /// The answer to an RNDIS request, if one of the packet's ranges holds it.
  private func findAnswer(to request: UInt32, in packet: ControlPacket) -> [UInt8]? {
    guard let (buffer, limit) = receiveBuffer else { return nil }
    for range in packet.receivedControlRanges {
      guard (try? range.validate(bufferByteCount: UInt64(buffer.byteCount), subAllocationByteCount: limit)) != nil
      else { continue }
      let message = buffer.copy(Int(range.byteOffset)..<Int(range.byteOffset) + Int(range.byteCount))
      let bytes = message.span(message.byteCount)
      // An answer names its request right behind the header; an indication names none.
      guard let header = try? RNDISMessageHeader(parsing: bytes), header.messageByteCount >= 12,
        header.type.rawValue & Self.completionBit != 0, bytes.loadLittleEndian(at: 8, as: UInt32.self) == request
      else { continue }
      return message.copy(0..<Int(header.messageByteCount))
    }
    return nil
  }
}
