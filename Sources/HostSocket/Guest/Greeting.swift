internal import SharedMemory
internal import VMBusRing

/// The begin of a connection, as a guest sees it: it says which version it speaks, and is offered the primary channel.
struct Greeting {
  let connection: Connection
  let ringMapping: RingMapping
  let primary: Channel

  /// `begin` is called with the connection before the host is waited for: hanging up ends that.
  init(path: String, begin: (Connection) -> Void = { _ in }) throws(SocketError) {
    do throws(SystemError) {
      connection = try Connection(to: path)
      begin(connection)
      try connection.send(GuestMessage.hello(version: GuestMessage.version).emit(request: 0))
    } catch {
      throw SocketError(error, at: path)
    }
    do throws(MessageError) {
      (ringMapping, primary) = try Self.takeOffer(from: connection)
    } catch {
      throw .refused(path: path, reason: "\(error)")
    }
  }

  private static func takeOffer(from connection: Connection) throws(MessageError) -> (RingMapping, Channel) {
    let first = try next(from: connection)
    try first.expect(0)
    let mapping: RingMapping
    switch try HostMessage.parse(first.bytes) {
    case .welcome(GuestMessage.version, let ringMapping): mapping = ringMapping
    case .welcome(let version, _): throw MessageError("it speaks version \(version)")
    case .farewell(let reason): throw MessageError(reason)
    default: throw MessageError("it does not greet")
    }
    let second = try next(from: connection)
    guard try HostMessage.parse(second.bytes) == .offer(index: 0) else { throw MessageError("it offers nothing") }
    try second.expect(2)
    return (mapping, try second.takeChannel(0))
  }

  private static func next(from connection: Connection) throws(MessageError) -> ReceivedMessage {
    guard let message = try connection.receive(timeout: SocketLimits.answerTimeout) else {
      throw MessageError("it hung up")
    }
    return message
  }
}
