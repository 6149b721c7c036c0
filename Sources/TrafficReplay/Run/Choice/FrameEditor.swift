internal import PacketCapture
internal import SharedMemory
internal import WireFormats

/// Makes of a captured packet the frame that is sent: filled up where the capture cut it, and with the addresses of the
/// pass. Most packets are sent as they are, and not touched.
struct FrameEditor: ~Copyable {
  /// No more is made of a packet, however long it claims to have been: as much as a capture can hold of one.
  static let longestPadded = CaptureWriter.longestSnapLength

  private let pads: Bool
  private let variation: Variation?
  /// What is done to the frames of this pass; nil when that is nothing.
  private var change: FlowVariation?
  private var place = PrivateBytes(byteCount: longestPadded)

  init(_ options: ReplayOptions) {
    pads = options.padsTruncated
    variation = options.variation
  }

  /// Begins the pass of that number, from 0 on. The first one has the addresses of the captures.
  mutating func beginPass(_ number: UInt64) {
    change = variation == .flows && number > 0 ? FlowVariation(pass: number) : nil
  }

  /// The frame, valid until the next one is asked for.
  @_lifetime(&self, copy packet)
  mutating func frame(of packet: CapturedPacket) -> RawSpan {
    let capturedByteCount = packet.bytes.byteCount
    let byteCount =
      pads
      ? max(capturedByteCount, min(packet.originalByteCount, Self.longestPadded)) : capturedByteCount
    guard change != nil || byteCount > capturedByteCount else { return packet.bytes }
    if byteCount > place.byteCount { place = PrivateBytes(byteCount: byteCount) }
    place.write(packet.bytes, at: 0)
    place.clear(capturedByteCount..<byteCount)
    if let change {
      // What was captured alone: in the zeros behind it there are no headers.
      var captured = place.mutableSpan(capturedByteCount)
      change.apply(to: &captured)
    }
    return place.span(byteCount)
  }
}
