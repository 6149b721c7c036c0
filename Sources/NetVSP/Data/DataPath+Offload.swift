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

    /// A tag that came beside its frame.
    var tagByteCount: Int { offload.vlanTag == nil ? 0 : VLANTagInfo.tagByteCount }
  }

  /// Reads what a packet's info asks for, and notes what there is to do. Returns how many bytes of the frame are in the
  /// info; nil when that cannot be read, or the frame does not allow what it asks.
  mutating func noteWork(
    ofInfoIn header: RNDISPacketHeader, at position: MessageStream.Position, _ counts: inout ChannelStatistics
  ) -> Int? {
    let byteCount = Int(header.perPacketInfoByteCount)
    let end = UInt64(header.perPacketInfoOffset) + UInt64(byteCount)
    guard stream.isWithinRange(position, end) else { return nil }
    if byteCount > infoBytes.byteCount { infoBytes = PrivateBytes(byteCount: byteCount) }
    let infoPosition = stream.advance(position, by: UInt64(header.perPacketInfoOffset))
    stream.copy(infoPosition, byteCount, into: &infoBytes)
    guard let offload = try? PacketOffload(parsing: infoBytes.span(byteCount)) else { return nil }
    guard offload.asksForWork else { return 0 }
    guard let work = try? judge(offload, header, at: position) else {
      counts.refusedOffloads += 1
      return nil
    }
    let offloaded = OffloadedFrame(
      index: frames.count, offload: offload, madeFrameCount: work.madeFrameCount, madeByteCount: work.madeByteCount)
    offloadedFrames.append(offloaded)
    return offloaded.tagByteCount
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

  /// Counts as delivered what is made of offloaded frames, in place of the frames: for a receiver that looks at none.
  mutating func countMadeFrames(_ counts: inout ChannelStatistics) {
    for index in 0..<offloadedFrames.count {
      let offloaded = offloadedFrames[index]
      counts.deliveredPackets += UInt64(offloaded.madeFrameCount - 1)
      counts.deliveredBytes += UInt64(offloaded.madeByteCount)
      counts.deliveredBytes -= UInt64(Int(frames[offloaded.index].byteCount) + offloaded.tagByteCount)
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
