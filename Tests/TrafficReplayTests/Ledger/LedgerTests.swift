import Testing
import TrafficReplay

@Suite("The ledger")
struct LedgerTests {
  @Test("sums its queues")
  func sums() {
    var result = sampleResult()
    result.refuse(4, because: .tooLarge)
    result.queues[1].refusedByReason[.tooLarge] = 1
    let ledger = result.ledger
    #expect(ledger.offered == Tally(packets: 2000, bytes: 200_000))
    #expect(ledger.refused == Tally(packets: 4, bytes: 400))
    #expect(ledger.refusedByReason == [.tooLarge: 5])
    #expect(ledger.completed == Tally(packets: 1996, bytes: 199_600))
  }

  @Test("balances when every packet is accounted for", arguments: [\QueueAccount.failed, \QueueAccount.lost])
  func balances(part: WritableKeyPath<QueueAccount, Tally> & Sendable) {
    var result = sampleResult()
    #expect(result.imbalances == [])
    result.refuse(3, because: .tooShort)
    #expect(result.imbalances == [])
    result.move(5, to: part)
    #expect(result.imbalances == [])
  }

  @Test("does not balance when a packet is missing, even if another queue has one too many")
  func missingPacket() {
    var result = sampleResult()
    result.queues[0].completed.packets -= 1
    result.queues[1].completed.packets += 1
    #expect(result.imbalances.contains { $0.hasPrefix("queue 0: offered 1,000 packets (100,000 bytes), but") })
    #expect(result.imbalances.contains { $0.hasPrefix("queue 1: offered") })
  }

  @Test("counts bytes as strictly as packets")
  func missingByte() {
    var result = sampleResult()
    result.queues[1].completed.bytes -= 1
    #expect(result.imbalances.contains { $0.contains("add up to 1,000 packets (99,999 bytes)") })
  }

  @Test("wants a reason for every refusal")
  func reasonless() {
    var result = sampleResult()
    result.refuse(2, because: .tooLarge)
    result.queues[0].refusedByReason = [:]
    #expect(result.imbalances == ["queue 0: refused 2 packets, but there are reasons for 0"])
  }

  @Test("wants room reserved for whatever is published")
  func publishedWithoutReservation() {
    var result = sampleResult()
    result.queues[0].reserved.packets -= 1
    #expect(
      result.imbalances == [
        "queue 0: published 1,000 packets (100,000 bytes), but reserved only 999 packets (100,000 bytes)"
      ])
  }

  @Test("allows reservations that were given up")
  func reservedMore() {
    var result = sampleResult()
    result.queues[0].reserved += Tally(packets: 7, bytes: 700)
    #expect(result.imbalances == [])
  }

  @Test("wants whatever came back to have been published")
  func completedUnpublished() {
    var result = sampleResult()
    result.queues[0].published.packets -= 1
    #expect(result.imbalances.contains { $0.hasPrefix("queue 0: published 999 packets") })
  }

  @Test("allows lost packets to have been published or not", arguments: 0...5 as ClosedRange<UInt64>)
  func lostPackets(published: UInt64) {
    var result = sampleResult()
    result.move(5, to: \.lost)
    result.queues[0].published = result.queues[0].completed + Tally(packets: published, bytes: published * 100)
    result.host.received.packets -= 5
    result.host.received.bytes -= 500
    #expect(result.imbalances == [])
  }

  @Test("wants the host to have received what came back from it", arguments: [-1, 1])
  func hostDisagrees(difference: Int) {
    var result = sampleResult()
    result.host.received.packets = UInt64(2000 + difference)
    #expect(result.imbalances.count == 1)
    #expect(result.imbalances[0].hasPrefix("the host received"))
  }

  @Test("does not balance when the host saw a violation")
  func violation() {
    var result = sampleResult()
    result.host.violations = 1
    #expect(result.imbalances == ["the host saw 1 protocol violation"])
  }

  @Test("does not balance when the digests differ")
  func digestMismatch() {
    var result = sampleResult()
    result.verify?.received = 0xff
    #expect(
      result.imbalances == [
        "the host received other bytes than were sent: digest 0x00000000000000ff instead of 0x0000000000001234"
      ])
  }

  @Test("does not compare the digests of different numbers of packets")
  func digestWithLoss() {
    var result = sampleResult()
    result.move(5, to: \.lost)
    result.host.received.packets -= 5
    result.host.received.bytes -= 500
    result.verify?.received = 0xff
    #expect(result.imbalances == [])
  }

  @Test("does not compare digests where frames never left the guest")
  func digestWithUnpublished() {
    var result = sampleResult()
    result.move(5, to: \.lost)
    result.queues[0].published = result.queues[0].completed
    result.host.received.packets -= 5
    result.host.received.bytes -= 500
    result.verify?.received = 0xff
    #expect(result.host.received == result.ledger.published)
    #expect(result.imbalances == [])
  }
}
