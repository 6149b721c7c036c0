#if DPDK
  import Benchmarks
  import Glibc
  import SharedMemory
  import Synchronization
  import TestSupport
  import Testing
  import VMBusRing
  import WireFormats

  /// The other end is DPDK's own code, on the same memory: what both of our ends could misunderstand alike shows here.
  @Suite("Rings shared with DPDK", .serialized)
  struct DPDKInteropTests {
    /// Together several millions when a long run is wanted.
    private static let packetCount: UInt32 = LongTests.areWanted ? 3_000_000 : 100_000
    /// Not a multiple of any packet's size, so that packets wrap everywhere.
    private static let dataByteCount = 3 * 4096

    private static func packet(_ writer: UInt32, _ sequence: UInt32, _ random: inout SeededGenerator) -> StressPacket {
      StressPacket(
        writer: writer, sequence: sequence,
        payloadWordCount: UInt32.random(in: StressPacket.payloadWordCounts, using: &random),
        isLast: sequence + 1 == packetCount)
    }

    @Test(
      "our writers, DPDK's reader: every packet byte for byte, each writer's in order", .timeLimit(.minutes(5)),
      arguments: RingMapping.allCases,
      [(ProducerKind.exclusive, 1), (.ordered, 2), (.cooperative, 1), (.cooperative, 3)])
    func ourWriters(mapping: RingMapping, writers: (kind: ProducerKind, count: Int)) throws {
      let test = try TestRing(dataByteCount: Self.dataByteCount, mapping: mapping)
      let shared = try SharedRing(writers.kind, test)
      let peer = try DPDKRing(on: test.region, byteCount: test.region.byteCount)
      let failed = Atomic(false)
      try runConcurrently(writers.count + 1) { thread in
        do throws(RingError) {
          guard thread < writers.count else { return Self.readAll(peer, writers.count, failed) }
          var producer =
            if let shared { try ProducerUnderTest(sharing: shared) } else { try ProducerUnderTest(writers.kind, test) }
          var random = SeededGenerator(seed: UInt64(thread))
          for sequence in 0..<Self.packetCount {
            let packet = Self.packet(UInt32(thread), sequence, &random)
            while !failed.load(ordering: .relaxed) {
              do throws(RingError) {
                var reservation = try producer.reserve(packet.descriptor.ringByteCount)
                packet.store(in: producer.slot(in: &reservation, for: packet.descriptor))
                _ = producer.commit(reservation)
                break
              } catch .full {
                sched_yield()
              }
            }
          }
        } catch {
          failed.store(true, ordering: .relaxed)
          Issue.record("thread \(thread): \(error); \(test)")
        }
      }
      #expect(test[.writeIndex] == test[.readIndex])
    }

    private static func readAll(_ peer: DPDKRing, _ writerCount: Int, _ failed: borrowing Atomic<Bool>) {
      var next = [UInt32](repeating: 0, count: writerCount)
      var random = (0..<writerCount).map { SeededGenerator(seed: UInt64($0)) }
      while next.contains(where: { $0 < packetCount }), !failed.load(ordering: .relaxed) {
        guard let words = peer.read() else {
          sched_yield()
          continue
        }
        let writer = Int(words[1] >> 32)
        guard next.indices.contains(writer), words == packet(UInt32(writer), next[writer], &random[writer]).words else {
          failed.store(true, ordering: .relaxed)
          Issue.record("packet \(next) is not what was written: \(words)")
          return
        }
        next[writer] += 1
      }
    }

    @Test(
      "DPDK's writer, our reader: every packet byte for byte, in order", .timeLimit(.minutes(5)),
      arguments: RingMapping.allCases)
    func ourReader(mapping: RingMapping) throws {
      let test = try TestRing(dataByteCount: Self.dataByteCount, mapping: mapping)
      let peer = try DPDKRing(on: test.region, byteCount: test.region.byteCount)
      let failed = Atomic(false)
      try runConcurrently(2) { thread in
        var random = SeededGenerator(seed: 7)
        if thread == 0 {
          for sequence in 0..<Self.packetCount {
            let words = Self.packet(1, sequence, &random).words
            while peer.write(words) == nil, !failed.load(ordering: .relaxed) { sched_yield() }
          }
          return
        }
        do throws(RingError) {
          var consumer = try RingConsumer(test.ring, keeper: test.view)
          var sequence: UInt32 = 0
          while sequence < Self.packetCount {
            let before = sequence
            while let packet = try consumer.take() {
              let expected = Self.packet(1, sequence, &random)
              guard packet.transactionID == expected.transactionID, packet.payload == Array(expected.words[2...]) else {
                failed.store(true, ordering: .relaxed)
                Issue.record("packet \(sequence) is not what was written; \(test)")
                return
              }
              sequence += 1
            }
            _ = consumer.release()
            if sequence == before { sched_yield() }
          }
        } catch {
          failed.store(true, ordering: .relaxed)
          Issue.record("\(error); \(test)")
        }
      }
      #expect(test[.writeIndex] == test[.readIndex])
    }
  }
#endif
