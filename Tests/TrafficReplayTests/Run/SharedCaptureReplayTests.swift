import TestSupport
import Testing
import TrafficReplay

/// A real capture and what its replay must yield.
private struct Expectation: CustomTestStringConvertible, Sendable {
  var name: String
  var packets: UInt64
  var bytes: UInt64
  var tooLarge: UInt64 = 0
  var truncated: UInt64 = 0
  var ended = CaptureEnd.end
  var status: Int32 = 0
  var testDescription: String { name }
}

/// Packets and captured bytes as libpcap gives them. Frames above 9,216 bytes are refused, where they are not
/// TCP in one piece.
private let expectations = [
  Expectation(name: "mixed-5012.pcap", packets: 5012, bytes: 1_970_363),
  Expectation(name: "ipv6-dualstack-tls.pcap", packets: 7451, bytes: 2_734_637),
  Expectation(name: "vlan-and-qinq.pcap", packets: 42, bytes: 18_429),
  Expectation(name: "tso-superframes.pcap", packets: 38, bytes: 247_320),
  Expectation(name: "ip-fragments.pcap", packets: 53, bytes: 71_754),
  Expectation(name: "two-interfaces-us-ns.pcapng", packets: 6, bytes: 798),
  Expectation(name: "big-endian.pcap", packets: 23, bytes: 2072),
  Expectation(name: "nanosecond.pcap", packets: 9, bytes: 1230),
  Expectation(name: "snaplen-truncated.pcap", packets: 878, bytes: 78_694, truncated: 691),
  Expectation(name: "runts-to-64k.pcap", packets: 245, bytes: 271_808, tooLarge: 7, truncated: 2, status: 1),
  Expectation(name: "cut-short.pcap", packets: 6718, bytes: 429_040, ended: .damaged, status: 65),
  Expectation(name: "two-linktypes.pcapng", packets: 59, bytes: 8227, ended: .damaged, status: 65),
]

@Suite("Replays of real captures", .enabled(if: SharedCaptures.arePresent, "the shared captures are not here"))
struct SharedCaptureReplayTests {
  @Test("deliver what the file holds", arguments: expectations, [1, 2, 7])
  private func delivers(expectation: Expectation, queueCount: Int) throws {
    let path = try SharedCaptures.path(expectation.name)
    for hostMode in HostMode.allCases {
      let result = replay([path]) {
        $0.queueCount = queueCount
        $0.hostMode = hostMode
      }
      let ledger = result.ledger
      #expect(ledger.offered == Tally(packets: expectation.packets, bytes: expectation.bytes))
      #expect(ledger.refusedByReason[.tooLarge, default: 0] == expectation.tooLarge)
      #expect(ledger.refusedByReason[.tooShort, default: 0] == 0)
      #expect(ledger.completed.packets == expectation.packets - expectation.tooLarge)
      #expect(result.host.received == ledger.completed)
      #expect(result.verify?.match == true)
      #expect(result.captures[0].packets == expectation.packets)
      #expect(result.captures[0].truncated == expectation.truncated)
      #expect(result.captures[0].ended == expectation.ended)
      #expect((result.captures[0].problem != nil) == (expectation.ended == .damaged))
      #expect(ReplayStatus(of: result).rawValue == expectation.status)
      #expect(result.imbalances == [])
    }
  }

  @Test("refuse a link type by its name, say what to do, and send nothing")
  func linkType() throws {
    let result = replay([try SharedCaptures.path("linux-sll.pcap")])
    #expect(result.ledger.offered == .zero)
    #expect(result.captures[0].ended == .refused)
    #expect(result.problems.count == 1)
    #expect(result.problems[0].contains("LINUX_SLL") && result.problems[0].contains("editcap"))
    #expect(ReplayStatus(of: result) == .captureUnusable)
  }

  @Test("say that there is nothing to send")
  func empty() throws {
    let result = replay([try SharedCaptures.path("empty.pcap")])
    #expect(result.problems.count == 1 && result.problems[0].hasPrefix("nothing to send"))
    #expect(ReplayStatus(of: result) == .incomplete)
  }

  @Test("balance over ten million packets", .enabled(if: LongTests.areWanted, "set NETVSC_LONG_TESTS=1 to run it"))
  func long() throws {
    let result = replay([try SharedCaptures.path("mixed-5012.pcap")]) {
      $0.loopCount = 2000
      $0.queueCount = 2
    }
    #expect(result.ledger.completed == Tally(packets: 5012 * 2000, bytes: 1_970_363 * 2000))
    #expect(ReplayStatus(of: result) == .complete)
  }
}
