internal import SharedMemory
internal import Synchronization
internal import VMBusRing

/// One connection between a guest and a host, for whole messages with descriptors.
///
/// Any thread may send; one receives.
final class Connection: Sendable {
  private let socket: Int32

  /// The connection behind a socket, which is the connection's own from now on.
  init(_ socket: Int32) { self.socket = socket }

  /// Connects to whoever listens at `path`.
  convenience init(to path: String) throws(SystemError) {
    self.init(try SocketCalls.connect(to: path, patience: SocketLimits.patience))
  }

  deinit { SocketCalls.closeDescriptor(socket) }

  /// Sends a message. The descriptors stay the caller's; the other side gets others for the same files.
  /// `waits`: for room, where there is none.
  func send(_ bytes: [UInt8], _ descriptors: [Int32] = [], waits: Bool = true) throws(SystemError) {
    while true {
      do throws(SystemError) {
        return try SocketCalls.send(bytes, descriptors, to: socket, waits: waits)
      } catch {
        guard error.meansInterruption else { throw error }
      }
    }
  }

  func send(_ message: HostMessage, _ descriptors: [Int32] = []) throws(SystemError) {
    try send(message.emit(), descriptors)
  }

  /// The next message; nil at the end of the connection, however that came. `timeout` in nanoseconds; nil: for ever.
  func receive(timeout: UInt64? = nil) throws(MessageError) -> ReceivedMessage? {
    SocketCalls.limitReceiving(from: socket, to: timeout ?? 0)
    do throws(SystemError) {
      let (bytes, descriptors, isCut) = try SocketCalls.receive(
        from: socket, limit: SocketLimits.messageByteCount)
      let message = ReceivedMessage(bytes, descriptors)
      guard !isCut else { throw SystemError.cut }
      return bytes.isEmpty && descriptors.isEmpty ? nil : message
    } catch {
      if error == .cut { throw MessageError("a message that is too long, or has too many descriptors") }
      if error.meansTimeout { throw MessageError("nothing came in time") }
      if error.meansInterruption { return try receive(timeout: timeout) }
      return nil
    }
  }

  /// Ends the connection, and says why, unless the other side takes nothing: nobody waits for that.
  func hangUp(because reason: String) {
    try? send(HostMessage.farewell(reason).emit(), waits: false)
    hangUp()
  }

  /// Ends the connection; whoever receives is woken.
  func hangUp() { SocketCalls.shutDown(socket) }
}

extension SystemError {
  fileprivate static let cut = SystemError(call: "recvmsg", code: 0)
}

/// A message that was received, and its descriptors: those that nobody takes are closed with it.
final class ReceivedMessage: Sendable {
  let bytes: [UInt8]
  private let descriptors: Mutex<[Int32]>

  init(_ bytes: [UInt8], _ descriptors: [Int32]) {
    self.bytes = bytes
    self.descriptors = Mutex(descriptors)
  }

  deinit { for descriptor in descriptors.withLock(\.self) { SocketCalls.closeDescriptor(descriptor) } }

  /// Makes sure that so many descriptors are there, no fewer and no more.
  func expect(_ count: Int) throws(MessageError) {
    let found = descriptors.withLock(\.count)
    guard found == count else { throw MessageError("\(found) descriptors with a message that has \(count)") }
  }

  /// Makes something of the next descriptor, which that has from now on; it stays here where `make` throws.
  private func take<Value>(_ make: (Int32) throws(SystemError) -> Value) throws(SystemError) -> Value {
    let value = try make(descriptors.withLock { $0[0] })
    descriptors.withLock { _ = $0.removeFirst() }
    return value
  }

  /// The memory behind the next descriptor, as large as those pages.
  func takeMemory(at pages: Range<UInt64>) throws(MessageError) -> DeviceMemory {
    let region: SharedRegion
    do throws(SystemError) {
      region = try take { (descriptor) throws(SystemError) in try SharedRegion(sharing: descriptor) }
    } catch {
      throw MessageError("memory that is no sealed memory file (\(error))")
    }
    guard region.byteCount == pages.count * DeviceAddressSpace.pageByteCount else {
      throw MessageError("memory of \(region.byteCount) bytes at \(pages.count) pages")
    }
    return DeviceMemory(region: region, pages: pages)
  }

  /// The channel whose bells are the next two descriptors.
  func takeChannel(_ index: Int) throws(MessageError) -> Channel {
    do throws(SystemError) {
      let bells = (
        try take { (descriptor) throws(SystemError) in try Doorbell(sharing: descriptor) },
        try take { (descriptor) throws(SystemError) in try Doorbell(sharing: descriptor) }
      )
      return Channel(index: index, toHost: bells.0, toGuest: bells.1)
    } catch {
      throw MessageError("a doorbell that is none (\(error))")
    }
  }
}
