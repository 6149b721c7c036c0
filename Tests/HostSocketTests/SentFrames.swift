import NetVSC
import Synchronization
import WireFormats

/// A frame that tells its lane and number.
func testFrame(_ number: Int, lane: Int) -> [UInt8] {
  [UInt8](repeating: 2, count: 12) + [0x88, 0xB5]
    + (0..<46 + number % 1200).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ number &+ lane) }
}

/// What a sender saw.
struct SentTally: Sendable {
  var published: UInt64 = 0
  var completed: UInt64 = 0
  var lost: UInt64 = 0
  var digest: UInt64 = 0
}

/// Sends frames on the calling thread, and waits until all came back.
func sendFrames(_ count: Int, lane: Int, through device: Device, queue: Int) throws -> SentTally {
  var sender = try device.makeSender(queue: queue)
  var tally = SentTally()
  for number in 0..<count {
    let frame = testFrame(number, lane: lane)
    tally.digest &+= FrameDigest.hash(frame.span.bytes)
    while try sender.send(frame.span.bytes) == .wouldBlock {
      try sender.flush()
      try sender.wait(timeout: 10_000_000)
      try sender.poll()
    }
  }
  _ = try sender.drain(timeout: 10_000_000_000)
  let counters = sender.finish().counters
  tally.published = counters.published.packets
  tally.completed = counters.completed.packets
  tally.lost = counters.lost.packets
  return tally
}

/// Sums over threads.
final class Tallies: Sendable {
  private let sum = Mutex(SentTally())

  func add(_ tally: SentTally) {
    sum.withLock { sum in
      sum.completed += tally.completed
      sum.digest &+= tally.digest
    }
  }

  var completed: UInt64 { sum.withLock(\.completed) }
  var digest: UInt64 { sum.withLock(\.digest) }
}
