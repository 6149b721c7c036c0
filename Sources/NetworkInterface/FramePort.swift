/// A way into an interface, for frames. Any thread may use it, several at a time.
package protocol FramePort: AnyObject, Sendable {
  /// The interface's name.
  var name: InterfaceName { get }

  /// Sends a frame, from its destination address on. Returns when the kernel has taken it, and never waits.
  func send(_ frame: RawSpan) throws(InterfaceError)
}

/// A frame that was received.
package struct ReceivedFrame: Sendable, Equatable {
  /// Where it lies in the buffer.
  package let range: Range<Int>
  /// How long it was, which may be more than there was room for.
  package let byteCount: Int
  /// When the kernel had it, in nanoseconds since 1970; 0 where nobody stamps it.
  package let timestamp: Int64
}
