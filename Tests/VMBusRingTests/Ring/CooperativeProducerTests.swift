import SharedMemory
import TestSupport
import Testing
import VMBusRing
import WireFormats

@Suite("A cooperative producer")
struct CooperativeProducerTests {
  private let byteCount: UInt32 = 64

  @Test(
    "publishes what others finished before it, with one index store and one signal", arguments: RingMapping.allCases)
  func publishesForAll(mapping: RingMapping) throws {
    let test = try TestRing(mapping: mapping)
    let ring = try CooperativeRing(test.ring, keeper: test.view)
    var first = try CooperativeProducer(ring)
    var second = try CooperativeProducer(ring)
    var third = try CooperativeProducer(ring)
    var a = try first.reserve(byteCount)
    var b = try second.reserve(byteCount)
    var c = try third.reserve(byteCount)
    third.frame(TestPacket(3, ringByteCount: byteCount), in: &c)
    let thirdSays = third.commit(c)
    #expect(thirdSays == .quiet)
    #expect(test[.writeIndex] == 0)
    second.frame(TestPacket(2, ringByteCount: byteCount), in: &b)
    let secondSays = second.commit(b)
    #expect(secondSays == .quiet)
    #expect(test[.writeIndex] == 0)
    first.frame(TestPacket(1, ringByteCount: byteCount), in: &a)
    // The index that this publication replaced is what the reader stands at: it was idle.
    let firstSays = first.commit(a)
    #expect(firstSays == .signal)
    #expect(test[.writeIndex] == 3 * byteCount)
    var consumer = try RingConsumer(test.ring, keeper: test.view)
    let packets = try consumer.takeAll()
    #expect(packets == (1...3).map { TestPacket($0, ringByteCount: byteCount) })
  }

  @Test("goes round a small ring many times, one writer or two in turn", arguments: [1, 2])
  func laps(writerCount: Int) throws {
    let test = try TestRing(mapping: .single, write: 2048, read: 2048)
    let ring = try CooperativeRing(test.ring, keeper: test.view)
    var first = try CooperativeProducer(ring)
    var second = try CooperativeProducer(ring)
    var consumer = try RingConsumer(test.ring, keeper: test.view)
    for sequence in 0..<2000 {
      let packet = TestPacket(UInt64(sequence), ringByteCount: [24, 64, 200, 1504][sequence % 4])
      if sequence % writerCount == 0 { try first.put(packet) } else { try second.put(packet) }
      let packets = try consumer.takeAll()
      #expect(packets == [packet])
      _ = consumer.release()
    }
  }

  @Test("takes messages of different sizes in one burst, as many as fit")
  func unequalBurst() throws {
    let test = try TestRing(mapping: .double)
    let ring = try CooperativeRing(test.ring, keeper: test.view)
    var producer = try CooperativeProducer(ring)
    let sizes: [UInt32] = [64, 1000, 24, 3000, 2000, 64]
    var reservation = try producer.reserve(upTo: sizes.span)
    #expect(reservation.byteCount == 64 + 1000 + 24 + 3000)
    for (index, size) in sizes.prefix(4).enumerated() {
      producer.frame(TestPacket(UInt64(index), ringByteCount: size), in: &reservation)
    }
    let publication = producer.commit(reservation)
    #expect(publication == .signal)
    let full = #expect(throws: RingError.self) { try producer.put(TestPacket(9, ringByteCount: 64)) }
    #expect(full == .full(needed: 64, free: 4096 - 4088))
  }

  @Test("fills a hole with a packet that a host completes and that does nothing")
  func abort() throws {
    let test = try TestRing(mapping: .single)
    let ring = try CooperativeRing(test.ring, keeper: test.view)
    var producer = try CooperativeProducer(ring)
    var reservation = try producer.reserve(64 + 200)
    producer.frame(TestPacket(1, ringByteCount: 64), in: &reservation)
    let publication = producer.abort(reservation, transactionID: 77)
    #expect(publication == .signal)
    #expect(test[.writeIndex] == 264)
    var consumer = try RingConsumer(test.ring, keeper: test.view)
    let packets = try consumer.takeAll()
    let nothing = TestPacket(transactionID: 77, payload: [107, 0xFFFF_FFFF] + [UInt64](repeating: 0, count: 20))
    #expect(packets == [TestPacket(1, ringByteCount: 64), nothing])
  }

  @Test("a closed ring takes no reservation, and lets what is finished through")
  func close() throws {
    let test = try TestRing(mapping: .single)
    let ring = try CooperativeRing(test.ring, keeper: test.view)
    var producer = try CooperativeProducer(ring)
    var reservation = try producer.reserve(byteCount)
    ring.close()
    producer.frame(TestPacket(1, ringByteCount: byteCount), in: &reservation)
    let publication = producer.commit(reservation)
    #expect(publication == .signal)
    #expect(throws: RingError.closed) { _ = try producer.put(TestPacket(2, ringByteCount: 64)) }
    #expect(throws: RingError.closed) { _ = try producer.arm(needing: 64) }
  }

  @Test("there are as many writers as the ring was made for")
  func writers() throws {
    let test = try TestRing(mapping: .single)
    let ring = try CooperativeRing(test.ring, writerLimit: 2, keeper: test.view)
    _ = try CooperativeProducer(ring)
    _ = try CooperativeProducer(ring)
    #expect(throws: RingError.tooManyWriters(limit: 2)) { _ = try CooperativeProducer(ring) }
  }
}

@Suite("Waiting for room on a cooperative ring")
struct CooperativeRoomTests {
  @Test("one writer tells the reader, with what is reserved and not published on top; others queue")
  func arm() throws {
    let test = try TestRing(mapping: .single)
    let ring = try CooperativeRing(test.ring, keeper: test.view)
    var first = try CooperativeProducer(ring)
    var second = try CooperativeProducer(ring)
    try first.put(TestPacket(1, ringByteCount: 3000))
    var open = try second.reserve(1000)
    let answer = try first.arm(needing: 200)
    #expect(answer == .armed)
    #expect(test[.pendingSendSize] == 1200)
    let other = try second.arm(needing: 64)
    #expect(other == .room || other == .queued)
    let far = try second.arm(needing: 500)
    #expect(far == .queued)
    first.disarm()
    #expect(test[.pendingSendSize] == 0)
    let next = try second.arm(needing: 500)
    #expect(next == .armed)
    test[.readIndex] = 3000
    let again = try second.arm(needing: 500)
    #expect(again == .room)
    #expect(test[.pendingSendSize] == 0)
    second.frame(TestPacket(2, ringByteCount: 1000), in: &open)
    _ = second.commit(open)
  }

  @Test("a writer that finds the reader's index broken leaves the telling to others")
  func brokenIndex() throws {
    let test = try TestRing(mapping: .single)
    let ring = try CooperativeRing(test.ring, keeper: test.view)
    var first = try CooperativeProducer(ring)
    var second = try CooperativeProducer(ring)
    try first.put(TestPacket(1, ringByteCount: 3000))
    test[.readIndex] = 4099
    #expect(throws: RingError.indexOutOfRange(4099)) { _ = try first.arm(needing: 2000) }
    #expect(test[.pendingSendSize] == 0)
    test[.readIndex] = 0
    let answer = try second.arm(needing: 2000)
    #expect(answer == .armed)
  }

  @Test("writers sleep until the reader makes room, each in its turn", .timeLimit(.minutes(1)))
  func queue() throws {
    let test = try TestRing(mapping: .double)
    let ring = try CooperativeRing(test.ring, keeper: test.view)
    let queue = RoomQueue()
    let (toWriters, toReader) = (try Doorbell(), try Doorbell())
    let writerCount = 4
    let packetCount = 300
    try runConcurrently(writerCount + 1) { thread in
      do {
        if thread == writerCount {
          var consumer = try RingConsumer(test.ring, keeper: test.view)
          var read = 0
          while read < writerCount * packetCount {
            while try consumer.next() != nil { read += 1 }
            if consumer.release() { toWriters.ring() }
            let hasMore = try consumer.unmask()
            if !hasMore, read < writerCount * packetCount { #expect(toReader.wait(timeout: 20_000_000_000)) }
          }
        } else {
          var producer = try CooperativeProducer(ring)
          let waiter = try RoomQueue.Waiter()
          var sent = 0
          while sent < packetCount {
            do throws(RingError) {
              if try producer.put(TestPacket(UInt64(sent), ringByteCount: 1000)) == .signal { toReader.ring() }
              sent += 1
            } catch .full {
              _ = try queue.wait(
                for: 1000, on: &producer, as: waiter, readerBell: toWriters, timeout: 20_000_000_000, clock: .monotonic)
            }
          }
        }
      } catch {
        Issue.record("thread \(thread): \(error)")
      }
    }
  }

  @Test("a wait ends when its time is over, and when the ring is closed")
  func ends() throws {
    let test = try TestRing(mapping: .single)
    let ring = try CooperativeRing(test.ring, keeper: test.view)
    var producer = try CooperativeProducer(ring)
    try producer.put(TestPacket(1, ringByteCount: 4000))
    let (queue, bell, waiter) = (RoomQueue(), try Doorbell(), try RoomQueue.Waiter())
    let found = try queue.wait(
      for: 1000, on: &producer, as: waiter, readerBell: bell, timeout: 2_000_000, clock: .monotonic)
    #expect(!found)
    #expect(test[.pendingSendSize] == 0)
    ring.close()
    #expect(throws: RingError.closed) {
      _ = try queue.wait(
        for: 1000, on: &producer, as: waiter, readerBell: bell, timeout: 2_000_000, clock: .monotonic)
    }
  }
}

@Suite("A watch on a cooperative ring")
struct RingWatchTests {
  @Test("names the writer that holds everybody up, since when, and which bytes")
  func stalledWriter() throws {
    let test = try TestRing(mapping: .single)
    let ring = try CooperativeRing(test.ring, keeper: test.view)
    var first = try CooperativeProducer(ring)
    var second = try CooperativeProducer(ring)
    var watch = RingWatch(ring)
    let atRest = watch.look(at: 1)
    #expect(atRest == nil)
    try first.put(TestPacket(1, ringByteCount: 64))
    let open = try second.reserve(104)
    try first.put(TestPacket(2, ringByteCount: 64))
    let fresh = watch.look(at: 10)
    #expect(fresh == nil)
    let stall = watch.look(at: 20)
    #expect(stall == RingStall(offset: 64, byteCount: 168, since: 10, writers: [1], publisher: nil))
    _ = second.abort(open, transactionID: 1)
    let over = watch.look(at: 30)
    #expect(over == nil)
    #expect(test[.writeIndex] == 232)
  }
}
