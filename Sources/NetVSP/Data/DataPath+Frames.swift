internal import SharedMemory
internal import WireFormats

extension DataPath {
  /// How the frames of a message fared.
  enum Reception {
    case delivered
    /// The packets contradict themselves, or say what they must not: nothing was received.
    case malformed
    /// A frame was not delivered, nor those behind it.
    case undelivered(SinkError)
  }

  /// Receives the frames of the message at hand.
  mutating func receiveFrames(_ counts: inout ChannelStatistics) -> Reception {
    guard let byteCount = listFrames() else { return .malformed }
    counts.receivedPackets += UInt64(frames.count)
    counts.receivedBytes += byteCount
    guard Receiver.readsFrames else {
      counts.deliveredPackets += UInt64(frames.count)
      counts.deliveredBytes += byteCount
      return .delivered
    }
    receiver.messageArrived()
    for index in frames.indices {
      let frame = frames[index]
      do throws(SinkError) {
        guard try deliver(frame) else { return .malformed }
      } catch {
        return .undelivered(error)
      }
      counts.deliveredPackets += 1
      counts.deliveredBytes += UInt64(frame.byteCount)
    }
    return .delivered
  }

  /// Walks the packets of the stream, which must end exactly where the last one does. Returns the bytes of all frames,
  /// or nil when any packet is malformed.
  private mutating func listFrames() -> UInt64? {
    frames.removeAll(keepingCapacity: true)
    var position = MessageStream.Position()
    var sum: UInt64 = 0
    while position.offset < stream.byteCount {
      guard frames.count < Self.frameCountLimit, let header = packetHeader(at: position) else { return nil }
      let frame = Frame(
        position: stream.advance(position, by: UInt64(header.frameOffset)), byteCount: header.frameByteCount)
      guard header.frameByteCount <= Self.frameByteCountLimit else { return nil }
      if header.perPacketInfoByteCount > 0 {
        guard allowsWork(ofInfoIn: header, at: position, frame) else { return nil }
      }
      frames.append(frame)
      sum += UInt64(header.frameByteCount)
      position = stream.advance(position, by: UInt64(header.messageByteCount))
    }
    return sum
  }

  /// A packet's header, copied out and judged; nil when there is none.
  private mutating func packetHeader(at position: MessageStream.Position) -> RNDISPacketHeader? {
    let byteCount = Int(RNDISPacketHeader.encodedSize)
    // Header and info must not be split, even over ranges that lie side by side.
    guard stream.isWithinRange(position, UInt64(byteCount)),
      stream.copy(position, byteCount, from: &memory, into: &headerBytes)
    else { return nil }
    let available = UInt32(clamping: stream.byteCount - position.offset)
    do throws(WireError) {
      return try RNDISPacketHeader(parsing: headerBytes.span(byteCount), available: available)
    } catch {
      return nil
    }
  }

  /// Whether the packet's info can be read and asks for nothing that its frame does not allow.
  private mutating func allowsWork(
    ofInfoIn header: RNDISPacketHeader, at position: MessageStream.Position, _ frame: Frame
  ) -> Bool {
    let byteCount = Int(header.perPacketInfoByteCount)
    let end = UInt64(header.perPacketInfoOffset) + UInt64(byteCount)
    guard stream.isWithinRange(position, end) else { return false }
    if byteCount > infoBytes.byteCount { infoBytes = PrivateBytes(byteCount: byteCount) }
    let infoPosition = stream.advance(position, by: UInt64(header.perPacketInfoOffset))
    guard stream.copy(infoPosition, byteCount, from: &memory, into: &infoBytes),
      let work = try? TransmitWork(parsing: infoBytes.span(byteCount)), work.fits(frameByteCount: frame.byteCount)
    else { return false }
    guard let byteOffset = work.tcpDataOffsetPosition else { return true }
    guard byteOffset < frame.byteCount,
      stream.copy(stream.advance(frame.position, by: UInt64(byteOffset)), 1, from: &memory, into: &headerBytes)
    else { return false }
    return work.tcpHeaderFits(
      dataOffsetByte: headerBytes.span(1).loadLittleEndian(at: 0), frameByteCount: frame.byteCount)
  }

  /// Gives a frame to the receiver, in one piece. Returns false when its memory is gone.
  private mutating func deliver(_ frame: Frame) throws(SinkError) -> Bool {
    let byteCount = Int(frame.byteCount)
    if let place = stream.find(frame.position, byteCount, in: &memory) {
      try Self.give(memory, place, byteCount, to: &receiver)
      return true
    }
    if byteCount > gatheredBytes.byteCount { gatheredBytes = PrivateBytes(byteCount: byteCount) }
    guard stream.copy(frame.position, byteCount, from: &memory, into: &gatheredBytes) else { return false }
    try Self.give(gatheredBytes, byteCount, to: &receiver)
    return true
  }

  private static func give(
    _ memory: borrowing GuestMemory, _ place: GuestMemory.Place, _ byteCount: Int, to receiver: inout Receiver
  ) throws(SinkError) {
    try receiver.receive(memory.span(place, byteCount))
  }

  private static func give(
    _ bytes: borrowing PrivateBytes, _ byteCount: Int, to receiver: inout Receiver
  ) throws(SinkError) {
    try receiver.receive(bytes.span(byteCount))
  }
}
