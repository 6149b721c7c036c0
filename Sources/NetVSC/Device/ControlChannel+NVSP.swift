internal import SharedMemory
internal import VMBusRing
internal import WireFormats

extension ControlChannel {
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

  private mutating func write<Message: NVSPMessage>(
    _ message: Message, transactionID: UInt64, completionRequested: Bool
  ) throws(DeviceError) {
    var bytes = PrivateBytes(byteCount: NVSPVersion.v6_1.messageByteCount)
    var out = bytes.mutableSpan(bytes.byteCount)
    message.emit(into: &out)
    try write(
      .dataInBand, payload: bytes.span(bytes.byteCount), transactionID: transactionID,
      completionRequested: completionRequested, step: "message \(Message.type)")
  }
}
