/// The far end of a TAP interface: what is sent arrives there, and what leaves there is received.
package final class TapDevice: FramePort {
  package let name: InterfaceName
  private let descriptor: Int32

  /// Attaches to the TAP interface of that name. Where there is none it is made, brought up, and gone again with this.
  package init(_ name: InterfaceName) throws(InterfaceError) {
    self.name = name
    let exists = SystemCalls.exists(name)
    descriptor = try SystemCalls.openTAP(name)
    if !exists { try SystemCalls.bringUp(name) }
    guard try SystemCalls.state(of: name).isUp else { throw .down }
  }

  deinit { SystemCalls.closeDescriptor(descriptor) }

  package func send(_ frame: RawSpan) throws(InterfaceError) {
    let code = SystemCalls.write(frame, toTAP: descriptor)
    guard code != 0 else { return }
    throw InterfaceError(sending: code)
  }

  /// Sends a frame that stands for several: one TCP packet, with the sum of its pseudo header for a checksum.
  package func send(_ frame: RawSpan, standingFor large: LargeFrame) throws(InterfaceError) {
    let code = SystemCalls.write(frame, large, toTAP: descriptor)
    guard code != 0 else { return }
    throw InterfaceError(sending: code)
  }

  /// Waits at most so many nanoseconds until a frame can be received. Returns whether one can.
  package func wait(timeout: UInt64) -> Bool { SystemCalls.wait(forReading: descriptor, timeout: timeout) }

  /// The next frame that the system sent; nil when there is none.
  package func receive(into buffer: inout MutableRawSpan) throws(InterfaceError) -> ReceivedFrame? {
    guard let byteCount = try SystemCalls.read(fromTAP: descriptor, into: &buffer) else { return nil }
    return ReceivedFrame(range: 0..<byteCount, byteCount: byteCount, timestamp: 0)
  }
}
