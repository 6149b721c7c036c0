import Testing
import TrafficReplay

@Suite("The report as a page")
struct HTMLReportTests {
  private func page(
    _ result: ReplayResult, samples: [ProgressSample] = [], command: [String] = ["netvsc", "replay", "first.pcap"]
  ) -> String {
    HTMLReport(
      result, samples: samples,
      origin: HTMLReport.Origin(command: command, date: "2026-01-02 03:04:05Z", version: "1.2.3")
    ).text
  }

  @Test("tells what came of a run that went well")
  func good() {
    let text = page(sampleResult())
    #expect(text.contains("<title>Replay of first.pcap</title>"))
    #expect(text.contains("✓ All 2,000 packets completed"))
    #expect(text.contains("Exit code 0: all packets were completed."))
    #expect(text.contains("netvsc 1.2.3, 2026-01-02 03:04:05Z"))
    #expect(text.contains("<tr><th scope=\"row\">offered</th><td>2,000</td><td>200,000</td></tr>"))
    for chart in ["packet-rate", "bit-rate", "completion-latency", "queue-balance"] {
      #expect(text.contains("<svg id=\"\(chart)\""))
    }
    #expect(!text.contains("gap-error"))
    #expect(!text.contains("class=\"rest\""))
  }

  @Test("tells what became of the others, and why")
  func bad() {
    var result = sampleResult()
    result.refuse(12, because: .tooLarge)
    result.move(3, to: \.failed)
    result.interrupted = true
    let text = page(result)
    #expect(text.contains("✗ 1,985 of 2,000 packets completed, 12 refused, 3 failed"))
    #expect(text.contains("12 of 2,000 packets were refused: 12 above the MTU"))
    #expect(text.contains("Exit code 130: interrupted"))
    #expect(text.contains("class=\"rest\""))
  }

  @Test("draws how a pace was kept")
  func pace() {
    var result = sampleResult()
    result.options.pace = .packets(Rate(1000))
    result.pacing = PaceAccount(
      packetCount: 2000, span: 1_999_000_000,
      gapErrors: [LatencyBucket(nanoseconds: 0, count: 1990), LatencyBucket(nanoseconds: .max, count: 10)])
    #expect(page(result).contains("<svg id=\"gap-error\""))
  }

  @Test("is a page also where there is nothing to draw")
  func empty() {
    let text = page(ReplayResult(options: ReplayOptions(capturePaths: ["x"], queueCount: 1)))
    #expect(text.contains("nothing to draw"))
    #expect(!text.contains("<figure>"))
    #expect(text.hasSuffix("</html>\n"))
  }

  @Test("has a bar for each queue, and as many numbers as there is room for", arguments: [1, 2, 16, 64])
  func queues(count: Int) {
    let text = page(sampleResult(queueCount: count))
    #expect(text.components(of: "<rect class=\"bar\"") == count)
    #expect(text.components(of: "class=\"middle value\"") == (count <= 4 ? count : 0))
  }

  @Test("stays small over a day of samples and thousands of buckets")
  func bounded() {
    var result = sampleResult()
    result.elapsed = 86_400_000_000_000
    result.queues[0].latency = (1...10_000).map { LatencyBucket(nanoseconds: $0 * 1000, count: $0) }
    let samples = (0..<UInt64(600)).map {
      ProgressSample(time: $0 * 144_000_000_000, completed: Tally(packets: $0 * 1000, bytes: $0 * 100_000))
    }
    #expect(page(result, samples: samples).utf8.count < 60_000)
  }

  @Test("needs nothing from a network, and runs nothing")
  func alone() {
    let text = page(sampleResult())
    for part in ["http:", "https:", "<script", "<link", "<img", "@import", "javascript:"] {
      #expect(!text.contains(part))
    }
    #expect(text.components(of: "url(") == 1)
    #expect(text.contains("url(#stripes)"))
  }

  @Test("lets no name become a part of the page")
  func escaping() {
    let name = "<script>\"&'\u{202E}\u{1B}\u{200B}\u{2028}é漢.pcap"
    var result = sampleResult()
    result.captures[0].path = name
    result.captures[0].problem = name
    result.options.sink = .pcap(path: name)
    result.notes = [name]
    result.host.problem = name
    let text = page(result, command: ["netvsc", name, "it's", ""])
    #expect(!text.contains("<script"))
    #expect(text.contains(#"&lt;script&gt;&quot;&amp;&#39;\u{202E}\u{1B}\u{200B}\u{2028}é漢.pcap"#))
    #expect(text.contains(#"&#39;it&#39;\&#39;&#39;s&#39;</span> <span>&#39;&#39;</span></code>"#))
    #expect(!text.unicodeScalars.contains { $0.properties.generalCategory == .format })
  }
}

extension String {
  /// How often `part` is in it.
  fileprivate func components(of part: String) -> Int { ranges(of: part).count }
}
