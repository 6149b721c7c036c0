import SharedMemory
import TestSupport
import Testing
import VMBusRing

/// The reader shares its words of the control page with nobody it must please: whatever it writes there, at any time, a
/// producer goes on or says why not.
@Suite("Any producer, with a hostile reader,")
struct HostileReaderTests {
  @Test("goes on, or says what is wrong, whatever stands in the control page", arguments: RingVariant.all)
  func anyWords(variant: RingVariant) throws {
    for seed in 1...8 as ClosedRange<UInt64> {
      let test = try TestRing(mapping: variant.mapping)
      var random = SeededGenerator(seed: seed)
      let shared = try SharedRing(variant.kind, test)
      var producers = [try Self.producer(variant, test, shared)]
      // A second writer of a shared ring; an exclusive one starts anew now and then.
      if shared != nil { producers.append(try Self.producer(variant, test, shared)) }
      var published = 0
      for step in 0..<2000 {
        Self.spoil(test, using: &random)
        let byteCount = UInt32.random(in: 3...64, using: &random) * 8
        let writer = producers[step % producers.count]
        do throws(RingError) {
          if Bool.random(using: &random) {
            _ = try writer.producer.arm(needing: byteCount)
          } else {
            _ = try writer.producer.put(TestPacket(UInt64(step), ringByteCount: byteCount))
            published += 1
            let index = test[.writeIndex]
            #expect(index < 4096 && index % 8 == 0, "seed \(seed), step \(step): \(test)")
          }
        } catch .indexMovedBack {
          // An exclusive ring is not used again after that; a new owner takes it as it stands.
          test[.writeIndex] = 0
          test[.readIndex] = 0
          producers[0] = try Self.producer(variant, test, nil)
        } catch .full, .indexOutOfRange {
          continue
        } catch {
          Issue.record("seed \(seed), step \(step): \(error)")
        }
      }
      #expect(published > 100, "the reader left room now and then")
    }
  }

  @Test("is not told to ring by a mask that flickers, nor kept from it for good", arguments: ProducerKind.allCases)
  func flicker(kind: ProducerKind) throws {
    let test = try TestRing(mapping: .double)
    var producer = try ProducerUnderTest(kind, test)
    for (index, mask) in ([0, 1, .max, 0, 0x8000_0000, 0] as [UInt32]).enumerated() {
      test[.interruptMask] = mask
      test[.readIndex] = test[.writeIndex]
      let publication = try producer.put(TestPacket(UInt64(index), ringByteCount: 64))
      #expect(publication == (mask == 0 ? .signal : .quiet))
    }
  }

  /// A producer in an array, which holds no noncopyable ones.
  private final class Writer {
    var producer: ProducerUnderTest
    init(_ producer: consuming ProducerUnderTest) { self.producer = producer }
  }

  private static func producer(_ variant: RingVariant, _ test: TestRing, _ shared: SharedRing?) throws -> Writer {
    if let shared { return Writer(try ProducerUnderTest(sharing: shared)) }
    return Writer(try ProducerUnderTest(variant.kind, test))
  }

  /// Writes what a reader can write, and what it must not.
  private static func spoil(_ test: TestRing, using random: inout SeededGenerator) {
    let word = ControlPageOffset.allCases.randomElement(using: &random)!
    switch Int.random(in: 0..<4, using: &random) {
    case 0: test[word] = HostileBytes.extremes.randomElement(using: &random)!
    case 1: test[word] = UInt32.random(in: 0...UInt32.max, using: &random)
    case 2: test[word] = UInt32.random(in: 0..<512, using: &random) * 8
    default: test[.readIndex] = test[.writeIndex]
    }
  }
}
