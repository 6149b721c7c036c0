internal import SharedMemory
internal import WireFormats

/// The RNDIS requests of a guest: they wait here until there is room for their answers.
struct RNDISDialogue: ~Copyable {
  // What INITIALIZE_CMPLT promises, as common hosts do. None of it is enforced.
  private static var maximumPacketsPerMessage: UInt32 { 8 }
  private static var maximumTransferByteCount: UInt32 { 0xEFFF_FFFF }
  /// Packets begin at multiples of 2³ bytes.
  private static var packetAlignmentFactor: UInt32 { 3 }

  var backlog = RequestBacklog()
  private var isInitialized = false
  /// The request at hand.
  private var requestBytes = PrivateBytes(byteCount: 256)
  private var requestByteCount = 0
  /// The answer that was made last.
  private(set) var answerBytes = PrivateBytes(byteCount: 1024)
  private var valueBytes = PrivateBytes(byteCount: 512)

  init() {}

  /// Answers the oldest request. Returns the byte count of the answer, which is in `answerBytes`; nil when a request has
  /// none.
  ///
  /// Throws when the request is none, is too short, or comes at a wrong time.
  mutating func answerNext(_ adapter: NetworkAdapter) throws(Violation) -> Int? {
    requestByteCount = backlog.removeFirst(into: &requestBytes)
    let type = RNDISMessageType(rawValue: requestBytes.span(requestByteCount).loadLittleEndian(at: 0))
    switch type {
    case .initialize:
      let request = try parse() as RNDISInitialize
      guard !isInitialized else { throw .unexpectedControl(type) }
      isInitialized = true
      return emit(
        RNDISInitializeComplete(
          requestID: request.requestID, status: .success, maximumPacketsPerMessage: Self.maximumPacketsPerMessage,
          maximumTransferByteCount: Self.maximumTransferByteCount, packetAlignmentFactor: Self.packetAlignmentFactor))
    case .halt: return nil
    case .query: return try answerQuery(adapter)
    case .set: return try answerSet(adapter)
    case .keepalive:
      let request = try parse() as RNDISKeepalive
      return emit(RNDISKeepaliveComplete(requestID: request.requestID, status: .success))
    default: throw .unexpectedControl(type)
    }
  }

  private mutating func answerQuery(_ adapter: NetworkAdapter) throws(Violation) -> Int {
    guard let request = try parseObjectRequest() as RNDISQuery? else {
      return emit(RNDISQueryComplete(requestID: requestID, status: .invalidData))
    }
    guard let byteCount = adapter.value(of: request.oid, into: &valueBytes) else {
      return emit(RNDISQueryComplete(requestID: request.requestID, status: .notSupported))
    }
    let answer = RNDISQueryComplete(
      requestID: request.requestID, status: .success, informationByteCount: byteCount)
    Self.emit(answer, information: valueBytes, byteCount, into: &answerBytes)
    return answer.encodedSize
  }

  private static func emit(
    _ answer: RNDISQueryComplete, information: borrowing PrivateBytes, _ byteCount: Int, into bytes: inout PrivateBytes
  ) {
    var out = bytes.mutableSpan(answer.encodedSize)
    answer.emit(into: &out, information: information.span(byteCount))
  }

  private mutating func answerSet(_ adapter: NetworkAdapter) throws(Violation) -> Int {
    guard let request = try parseObjectRequest() as RNDISSet? else {
      return emit(RNDISSetComplete(requestID: requestID, status: .invalidData))
    }
    let status = adapter.set(request.oid, to: requestBytes.span(requestByteCount).extracting(request.information))
    return emit(RNDISSetComplete(requestID: request.requestID, status: status))
  }

  private mutating func emit(_ answer: some RNDISControlMessage) -> Int {
    var out = answerBytes.mutableSpan(answer.encodedSize)
    answer.emit(into: &out)
    return answer.encodedSize
  }

  private func parse<Request: RNDISControlMessage>() throws(Violation) -> Request {
    do throws(WireError) {
      return try Request(parsing: requestBytes.span(requestByteCount))
    } catch {
      throw .control(Request.type, error)
    }
  }

  /// A request about an object; nil when it says that its data is where it cannot be. Throws when it has no room for
  /// its fields.
  private func parseObjectRequest<Request: RNDISObjectRequest>() throws(Violation) -> Request? {
    guard requestByteCount >= Request.fixedSize else {
      throw .control(Request.type, .truncated(needed: Request.fixedSize, got: requestByteCount))
    }
    return try? Request(parsing: requestBytes.span(requestByteCount))
  }

  /// Every request has its id right behind the header.
  private var requestID: UInt32 {
    requestBytes.span(requestByteCount).loadLittleEndian(at: Int(RNDISMessageHeader.encodedSize))
  }
}
