internal import SharedMemory
internal import VMBusRing
internal import WireFormats

/// The dialogue with the host over the primary channel: one request at a time, each waited for.
struct ControlChannel: ~Copyable {
  /// What a message without answer carries, as other guests do.
  static let noAnswerID: UInt64 = 0xFFFF_FFFF_FFFF_FFFD

  var ends: ChannelEnds
  let channel: Channel
  let host: any HostEndpoint
  let clock: MonotonicClock
  /// How long one answer may take, in nanoseconds.
  let answerTimeout: UInt64
  /// A page for the requests that the host reads in guest memory.
  let requestPage: DeviceMemory
  private var requestCount: UInt32 = 0
  private var transactionCount: UInt32 = 0

  /// The receive buffer, once it was lent to the host.
  var receiveBuffer: ReceiveBuffer?
  /// The version that was agreed.
  var version = NVSPVersion.v1
  /// The table of message 134, if it came.
  var indirectionTable: SendIndirectionTable?

  // What is being waited for, and what has come of it.
  var awaitedTransaction: UInt64?
  var awaitedRequest: UInt32?
  var completion: [UInt8]?
  var reply: [UInt8]?

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

  /// The id of the next request. Its lower half is 0, where ids of data have a slot's number plus one: whatever the
  /// generation above that, a completion is for one or the other.
  mutating func takeTransactionID() -> UInt64 {
    transactionCount += 1
    return UInt64(transactionCount) << 32
  }

  /// What an RNDIS request is answered under.
  mutating func takeRequestID() -> UInt32 {
    requestCount += 1
    return requestCount
  }
}
