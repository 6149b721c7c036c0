internal import CPlatform
internal import CPlatformNetwork
internal import Glibc

/// The door to the system: every call that takes or gives a pointer or a descriptor is made here.
enum SystemCalls {
  // MARK: Interfaces

  static func exists(_ name: InterfaceName) -> Bool { unsafe if_nametoindex(name.description) != 0 }

  static func state(of name: InterfaceName) throws(InterfaceError) -> (isUp: Bool, hasCarrier: Bool) {
    let state = unsafe platform_interface_state(name.description)
    guard state >= 0 else { throw InterfaceError("ioctl(SIOCGIFFLAGS)") }
    return (state & 1 != 0, state & 2 != 0)
  }

  static func bringUp(_ name: InterfaceName) throws(InterfaceError) {
    guard unsafe platform_bring_up_interface(name.description) == 0 else {
      throw InterfaceError("ioctl(SIOCSIFFLAGS)")
    }
  }

  static func leaveNetwork() throws(InterfaceError) {
    guard platform_leave_network() == 0 else { throw InterfaceError("unshare(CLONE_NEWNET)") }
  }

  // MARK: Opening

  static func openPacketSocket(on name: InterfaceName, receives: Bool) throws(InterfaceError) -> Int32 {
    let index = unsafe if_nametoindex(name.description)
    guard index != 0 else { throw .missing }
    guard unsafe platform_interface_is_ethernet(name.description) != 0 else { throw .isNoEthernet }
    let descriptor = platform_packet_socket()
    guard descriptor >= 0 else { throw InterfaceError("socket(AF_PACKET)") }
    guard platform_bind_packet_socket(descriptor, index, receives ? 1 : 0) == 0 else {
      throw closing(descriptor, after: InterfaceError("bind(AF_PACKET)"))
    }
    // Without it, frames are counted as sent that a queue drops. Kernels that lack it do so.
    if !receives { platform_bypass_queues(descriptor) }
    return descriptor
  }

  static func prepareToReceive(_ descriptor: Int32, bufferByteCount: Int) throws(InterfaceError) {
    guard platform_describe_packets(descriptor) == 0 else { throw InterfaceError("setsockopt(SOL_PACKET)") }
    guard platform_set_receive_buffer(descriptor, Int32(clamping: bufferByteCount)) == 0 else {
      throw InterfaceError("setsockopt(SO_RCVBUF)")
    }
  }

  static func openTAP(_ name: InterfaceName) throws(InterfaceError) -> Int32 {
    let descriptor = platform_open_tap_driver()
    guard descriptor >= 0 else {
      if [ENOENT, ENODEV, ENXIO].contains(errno) { throw .noTAPDriver }
      throw InterfaceError("open(/dev/net/tun)")
    }
    guard unsafe platform_attach_tap(descriptor, name.description) == 0 else {
      let error: InterfaceError =
        switch errno {
        case EINVAL: .isNoTAP
        case EBUSY: .inUse
        default: InterfaceError("ioctl(TUNSETIFF)")
        }
      throw closing(descriptor, after: error)
    }
    return descriptor
  }

  private static func closing(_ descriptor: Int32, after error: InterfaceError) -> InterfaceError {
    close(descriptor)
    return error
  }

  static func closeDescriptor(_ descriptor: Int32) { close(descriptor) }

  // MARK: Frames

  /// Returns 0, or the value of `errno`.
  static func send(_ frame: RawSpan, to socket: Int32) -> Int32 {
    // SAFETY: the span's bytes are valid during the call, which keeps no pointer.
    let result = unsafe frame.withUnsafeBytes { unsafe Glibc.send(socket, $0.baseAddress, $0.count, 0) }
    return result < 0 ? errno : 0
  }

  /// Returns 0, or the value of `errno`.
  static func write(_ frame: RawSpan, toTAP descriptor: Int32) -> Int32 {
    // SAFETY: as above.
    let result = unsafe frame.withUnsafeBytes { unsafe platform_write_tap(descriptor, $0.baseAddress, $0.count, nil) }
    return result < 0 ? errno : 0
  }

  /// The same for a frame that stands for several.
  static func write(_ frame: RawSpan, _ large: LargeFrame, toTAP descriptor: Int32) -> Int32 {
    var large = platform_large_frame(
      is_ipv6: large.isIPv6 ? 1 : 0, tcp_offset: UInt16(large.tcpOffset), payload_offset: UInt16(large.payloadOffset),
      segment_byte_count: UInt16(large.segmentByteCount))
    // SAFETY: as above.
    let result = unsafe frame.withUnsafeBytes {
      unsafe platform_write_tap(descriptor, $0.baseAddress, $0.count, &large)
    }
    return result < 0 ? errno : 0
  }

  /// Returns false when time ran out or a signal came.
  static func wait(forReading descriptor: Int32, timeout: UInt64) -> Bool {
    let seconds = Int64(min(timeout / 1_000_000_000, 1_000_000_000))
    return platform_wait_readable(descriptor, seconds, Int64(timeout % 1_000_000_000)) > 0
  }

  /// Nil when there is nothing to receive.
  static func receivePacket(from socket: Int32, into buffer: inout MutableRawSpan) throws(InterfaceError)
    -> ReceivedFrame?
  {
    precondition(buffer.byteCount > 18, "a frame needs room, and its tag as well")
    let room = buffer.byteCount
    var packet = platform_packet()
    // SAFETY: the buffer's bytes are valid during the call, which is told how many there are and keeps no pointer.
    let result = unsafe buffer.withUnsafeMutableBytes {
      unsafe platform_receive_packet(socket, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), $0.count, &packet)
    }
    guard result == 0 else { return try nothing(after: "recvmsg(AF_PACKET)") }
    return ReceivedFrame(
      range: packet.offset..<min(packet.offset + packet.byte_count, room), byteCount: packet.byte_count,
      timestamp: packet.timestamp)
  }

  /// Nil when there is nothing to read.
  static func read(fromTAP descriptor: Int32, into buffer: inout MutableRawSpan) throws(InterfaceError) -> Int? {
    // SAFETY: as above.
    let result = unsafe buffer.withUnsafeMutableBytes { unsafe platform_read_tap(descriptor, $0.baseAddress, $0.count) }
    return result < 0 ? try nothing(after: "read(/dev/net/tun)") : result
  }

  private static func nothing<Value>(after call: StaticString) throws(InterfaceError) -> Value? {
    guard errno == EAGAIN || errno == EINTR else { throw InterfaceError(call) }
    return nil
  }

  static func dropCount(of socket: Int32) throws(InterfaceError) -> UInt64 {
    let count = platform_dropped_packets(socket)
    guard count >= 0 else { throw InterfaceError("getsockopt(PACKET_STATISTICS)") }
    return UInt64(count)
  }
}

extension InterfaceError {
  /// Reads `errno`, so it must come right after the call that failed.
  fileprivate init(_ call: StaticString) { self.init(errno, of: "\(call)") }

  /// Why a frame was not taken, by the value of `errno`.
  init(sending code: Int32) {
    switch code {
    case EAGAIN, ENOBUFS, EINTR: self = .busy
    case EMSGSIZE: self = .frameTooLong
    // The latter is what a TAP interface says.
    case ENETDOWN, EIO: self = .down
    // The last is what a TAP interface says that was deleted.
    case ENXIO, ENODEV, EBADFD: self = .missing
    default: self.init(code, of: "send")
    }
  }

  private init(_ code: Int32, of call: String) {
    switch code {
    case EPERM, EACCES: self = .notPermitted
    case ENODEV, ENXIO: self = .missing
    // SAFETY: strerror returns a terminated string; it is copied before anything else can run on this thread.
    default: self = .failed(call: call, reason: unsafe String(cString: strerror(code)))
    }
  }
}
