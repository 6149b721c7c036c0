internal import SharedMemory
internal import VMBusRing
internal import WireFormats

extension Sender {
  /// How many parts a frame that is lent has at most: with its header, what common hosts have seen of others.
  public static let maximumPartCount = 31

  /// Lends a frame to the host where it lies: in parts, in their order, in memory of the device's, without copying them.
  ///
  /// Where it is taken, the parts stay as they are until `poll`, `drain` or `finish` gives the frame back, once, by its
  /// cookie. Traps on an empty part, one outside of `memory`, no part at all, or too many.
  public mutating func submit(
    _ parts: Span<FrameRange>, of memory: FrameMemory, cookie: UInt64, offload: FrameOffload = .none
  ) throws(SenderError) -> SendOutcome {
    settle()
    return try lend(parts, of: memory, cookie: cookie, offload.info)
  }

  /// The same with or without a wish to have the frame back.
  mutating func lend(
    _ parts: Span<FrameRange>, of memory: FrameMemory, cookie: UInt64?, _ offload: PacketOffload
  ) throws(SenderError) -> SendOutcome {
    if isClosing { return .closing }
    precondition(
      parts.count > 0 && parts.count <= Self.maximumPartCount, "a frame has a part, and not too many of them")
    var byteCount = 0
    for index in parts.indices { byteCount += Int(parts[index].byteCount) }
    let limit = frameLimit(offload, within: transferByteCount)
    if let refusal = refuse(byteCount, offload, beyond: limit) { return refusal }
    var direct = DirectMessage(cookie: cookie)
    guard try placeHeader(ofFrame: byteCount, offload, &direct) else { return .wouldBlock }
    for index in parts.indices { burst.append(memory.deviceRange(of: parts[index])) }
    direct.loan = loans.lend(memory)
    counts.lentFrames &+= 1
    closeMessage(direct)
    return .taken
  }

  /// Puts a frame's header where the host finds it in front of the frame's ranges: behind the open message's packets, in
  /// a section of its own, or, where none is free, in a slot. Returns whether there was a place.
  private mutating func placeHeader(
    ofFrame byteCount: Int, _ offload: PacketOffload, _ direct: inout DirectMessage
  ) throws(SenderError) -> Bool {
    if message.isOpen, !canEndMessage(withFrame: byteCount, offload) { closeMessage() }
    if !message.isOpen {
      if burst.freeCount == 0 || isStopped { try flush() }
      guard burst.freeCount > 0, !isStopped else { return false }
      // A host may have sections that not even a header with all its info fits into.
      guard fitsSection(0, offload) else { return placeHeaderInSlot(ofFrame: byteCount, offload, &direct) }
      guard let section = sections.next ?? sections.borrow() else {
        counts.noSection &+= 1
        return placeHeaderInSlot(ofFrame: byteCount, offload, &direct)
      }
      message.begin(in: section, at: sections.offset(of: section))
      _ = sections.take()
    }
    message.appendHeader(ofFrame: UInt32(byteCount), offload, in: sections.bytes)
    return true
  }

  private func canEndMessage(withFrame byteCount: Int, _ offload: PacketOffload) -> Bool {
    message.hasRoom(for: 0, offload, within: messageLimits)
      && message.framePlace(behind: offload) - sections.offset(of: message.section) + byteCount <= transferByteCount
  }

  private mutating func placeHeaderInSlot(
    ofFrame byteCount: Int, _ offload: PacketOffload, _ direct: inout DirectMessage
  ) -> Bool {
    guard let slot = directMemory.takeHeader() else {
      counts.noMemory &+= 1
      return false
    }
    direct.headerSlot = slot
    let header = RNDISPacketHeader(
      frameByteCount: UInt32(byteCount), perPacketInfoByteCount: offload.encodedSize)
    let place = directMemory.offset(ofHeader: slot)
    directMemory.bytes.store(header, offload, at: place)
    burst.append(directMemory.deviceRange(at: place, byteCount: header.frameOffset))
    message.beginWithoutSection(frameByteCount: UInt32(byteCount), offload)
    return true
  }

  /// Copies a frame for which there is no section, or none that holds it, into a large buffer. Returns whether one was
  /// free.
  mutating func copyToLargeBuffer(_ frame: RawSpan, _ offload: PacketOffload) throws(SenderError) -> Bool {
    closeMessage()
    if burst.freeCount == 0 || isStopped { try flush() }
    guard burst.freeCount > 0, !isStopped else { return false }
    guard let buffer = directMemory.takeBuffer() else {
      counts.noMemory &+= 1
      return false
    }
    let header = RNDISPacketHeader(
      frameByteCount: UInt32(frame.byteCount), perPacketInfoByteCount: offload.encodedSize)
    let place = directMemory.offset(ofBuffer: buffer)
    directMemory.bytes.store(header, offload, at: place)
    directMemory.bytes.write(frame, at: place + Int(header.frameOffset))
    // Header and frame are one range, so that the header is in one as well.
    burst.append(directMemory.deviceRange(at: place, byteCount: header.messageByteCount))
    message.beginWithoutSection(frameByteCount: UInt32(frame.byteCount), offload)
    counts.largeCopies &+= 1
    closeMessage(DirectMessage(largeBuffer: buffer))
    return true
  }

  /// Adds the open message, with the ranges that were added, to the burst.
  private mutating func closeMessage(_ direct: DirectMessage) {
    let transactionID = inFlight.enter(
      section: message.section, packetCount: message.packetCount, byteCount: message.frameByteCount, direct)
    burst.appendWithRanges(transactionID: transactionID, section: message.section, byteCount: message.byteCount)
    countClosedMessage()
  }

  /// Takes back what a message held that has page ranges. Returns its frame where the caller wants that back.
  @inline(never)
  mutating func release(section: UInt32, _ transactionID: UInt64, as fate: ReturnedFrame.Fate) -> ReturnedFrame? {
    let direct = inFlight.directMessage(of: transactionID)
    if section != SendRNDISPacket.noSection { sections.give(back: section) }
    if let slot = direct.headerSlot { directMemory.give(backHeader: slot) }
    if let buffer = direct.largeBuffer { directMemory.give(backBuffer: buffer) }
    if let loan = direct.loan { loans.giveBack(loan) }
    return direct.cookie.map { ReturnedFrame(cookie: $0, fate: fate) }
  }
}
