internal import SharedMemory
internal import Synchronization
internal import VMBusRing

/// What outlives a sender, because the host may still come back to it: sections of messages that did not complete, and
/// their ids.
struct SenderRemains: ~Copyable, Sendable {
  var sections: SectionShare
  var directMemory: DirectMemory
  var loans: MemoryLoans
  var inFlight: InFlightTable
}

/// The place of one sender on a queue: its part of the send buffer and of the memory beside that, which passes from one
/// sender to the next.
final class SenderPlace: Sendable {
  /// Its number on its queue, from 0.
  let number: Int
  let allotment: SectionShare.Allotment
  /// Where its part of the device's direct memory begins.
  let directOffset: Int
  /// How many messages can be in flight.
  let capacity: Int
  /// Completions that others took out of the ring, and what wakes the sender that waits for them.
  let mailbox: CompletionMailbox
  let bell: Doorbell?

  private let taken = Atomic(false)
  /// The sender's own writer, where the ring is shared; nil before the first sender, and while one has it.
  private let writer = Mutex<TransmitRing?>(nil)
  /// What the last sender left to the next; nil before the first, and while one is there.
  private let remains = Mutex<SenderRemains?>(nil)

  /// A place on a queue with others, or on one of its own.
  init(
    number: Int, isShared: Bool, _ allotment: SectionShare.Allotment, directOffset: Int,
    directLayout: DirectMemory.Layout
  )
    throws(SystemError)
  {
    self.number = number
    self.allotment = allotment
    self.directOffset = directOffset
    // Every message holds one of these at least.
    capacity = allotment.own.count + allotment.borrowLimit + directLayout.headerCount + directLayout.bufferCount
    // Room for a host that completes every message twice, too: none that counts is dropped for one that does not.
    mailbox = CompletionMailbox(capacity: 2 * capacity)
    bell = isShared ? try Doorbell() : nil
  }

  /// Takes the place, if nobody has.
  func take() -> Bool { !taken.exchange(true, ordering: .acquiring) }

  /// Frees the place.
  func leave() { taken.store(false, ordering: .releasing) }

  /// The writer of the sender before; nil where there was none.
  func takeWriter() -> TransmitRing? { writer.withLock { $0.take() } }

  func leave(writer left: consuming TransmitRing) {
    var left: TransmitRing? = consume left
    writer.withLock { $0 = left.take() }
  }

  /// What the last sender left; that of a place never used for the first.
  func takeRemains(_ terms: QueueTerms) -> SenderRemains {
    remains.withLock { $0.take() }
      ?? SenderRemains(
        sections: SectionShare(of: terms.sendBuffer, sectionByteCount: terms.sectionByteCount, allotment),
        directMemory: DirectMemory(terms.directMemory, at: directOffset, terms.directLayout),
        loans: MemoryLoans(of: terms.addressSpace),
        inFlight: InFlightTable(capacity: capacity, sender: number))
  }

  /// Leaves things to the next sender.
  func leave(_ left: consuming SenderRemains) {
    var left: SenderRemains? = left
    remains.withLock { $0 = left.take() }
    leave()
  }
}
