import Testing
import TrafficReplay

@Suite("The summary table")
struct SummaryTableTests {
  @Test("tells a person how the run went")
  func golden() {
    var result = sampleResult()
    result.refuse(12, because: .tooLarge)
    result.captures[0].truncated = 691
    let expected = """
      1,988 of 2,000 packets completed in 1.00 ms: 1.99 Mpps, 1.59 Gbit/s
      2 queues (exclusive), steered by flow, host inline, sink verify, MTU 9216, 1 loop

      Captures  packets    bytes
        end       2,000  200,000  first.pcap

      Ledger            packets    bytes
        offered           2,000  200,000
        refused              12    1,200  12 too_large
        completed         1,988  198,800
        failed                0        0
        lost                  0        0
        host received     1,988  198,800  2,000 messages
        host delivered    1,988  198,800  6 doorbells
        balanced: offered = refused + completed + failed + lost
        verified: the host received the bytes that were sent (digest 0x0000000000001234)

      Latency to completion
        p50 600 ns   p90 600 ns   p99 600 ns   p99.9 2.00 µs   p99.99 2.00 µs   max 2.00 µs

      Queues   sent  completed  ring full  no section  signals  elided
        0       988        988          0           0        3     122
        1     1,000      1,000          0           0        3     122

      Notes
        691 frames were cut by the capture's snap length and were sent as captured

      """
    #expect(SummaryTable(result, style: .plain).text == expected)
  }

  @Test("says loudly what does not balance or verify")
  func imbalance() {
    var result = sampleResult()
    result.queues[0].offered.packets += 1
    result.verify?.received = 1
    let text = SummaryTable(result, style: .plain).text
    #expect(text.contains("  not balanced: queue 0: offered 1,001 packets (100,000 bytes), but"))
    #expect(text.contains("  not verified: digest 0x0000000000000001 instead of 0x0000000000001234"))
    #expect(!text.contains("  balanced"))
  }

  @Test("leaves out what there is nothing of")
  func empty() {
    let options = ReplayOptions(capturePaths: ["x"], queueCount: 1, sink: .null)
    let text = SummaryTable(ReplayResult(options: options), style: .plain).text
    #expect(!text.contains("Queues"))
    #expect(!text.contains("Latency"))
    #expect(!text.contains("Pace"))
    #expect(!text.contains("Captures"))
    #expect(!text.contains("verified"))
    #expect(!text.contains("Notes"))
    #expect(text.hasPrefix("0 of 0 packets completed in 0 ns: 0 pps, 0 bit/s\n1 queue (exclusive)"))
  }

  @Test("tells how the pace was kept")
  func pace() {
    var result = sampleResult()
    result.options.pace = .packets(Rate(1000))
    result.departureSpan = 1_998_000_000
    result.pacing = PaceAccount(
      packetCount: 2000, span: 1_999_000_000,
      gapErrors: [LatencyBucket(nanoseconds: 300, count: 1990), LatencyBucket(nanoseconds: 7000, count: 10)])
    #expect(
      SummaryTable(result, style: .plain).text.contains(
        """

        Pace (1000 packets/s)
          asked 1.00 kpps   achieved 1.00 kpps
          left late by p50 300 ns   p99 300 ns   p99.9 7.00 µs   max 7.00 µs

        """))
  }

  @Test("has a line for each of 64 queues")
  func manyQueues() {
    let lines = SummaryTable(sampleResult(queueCount: 64), style: .plain).text.split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix("  63 ") })
  }

  @Test("says that captures are counted in one pass, and that a run was interrupted")
  func loops() {
    var result = sampleResult()
    result.loops = 2000
    result.interrupted = true
    let text = SummaryTable(result, style: .plain).text
    #expect(text.contains("2,000 loops\n"))
    #expect(text.contains("Captures (one pass)"))
    #expect(text.contains("Notes\n  the run was interrupted\n"))
  }

  @Test("has colours only where they are asked for")
  func colours() {
    #expect(!SummaryTable(sampleResult(), style: .plain).text.contains("\u{1B}"))
    #expect(SummaryTable(sampleResult(), style: .terminal).text.contains("\u{1B}[32m  balanced"))
  }

  @Test("is harmless to a terminal, whatever a file is called")
  func controlCharacters() {
    var result = sampleResult()
    result.captures[0].path = "\u{1B}[2J.pcap"
    result.options.sink = .pcap(path: "\u{9B}x")
    let text = SummaryTable(result, style: .plain).text
    #expect(text.contains("?[2J.pcap"))
    #expect(text.contains("pcap:?x"))
  }
}
