/// A socket for the frames of an interface as they are (AF_PACKET).
package final class PacketSocket: FramePort {
  package let name: InterfaceName
  private let descriptor: Int32

  /// One that only sends, and costs nothing when frames arrive.
  package init(sendingTo name: InterfaceName) throws(InterfaceError) {
    self.name = name
    descriptor = try SystemCalls.openPacketSocket(on: name, receives: false)
    try checkState()
  }

  /// One that receives what arrives, with tags where they were, and with room for about so many bytes of frames, and of
  /// what the kernel keeps beside them.
  package init(receivingFrom name: InterfaceName, bufferByteCount: Int) throws(InterfaceError) {
    self.name = name
    descriptor = try SystemCalls.openPacketSocket(on: name, receives: true)
    try SystemCalls.prepareToReceive(descriptor, bufferByteCount: bufferByteCount)
  }

  deinit { SystemCalls.closeDescriptor(descriptor) }

  package func send(_ frame: RawSpan) throws(InterfaceError) {
    let code = SystemCalls.send(frame, to: descriptor)
    guard code != 0 else { return }
    let error = InterfaceError(sending: code)
    // An interface that can send nothing is never ready, and says no more than that.
    if error == .busy { try checkState() }
    throw error
  }

  /// Throws where the interface can send nothing.
  private func checkState() throws(InterfaceError) {
    let state = try SystemCalls.state(of: name)
    guard state.isUp else { throw .down }
    guard state.hasCarrier else { throw .noCarrier }
  }

  /// Waits at most so many nanoseconds until a frame can be received. Returns whether one can.
  package func wait(timeout: UInt64) -> Bool { SystemCalls.wait(forReading: descriptor, timeout: timeout) }

  /// The next frame, in a buffer with at least 18 bytes more room than any frame takes; nil when there is none.
  package func receive(into buffer: inout MutableRawSpan) throws(InterfaceError) -> ReceivedFrame? {
    try SystemCalls.receivePacket(from: descriptor, into: &buffer)
  }

  /// How many frames found no room since this was last asked for.
  package func takeDropCount() throws(InterfaceError) -> UInt64 { try SystemCalls.dropCount(of: descriptor) }
}
