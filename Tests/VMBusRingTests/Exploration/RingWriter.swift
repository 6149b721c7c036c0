import VMBusRing
import WireFormats

/// A writer of any kind: sends messages, rings the reader, and waits for room.
final class RingWriter<Producer: RoomAsking & ~Copyable> where Producer.Memory == ModelRing {
  private var producer: Producer
  let number: Int
  private let bells: RingBells

  init(_ producer: consuming Producer, number: Int, bells: RingBells) {
    self.producer = producer
    self.number = number
    self.bells = bells
  }

  /// Sends a message, when there is room.
  func send(_ message: RingRules.Message) throws {
    while true {
      if Producer.canBeShared { producer.memory.port.milestone(knowing: 1) }
      do throws(RingError) {
        var reservation = try producer.reserve(RingScene.messageByteCount)
        // The last answer was the place that was claimed.
        if Producer.canBeShared { producer.memory.port.milestone(knowing: producer.memory.port.lastAnswer) }
        producer.frame(TestPacket(message.transactionID, ringByteCount: RingScene.messageByteCount), in: &reservation)
        switch producer.commit(reservation) {
        case .quiet: return
        case .signal: return bells.reader.ring()
        case .closed: throw .closed
        }
      } catch .full {
        if Producer.canAsk { try waitForRoom() } else { producer.memory.pause() }
      } catch .closed {
        // Only what is played solo is ever closed.
        throw Abandoned()
      }
    }
  }

  /// As `RoomQueue` does it, whose own lock and bells are not for a model: in the queue first, and then a look; whoever
  /// leaves the queue wakes another.
  private func waitForRoom() throws {
    let place = UInt64(1) << UInt64(number)
    bells.queue.add(place, .acquiringAndReleasing)
    while true {
      if Producer.canBeShared { bells.queue.port.milestone(knowing: 3) }
      let answer = try producer.ask(for: RingScene.messageByteCount)
      if answer == .room { break }
      if answer == .armed {
        try bells.writers.sleep()
        producer.disarm()
      } else {
        try bells.queued[number].sleep()
      }
    }
    let others = bells.queue.add(0 &- place, .acquiringAndReleasing) & ~place
    if others != 0 { bells.queued[others.trailingZeroBitCount].ring() }
  }
}
