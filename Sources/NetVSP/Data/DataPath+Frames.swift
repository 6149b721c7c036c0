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

  /// Counts the frames of a message that lies in a section, where it is as most are: packets without info, and nothing
  /// else. nil asks for a closer look, which says what is there.
  ///
  /// Every header is read once and judged, as it is when frames are listed.
  @inline(__always)
  func countPlainFrames(of message: SendRNDISPacket) -> FrameCount? {
    guard message.sectionIndex != SendRNDISPacket.noSection,
      let section = sections?.bytes(of: message.sectionIndex, byteCount: message.sectionByteCount)
    else { return nil }
    return Self.countPlainFrames(in: section, lentByteCount: 0)
  }

  /// The same for a message whose last packet has its header in a section, and all of its frame in a page.
  @inline(__always)
  mutating func countPlainFrames(
    of message: SendRNDISPacket, endingIn range: PageRange, ofPage page: UInt64
  ) -> FrameCount? {
    guard message.sectionIndex != SendRNDISPacket.noSection, range.isInOnePage,
      let section = sections?.bytes(of: message.sectionIndex, byteCount: message.sectionByteCount),
      let address = GuestMemory.address(ofPage: page, byteOffset: range.byteOffset)
    else { return nil }
    memory.beginMessage()
    guard memory.find(address, Int(range.byteCount)) != nil else { return nil }
    return Self.countPlainFrames(in: section, lentByteCount: range.byteCount)
  }

  /// Counts packets in a section, and the frame behind it that is lent, if it has bytes.
  ///
  /// Not inlined, so that the loop has all registers.
  @inline(never)
  private static func countPlainFrames(in section: MappedBytes, lentByteCount: UInt32) -> FrameCount? {
    var rest = section
    var frames = FrameCount()
    while rest.byteCount >= Int(RNDISPacketHeader.encodedSize) {
      guard let words: InlineArray<5, UInt64> = rest.loadAlignedWords(),
        let header = RNDISPacketHeader(plain: words, available: .max), header.frameByteCount <= frameByteCountLimit
      else { return nil }
      frames.add(header.frameByteCount)
      guard rest.holds(Int(header.messageByteCount)) else {
        // The last one, which ends where the frame does.
        let isWhole =
          header.frameByteCount == lentByteCount && rest.byteCount == Int(header.frameOffset)
          && header.messageByteCount == header.frameOffset &+ lentByteCount
        return isWhole && frames.packets <= UInt32(frameCountLimit) ? frames : nil
      }
      rest = rest.suffix(from: Int(header.messageByteCount))
    }
    return rest.byteCount == 0 && lentByteCount == 0 && frames.packets > 0 && frames.packets <= UInt32(frameCountLimit)
      ? frames : nil
  }

  /// Receives the frames of the message at hand.
  mutating func receiveFrames(_ counts: inout ChannelStatistics) -> Reception {
    guard let byteCount = listFrames(&counts) else { return .malformed }
    counts.receivedPackets += UInt64(frames.count)
    counts.receivedBytes += byteCount
    guard Receiver.readsFrames else {
      counts.deliveredPackets += UInt64(frames.count)
      counts.deliveredBytes += byteCount
      if offloadedFrames.count > 0 { countMadeFrames(&counts) }
      return .delivered
    }
    receiver.messageArrived()
    do throws(SinkError) {
      guard offloadedFrames.count > 0 else {
        try deliver(0..<frames.count, &counts)
        return .delivered
      }
      return try deliverWithWork(&counts) ? .delivered : .malformed
    } catch {
      return .undelivered(error)
    }
  }

  /// Delivers all frames in order, those that the host has to work on among them. Returns false when one cannot be.
  private mutating func deliverWithWork(_ counts: inout ChannelStatistics) throws(SinkError) -> Bool {
    var start = 0
    for index in 0..<offloadedFrames.count {
      let offloaded = offloadedFrames[index]
      try deliver(start..<offloaded.index, &counts)
      guard try deliver(offloaded, &counts) else { return false }
      start = offloaded.index + 1
    }
    try deliver(start..<frames.count, &counts)
    return true
  }

  /// Delivers frames that go on as they are.
  @inline(__always)
  private mutating func deliver(_ range: Range<Int>, _ counts: inout ChannelStatistics) throws(SinkError) {
    for index in range {
      let frame = frames[index]
      try deliver(frame)
      counts.deliveredPackets += 1
      counts.deliveredBytes += UInt64(frame.byteCount)
    }
  }

  /// Walks the packets of the stream, which must end exactly where the last one does. Returns the bytes of all frames
  /// as they were offered, or nil when any packet is malformed.
  private mutating func listFrames(_ counts: inout ChannelStatistics) -> UInt64? {
    frames.removeAll()
    offloadedFrames.removeAll()
    var sum: UInt64 = 0
    var position = listPlainFrames(&sum)
    while position.offset < stream.byteCount {
      guard frames.count < Self.frameCountLimit, let header = packetHeader(at: position) else { return nil }
      guard header.frameByteCount <= Self.frameByteCountLimit else { return nil }
      if header.perPacketInfoByteCount > 0 {
        guard let byteCount = noteWork(ofInfoIn: header, at: position, &counts) else { return nil }
        sum += UInt64(byteCount)
      }
      frames.append(Frame(packet: position, offset: header.frameOffset, byteCount: header.frameByteCount))
      sum += UInt64(header.frameByteCount)
      position = stream.advance(position, by: UInt64(header.messageByteCount))
    }
    return sum
  }

  /// Lists the frames that the stream begins with, as long as they are as most are: without info, and with their headers in
  /// the first piece.
  /// Adds their bytes up, and returns where the first other packet begins, which is looked at more closely.
  @inline(__always)
  private mutating func listPlainFrames(_ sum: inout UInt64) -> MessageStream.Position {
    guard let bytes = stream.firstPiece else { return MessageStream.Position() }
    let end = bytes.byteCount
    var offset = 0
    while end &- offset >= Int(RNDISPacketHeader.encodedSize), frames.count < Self.frameCountLimit {
      guard
        let header = RNDISPacketHeader(
          plain: bytes.loadWords(at: offset), available: UInt32(clamping: stream.byteCount &- UInt64(offset))),
        header.frameByteCount <= Self.frameByteCountLimit
      else { break }
      frames.append(
        Frame(
          packet: MessageStream.Position(inFirstPiece: offset), offset: header.frameOffset,
          byteCount: header.frameByteCount))
      sum &+= UInt64(header.frameByteCount)
      offset &+= Int(header.messageByteCount)
    }
    return stream.advance(MessageStream.Position(), by: UInt64(truncatingIfNeeded: offset))
  }

  /// A packet's header, read once and judged; nil when there is none.
  private mutating func packetHeader(at position: MessageStream.Position) -> RNDISPacketHeader? {
    // Header and info must not be split, even over ranges that lie side by side.
    let byteCount = Int(RNDISPacketHeader.encodedSize)
    guard stream.isWithinRange(position, UInt64(byteCount)) else { return nil }
    let available = UInt32(clamping: stream.byteCount - position.offset)
    do throws(WireError) {
      if let bytes = stream.bytes(position, byteCount) {
        return try RNDISPacketHeader(
          words: bytes.loadWord(at: 0), bytes.loadWord(at: 8), bytes.loadWord(at: 16), bytes.loadWord(at: 24),
          bytes.loadWord(at: 32), available: available)
      }
      stream.copy(position, byteCount, into: &headerBytes)
      return try RNDISPacketHeader(parsing: headerBytes.span(byteCount), available: available)
    } catch {
      return nil
    }
  }

  /// Gives a frame to the receiver, in one piece.
  private mutating func deliver(_ frame: Frame) throws(SinkError) {
    let byteCount = Int(frame.byteCount)
    let position = stream.advance(frame.packet, by: UInt64(frame.offset))
    if let bytes = stream.bytes(position, byteCount) {
      return try Self.give(bytes, keptBy: memory, to: &receiver)
    }
    if byteCount > gatheredBytes.byteCount { gatheredBytes = PrivateBytes(byteCount: byteCount) }
    stream.copy(position, byteCount, into: &gatheredBytes)
    try Self.give(gatheredBytes, byteCount, to: &receiver)
  }

  private static func give(
    _ bytes: MappedBytes, keptBy memory: borrowing GuestMemory, to receiver: inout Receiver
  ) throws(SinkError) {
    try receiver.receive(bytes.span(0, bytes.byteCount, keptBy: memory))
  }

  private static func give(
    _ bytes: borrowing PrivateBytes, _ byteCount: Int, to receiver: inout Receiver
  ) throws(SinkError) {
    try receiver.receive(bytes.span(byteCount))
  }
}
