internal import CPlatformSockets
internal import Glibc
internal import SharedMemory

/// The door to the system: every call on a socket that takes or gives a pointer or a descriptor is made here.
enum SocketCalls {
  /// A socket that whoever may open `path` can connect to: its owner. At most `backlog` wait to be accepted.
  static func listen(at path: String, backlog: Int32) throws(SystemError) -> Int32 {
    let socket = platform_message_socket()
    guard socket >= 0 else { throw failure("socket") }
    // SAFETY: the path is passed as a terminated string that lives as long as the call.
    guard unsafe platform_listen_at(socket, path, backlog) == 0 else { throw closing(socket, after: failure("bind")) }
    return socket
  }

  /// `patience` is how long sending may take, and connecting while others wait to be accepted, in nanoseconds.
  static func connect(to path: String, patience: UInt64) throws(SystemError) -> Int32 {
    let socket = platform_message_socket()
    guard socket >= 0 else { throw failure("socket") }
    platform_limit_time(socket, SO_SNDTIMEO, Int64(patience))
    // SAFETY: as above.
    guard unsafe platform_connect_to(socket, path) == 0 else { throw closing(socket, after: failure("connect")) }
    return socket
  }

  static func accept(from socket: Int32, patience: UInt64) throws(SystemError) -> Int32 {
    let accepted = platform_accept(socket)
    guard accepted >= 0 else { throw failure("accept") }
    platform_limit_time(accepted, SO_SNDTIMEO, Int64(patience))
    return accepted
  }

  /// How many descriptors this process may have.
  static var descriptorLimit: Int {
    var limit = rlimit()
    // SAFETY: it is written to during the call only.
    guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
    return Int(clamping: limit.rlim_cur)
  }

  /// How long receiving may take, in nanoseconds; 0 is for ever.
  static func limitReceiving(from socket: Int32, to nanoseconds: UInt64) {
    platform_limit_time(socket, SO_RCVTIMEO, Int64(nanoseconds))
  }

  /// `waits`: for room, where there is none.
  static func send(_ bytes: [UInt8], _ descriptors: [Int32], to socket: Int32, waits: Bool) throws(SystemError) {
    // SAFETY: both buffers live as long as the call, which is told their sizes and keeps no pointer.
    let result = unsafe bytes.withUnsafeBytes { bytes in
      unsafe descriptors.withUnsafeBufferPointer { descriptors in
        unsafe platform_send_message(
          socket, bytes.baseAddress, bytes.count, descriptors.baseAddress, descriptors.count, waits ? 1 : 0)
      }
    }
    guard result == 0 else { throw failure("sendmsg") }
  }

  /// The next message: nothing in it at the end. `isCut` where it was longer than the limit, or had more descriptors than
  /// can be received.
  static func receive(from socket: Int32, limit: Int) throws(SystemError)
    -> (bytes: [UInt8], descriptors: [Int32], isCut: Bool)
  {
    var buffer = [UInt8](repeating: 0, count: limit)
    var message = platform_message()
    // SAFETY: as above.
    let result = unsafe buffer.withUnsafeMutableBytes { buffer in
      unsafe platform_receive_message(socket, buffer.baseAddress, buffer.count, &message)
    }
    guard result == 0 else { throw failure("recvmsg") }
    buffer.removeLast(limit - min(message.byte_count, limit))
    // SAFETY: the array of C is a part of `message`, and as many of its elements are set as it says.
    let descriptors = unsafe withUnsafeBytes(of: message.descriptors) { bytes in
      (0..<message.descriptor_count).map { unsafe bytes.load(fromByteOffset: 4 * $0, as: Int32.self) }
    }
    return (buffer, descriptors, message.is_cut != 0)
  }

  /// Ends the connection in both directions: whoever waits in it, or for one, wakes up.
  static func shutDown(_ socket: Int32) { shutdown(socket, Int32(SHUT_RDWR)) }

  static func closeDescriptor(_ descriptor: Int32) { close(descriptor) }

  /// Whether a path leads to a socket; nil where there is nothing.
  static func isSocket(_ path: String) -> Bool? {
    // SAFETY: the path is passed as a terminated string that lives as long as the call.
    let result = unsafe platform_is_socket(path)
    return result < 0 ? nil : result == 1
  }

  /// Which file a path leads to; nil where there is none.
  static func identity(of path: String) -> FileIdentity? {
    var identity = FileIdentity(device: 0, number: 0)
    // SAFETY: as above; the call fills the two numbers.
    guard unsafe platform_file_identity(path, &identity.device, &identity.number) == 0 else { return nil }
    return identity
  }

  static func remove(_ path: String) { unsafe unlink(path) }

  private static func closing(_ descriptor: Int32, after error: SystemError) -> SystemError {
    close(descriptor)
    return error
  }

  /// Reads `errno`, so it must come right after the call that failed.
  private static func failure(_ call: String) -> SystemError { SystemError(call: call, code: errno) }
}

/// Tells one file from every other.
struct FileIdentity: Equatable, Sendable {
  fileprivate var device: UInt64
  fileprivate var number: UInt64
}

extension SystemError {
  /// Whether nobody listens at a path.
  var meansNobodyListens: Bool { code == ECONNREFUSED || code == ENOENT }
  /// Whether it is a matter of permission.
  package var isForbidden: Bool { code == EACCES || code == EPERM }
  /// Whether nothing came in time.
  var meansTimeout: Bool { code == EAGAIN }
  static let noDescriptors = SystemError(call: "eventfd", code: EMFILE)
  /// Whether a signal came instead.
  var meansInterruption: Bool { code == EINTR }
}
