internal import SharedMemory
internal import Synchronization
internal import VMBusRing

/// What outlives a sender, because the host may still come back to it: sections of messages that did not complete, and
/// their ids.
struct SenderRemains: ~Copyable, Sendable {
  /// The sender's own writer, where the ring is shared.
  var transmit: TransmitRing?
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
  let bell: Doorbell

  private let taken = Atomic(false)
  /// What the last sender left to the next; nil before the first, and while one is there.
  private let remains = Mutex<SenderRemains?>(nil)

  init(number: Int, _ allotment: SectionShare.Allotment, directOffset: Int, directLayout: DirectMemory.Layout)
    throws(SystemError)
  {
    self.number = number
    self.allotment = allotment
    self.directOffset = directOffset
    // Every message holds one of these at least.
    capacity = allotment.own.count + allotment.borrowLimit + directLayout.headerCount + directLayout.bufferCount
    mailbox = CompletionMailbox(capacity: capacity)
    bell = try Doorbell()
  }

  /// Whether a sender has it.
  var isTaken: Bool { taken.load(ordering: .relaxed) }

  /// Takes the place, if nobody has.
  func take() -> Bool { !taken.exchange(true, ordering: .acquiring) }

  /// Frees the place.
  func leave() { taken.store(false, ordering: .releasing) }

  /// What the last sender left; that of a place never used for the first.
  func takeRemains(_ terms: QueueTerms) -> SenderRemains {
    remains.withLock { $0.take() }
      ?? SenderRemains(
        sections: SectionShare(of: terms.sendBuffer, sectionByteCount: terms.sectionByteCount, allotment),
        directMemory: DirectMemory(terms.directMemory, at: directOffset, terms.directLayout), loans: MemoryLoans(),
        inFlight: InFlightTable(capacity: capacity, sender: number))
  }

  /// Leaves things to the next sender.
  func leave(_ left: consuming SenderRemains) {
    var left: SenderRemains? = left
    remains.withLock { $0 = left.take() }
    leave()
  }
}
