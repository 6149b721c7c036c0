internal import SharedMemory
internal import WireFormats

/// A frame copied out of guest memory, and what the host makes of it, in place.
///
/// ```
///  0              4
///  | room for tag | headers | payload                        |    as it was sent
///  | headers with tag       | first segment                  |
///                 | headers with tag       | second segment  |    over the first one, which is gone by then
/// ```
struct FrameCopy: ~Copyable {
  /// In front of it there is room for a tag.
  private static let start = VLANTagInfo.tagByteCount

  private var bytes = PrivateBytes(byteCount: 2048)
  /// The headers as they were sent: every segment begins with them.
  private var headerBytes = PrivateBytes(byteCount: TransmitWork.headerByteCountLimit)
  private var byteCount = 0

  init() {}

  /// Takes a frame out of the stream, in place of the one before.
  mutating func take(_ byteCount: Int, at position: MessageStream.Position, of stream: borrowing MessageStream) {
    if Self.start + byteCount > bytes.byteCount { bytes = PrivateBytes(byteCount: Self.start + byteCount) }
    self.byteCount = byteCount
    var span = bytes.mutableSpan(Self.start + byteCount)
    var out = span._mutatingExtracting(Self.start..<Self.start + byteCount)
    stream.copy(position, into: &out)
  }

  /// The work on the frame as it was copied. Throws when the frame does not allow what is asked.
  func work(_ offload: PacketOffload, packetByteCountLimit: Int) throws(OffloadError) -> TransmitWork {
    try TransmitWork(
      offload, headers: bytes.span(Self.start..<Self.start + byteCount), frameByteCount: byteCount,
      packetByteCountLimit: packetByteCountLimit)
  }

  /// Does the work, and gives what it makes to a receiver. Throws when that does not take a frame.
  mutating func deliver(
    _ work: TransmitWork, tag: VLANTagInfo?, to receiver: inout some FrameReceiver, _ counts: inout ChannelStatistics
  ) throws(SinkError) {
    receiver.beginWork(on: bytes.span(Self.start..<Self.start + byteCount), payload: work.payload)
    if let segmentation = work.segmentation {
      try deliver(segmentation, tag: tag, to: &receiver, &counts)
    } else {
      let frame = Self.start..<Self.start + byteCount
      var span = bytes.mutableSpan(frame.upperBound)
      var out = span._mutatingExtracting(frame)
      work.fillChecksums(in: &out)
      try give(frame, payload: work.payload, tag: tag, to: &receiver, &counts)
    }
    try receiver.endWork()
  }

  private mutating func deliver(
    _ segmentation: Segmentation, tag: VLANTagInfo?, to receiver: inout some FrameReceiver,
    _ counts: inout ChannelStatistics
  ) throws(SinkError) {
    let headerByteCount = segmentation.payload.lowerBound
    Self.copy(headerByteCount, of: bytes, at: Self.start, to: &headerBytes, at: 0)
    for index in 0..<segmentation.count {
      let part = segmentation.payload(ofSegment: index)
      let segment = Self.start + part.lowerBound - headerByteCount..<Self.start + part.upperBound
      Self.copy(headerByteCount, of: headerBytes, at: 0, to: &bytes, at: segment.lowerBound)
      var span = bytes.mutableSpan(segment.upperBound)
      var out = span._mutatingExtracting(segment)
      segmentation.finish(index, in: &out)
      let payload = headerByteCount..<headerByteCount + part.count
      try give(segment, payload: payload, tag: tag, to: &receiver, &counts)
    }
  }

  private static func copy(
    _ byteCount: Int, of source: borrowing PrivateBytes, at start: Int, to destination: inout PrivateBytes,
    at offset: Int
  ) {
    destination.write(source.span(start..<start + byteCount), at: offset)
  }

  /// Gives a frame that is done, but for its tag, to the receiver. `payload` is in bytes from the frame's first.
  private mutating func give(
    _ frame: Range<Int>, payload: Range<Int>, tag: VLANTagInfo?, to receiver: inout some FrameReceiver,
    _ counts: inout ChannelStatistics
  ) throws(SinkError) {
    var (frame, payload) = (frame, payload)
    if let tag {
      put(tag, intoFrameAt: frame.lowerBound)
      frame = frame.lowerBound - VLANTagInfo.tagByteCount..<frame.upperBound
      payload = payload.lowerBound + VLANTagInfo.tagByteCount..<payload.upperBound + VLANTagInfo.tagByteCount
    }
    try receiver.receiveMade(bytes.span(frame), payload: payload)
    counts.deliveredPackets += 1
    counts.deliveredBytes += UInt64(frame.count)
  }

  /// Puts a tag behind the addresses, which move to the front.
  private mutating func put(_ tag: VLANTagInfo, intoFrameAt start: Int) {
    var out = bytes.mutableSpan(start + TransmitWork.addressesByteCount)
    let front: UInt64 = out.bytes.loadLittleEndian(at: start)
    let back: UInt32 = out.bytes.loadLittleEndian(at: start + 8)
    out.storeLittleEndian(front, at: start - VLANTagInfo.tagByteCount)
    out.storeLittleEndian(back, at: start + 8 - VLANTagInfo.tagByteCount)
    out.storeBigEndian(EtherType.vlanTag.rawValue, at: start + 8)
    out.storeBigEndian(tag.tagControlInformation, at: start + 10)
  }
}
