internal import SharedMemory
internal import WireFormats

extension DataPath {
  /// A frame that does not go on as it is.
  struct OffloadedFrame: BitwiseCopyable, Sendable {
    /// Which one of the message's frames.
    let index: Int
    let offload: PacketOffload
    /// What is made of it.
    let madeFrameCount: Int
    let madeByteCount: Int
  }

  /// Reads what a packet's info asks for, and notes what there is to do. Returns false when the info cannot be read, or
  /// its frame does not allow what it asks.
  mutating func noteWork(
    ofInfoIn header: RNDISPacketHeader, at position: MessageStream.Position, _ counts: inout ChannelStatistics
  ) -> Bool {
    let byteCount = Int(header.perPacketInfoByteCount)
    let end = UInt64(header.perPacketInfoOffset) + UInt64(byteCount)
    guard stream.isWithinRange(position, end) else { return false }
    if byteCount > infoBytes.byteCount { infoBytes = PrivateBytes(byteCount: byteCount) }
    let infoPosition = stream.advance(position, by: UInt64(header.perPacketInfoOffset))
    stream.copy(infoPosition, byteCount, into: &infoBytes)
    guard let offload = try? PacketOffload(parsing: infoBytes.span(byteCount)) else { return false }
    guard offload.asksForWork else { return true }
    guard let work = try? judge(offload, header, at: position) else {
      counts.refusedOffloads += 1
      return false
    }
    offloadedFrames.append(
      OffloadedFrame(
        index: frames.count, offload: offload, madeFrameCount: work.madeFrameCount, madeByteCount: work.madeByteCount))
    return true
  }

  private mutating func judge(
    _ offload: PacketOffload, _ header: RNDISPacketHeader, at position: MessageStream.Position
  ) throws(OffloadError) -> TransmitWork {
    let byteCount = min(TransmitWork.headerByteCount(for: offload), Int(header.frameByteCount))
    stream.copy(stream.advance(position, by: UInt64(header.frameOffset)), byteCount, into: &headerBytes)
    return try TransmitWork(
      offload, headers: headerBytes.span(byteCount), frameByteCount: Int(header.frameByteCount),
      packetByteCountLimit: packetByteCountLimit)
  }

  /// The bytes of tags that came beside their frames.
  var offloadedTagByteCount: UInt64 {
    var count = 0
    for index in 0..<offloadedFrames.count where offloadedFrames[index].offload.vlanTag != nil { count += 1 }
    return UInt64(count * VLANTagInfo.tagByteCount)
  }

  /// Counts what is made of offloaded frames as delivered, for a receiver that looks at none, in place of the frames
  /// themselves.
  func countMadeFrames(_ counts: inout ChannelStatistics) {
    for index in 0..<offloadedFrames.count {
      let offloaded = offloadedFrames[index]
      counts.deliveredPackets += UInt64(offloaded.madeFrameCount - 1)
      counts.deliveredBytes += UInt64(offloaded.madeByteCount)
      counts.deliveredBytes -= UInt64(frames[offloaded.index].byteCount)
    }
  }

  /// Does the work on a frame, and gives the receiver what it makes. Returns false when the guest has changed its frame,
  /// so that it does not allow the work any more: what counts is the copy.
  mutating func deliver(
    _ offloaded: OffloadedFrame, _ counts: inout ChannelStatistics
  ) throws(SinkError) -> Bool {
    let frame = frames[offloaded.index]
    frameCopy.take(
      Int(frame.byteCount), at: stream.advance(frame.packet, by: UInt64(frame.offset)), of: stream)
    guard let work = try? frameCopy.work(offloaded.offload, packetByteCountLimit: packetByteCountLimit) else {
      counts.refusedOffloads += 1
      return false
    }
    try frameCopy.deliver(work, tag: offloaded.offload.vlanTag, to: &receiver, &counts)
    return true
  }
}
