/// What the system is told of a TCP packet that stands for several, longer than the interface's frames: where its headers
/// are, in bytes from the frame's first, and how much of the payload each of the several has.
package struct LargeFrame: Sendable, Equatable {
  package var isIPv6: Bool
  package var tcpOffset: Int
  package var payloadOffset: Int
  package var segmentByteCount: Int

  package init(isIPv6: Bool, tcpOffset: Int, payloadOffset: Int, segmentByteCount: Int) {
    self.isIPv6 = isIPv6
    self.tcpOffset = tcpOffset
    self.payloadOffset = payloadOffset
    self.segmentByteCount = segmentByteCount
  }
}
