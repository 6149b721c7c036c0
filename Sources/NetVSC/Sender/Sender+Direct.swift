internal import SharedMemory
internal import VMBusRing
internal import WireFormats

extension Sender {
  /// How many parts a frame that is lent has at most: with its header, what common hosts have seen of others.
  public static let maximumPartCount = 31

  /// Lends a frame to the host where it lies, without copying it: in parts, in their order, of any memory of the device's,
  /// and of private memory.
  ///
  /// Where it is taken, the parts stay as they are until `poll`, `drain` or `finish` gives the frame back, once, by its
  /// cookie. The frame holds its device memory meanwhile; private bytes are the caller's to keep. What cannot be lent is
  /// copied, and given back all the same: a frame of more than `maximumPartCount` parts, one with private parts where the
  /// device does not lend them, one whose parts lie in more memories than a sender lends from at a time, 64, and one with
  /// parts in memory of another device.
  /// Traps where there is no part.
  public mutating func submit(
    _ parts: Span<FramePart>, cookie: UInt64, offload: FrameOffload = .none
  ) throws(SenderError) -> SendOutcome {
    settle()
    let byteCount = parts.byteCount
    precondition(byteCount > 0, "a frame has a part")
    var direct = DirectMessage(cookie: cookie)
    guard parts.count <= Self.maximumPartCount, borrow(parts, for: &direct) else {
      return try gather(parts, byteCount, cookie: cookie, offload.info)
    }
    if let outcome = try beginLending(byteCount, offload.info, &direct) { return outcome }
    for index in parts.indices { burst.append(parts[index].deviceRange) }
    closeLent(direct)
    return .taken
  }

  /// Lends a frame all of whose parts lie in one memory of the device's; from another device's it is copied. Traps on an empty part, one outside of `memory`, no
  /// part at all, or too many.
  public mutating func submit(
    _ parts: Span<FrameRange>, of memory: FrameMemory, cookie: UInt64, offload: FrameOffload = .none
  ) throws(SenderError) -> SendOutcome {
    settle()
    return try lend(parts, of: memory, cookie: cookie, offload.info)
  }

  /// The same with or without a wish to have the frame back. For a constant the compiler leaves out what an offload costs.
  @inline(__always)
  mutating func lend(
    _ parts: Span<FrameRange>, of memory: FrameMemory, cookie: UInt64?, _ offload: PacketOffload
  ) throws(SenderError) -> SendOutcome {
    precondition(
      parts.count > 0 && parts.count <= Self.maximumPartCount, "a frame has a part, and not too many of them")
    var byteCount = 0
    for index in parts.indices { byteCount += Int(parts[index].byteCount) }
    var direct = DirectMessage(cookie: cookie)
    guard loans.lend(memory, to: &direct.loans) else {
      guard memory.lies(in: queue.terms.addressSpace) else {
        return try gather(parts, of: memory, byteCount, cookie: cookie, offload)
      }
      return isClosing ? .closing : try noRoom()
    }
    if let outcome = try beginLending(byteCount, offload, &direct) { return outcome }
    for index in parts.indices { burst.append(memory.deviceRange(of: parts[index])) }
    closeLent(direct)
    return .taken
  }

  /// Copies a frame that lies in memory of another device.
  @inline(never)
  private mutating func gather(
    _ parts: Span<FrameRange>, of memory: FrameMemory, _ byteCount: Int, cookie: UInt64?, _ offload: PacketOffload
  ) throws(SenderError) -> SendOutcome {
    let parts = parts.indices.map { FramePart(parts[$0], of: memory) }
    return try gather(parts.span, byteCount, cookie: cookie, offload)
  }

  /// Borrows what a frame's parts lie in. Returns false where that cannot be: then nothing is borrowed.
  private mutating func borrow(_ parts: Span<FramePart>, for direct: inout DirectMessage) -> Bool {
    for index in parts.indices {
      let identity = parts[index].memoryIdentity
      if identity == 0, queue.lendsPrivateMemory { continue }
      if identity != 0, loans.lend(held: identity, to: &direct.loans) { continue }
      if identity != 0, hold(parts[index], for: &direct) { continue }
      loans.giveBack(direct.loans)
      return false
    }
    return true
  }

  /// Borrows the memory of a part that no other frame lies in. Returns false where that cannot be.
  @inline(never)
  private mutating func hold(_ part: FramePart, for direct: inout DirectMessage) -> Bool {
    part.memory.map { loans.lend($0, to: &direct.loans) } ?? false
  }

  /// Prepares the message of a frame whose memory is borrowed, for its ranges to be added. Where it is not taken, returns
  /// why, and gives the memory back.
  @inline(__always)
  private mutating func beginLending(
    _ byteCount: Int, _ offload: PacketOffload, _ direct: inout DirectMessage
  ) throws(SenderError) -> SendOutcome? {
    var outcome: SendOutcome?
    do throws(SenderError) {
      if isClosing {
        outcome = .closing
      } else if let refusal = refuse(byteCount, offload, beyond: frameLimit(offload, within: transferByteCount)) {
        outcome = refusal
      } else if try !placeHeader(ofFrame: byteCount, offload, &direct) {
        outcome = try noRoom()
      }
    } catch {
      loans.giveBack(direct.loans)
      throw error
    }
    if outcome != nil { loans.giveBack(direct.loans) }
    return outcome
  }

  /// Ends the message of a frame that is lent, whose ranges were added.
  @inline(__always)
  private mutating func closeLent(_ direct: DirectMessage) {
    counts.lentFrames &+= 1
    closeMessage(direct)
  }

  /// Puts a frame's header where the host finds it in front of the frame's ranges: behind the open message's packets, in
  /// a section of its own, or, where none is free, in a slot. Returns whether there was a place.
  @inline(__always)
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

  @inline(__always)
  private func canEndMessage(withFrame byteCount: Int, _ offload: PacketOffload) -> Bool {
    message.hasRoom(for: 0, offload, within: messageLimits)
      && message.framePlace(behind: offload) - sections.offset(of: message.section) + byteCount <= transferByteCount
  }

  @inline(never)
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

  /// Prepares a copy of a frame for which there is no section, or none that holds it, in a large buffer. Returns which one
  /// it is, if one was free, and where in the sender's direct memory the frame goes. The message is to be closed then.
  mutating func beginLargeCopy(
    of byteCount: Int, _ offload: PacketOffload
  ) throws(SenderError) -> (buffer: UInt32, framePlace: Int)? {
    closeMessage()
    if burst.freeCount == 0 || isStopped { try flush() }
    guard burst.freeCount > 0, !isStopped else { return nil }
    guard let buffer = directMemory.takeBuffer() else {
      counts.noMemory &+= 1
      return nil
    }
    let header = RNDISPacketHeader(
      frameByteCount: UInt32(byteCount), perPacketInfoByteCount: offload.encodedSize)
    let place = directMemory.offset(ofBuffer: buffer)
    directMemory.bytes.store(header, offload, at: place)
    // Header and frame are one range, so that the header is in one as well.
    burst.append(directMemory.deviceRange(at: place, byteCount: header.messageByteCount))
    message.beginWithoutSection(frameByteCount: UInt32(byteCount), offload)
    counts.largeCopies &+= 1
    return (buffer, place + Int(header.frameOffset))
  }

  /// Adds the open message, with what it holds and the ranges that were added, to the burst.
  @inline(__always)
  mutating func closeMessage(_ direct: DirectMessage) {
    let transactionID = inFlight.enter(
      section: message.section, packetCount: message.packetCount, byteCount: message.frameByteCount, direct)
    burst.appendWithRanges(transactionID: transactionID, section: message.section, byteCount: message.byteCount)
    countClosedMessage()
  }

  /// Takes back what a message held besides its section, and that. Returns its frame where the caller wants that back.
  @inline(never)
  mutating func release(section: UInt32, _ transactionID: UInt64, as fate: ReturnedFrame.Fate) -> ReturnedFrame? {
    let direct = inFlight.directMessage(of: transactionID)
    if section != SendRNDISPacket.noSection { sections.give(back: section) }
    if let slot = direct.headerSlot { directMemory.give(backHeader: slot) }
    if let buffer = direct.largeBuffer { directMemory.give(backBuffer: buffer) }
    loans.giveBack(direct.loans)
    return direct.cookie.map { ReturnedFrame(cookie: $0, fate: fate) }
  }
}
