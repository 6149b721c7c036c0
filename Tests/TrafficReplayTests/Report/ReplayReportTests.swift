import Foundation
import Testing
import TrafficReplay

@Suite("The JSON report")
struct ReplayReportTests {
  private func json(_ result: ReplayResult) throws -> [String: Any] {
    let data = try JSONEncoder().encode(ReplayReport(result))
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  private func keys(_ value: Any?) throws -> Set<String> { Set(try #require(value as? [String: Any]).keys) }

  /// The schema's keys, an object's members behind its own key and a dot.
  private static let schema = """
    schema captures queues senders_per_queue ring_mode host_mode copy sink
    offered.packets offered.bytes refused.packets refused.bytes refused.by_reason
    reserved.packets reserved.bytes published.packets published.bytes completed.packets completed.bytes
    failed.packets failed.bytes lost.packets lost.bytes
    host.received host.delivered host.messages host.doorbells host.violations
    verify.offered verify.received verify.match
    loops seconds packets_per_second bits_per_second
    completion_latency_ns.p50 completion_latency_ns.p90 completion_latency_ns.p99 completion_latency_ns.p99_9
    completion_latency_ns.p99_99 completion_latency_ns.max
    pacing.mode pacing.asked_pps pacing.asked_mbps pacing.speed pacing.achieved_pps pacing.gap_error_ns
    per_queue
    """.split(whereSeparator: \.isWhitespace).map(String.init)

  @Test("has every key of the schema", arguments: schema)
  func schemaKeys(path: String) throws {
    var value: Any = try json(sampleResult())
    for key in path.split(separator: ".").map(String.init) {
      value = try #require((value as? [String: Any])?[key], "no \(path)")
    }
  }

  @Test("has every key of the schema in its lists")
  func schemaLists() throws {
    let report = try json(sampleResult())
    let captures = try #require(report["captures"] as? [[String: Any]])
    #expect(
      try keys(captures[0])
        == ["path", "link_type", "packets", "bytes", "truncated", "skipped", "ended", "problem"])
    let queues = try #require(report["per_queue"] as? [[String: Any]])
    #expect(queues.count == 2)
    #expect(
      try keys(queues[1]).isSuperset(
        of: ["queue", "sent", "completed", "ring_full", "no_section", "signals", "signals_elided"]))
    let pacing = try #require(report["pacing"] as? [String: Any])
    #expect(try keys(pacing["gap_error_ns"]) == ["p50", "p99", "p99_9", "max"])
  }

  @Test("tells what was asked for and what there was, and notes")
  func grantedLess() throws {
    var result = sampleResult()
    result.options.faults = ["die:7", "slow"].compactMap { HostFault($0) }
    result.options.queueCount = 5
    result.frameLimit = 1514
    result.notes = ["2 queues were opened"]
    let report = try json(result)
    #expect(report["queues"] as? Int == 2)
    #expect(report["queues_asked"] as? Int == 5)
    #expect(report["mtu"] as? Int == 1514)
    #expect(report["faults"] as? [String] == ["die:7", "slow:64"])
    #expect(report["notes"] as? [String] == ["2 queues were opened"])
  }

  @Test("has the same keys, with nulls, when nothing was sent")
  func emptyRun() throws {
    let options = ReplayOptions(capturePaths: ["x"], queueCount: 1, sink: .null)
    let capture = CaptureAccount(path: "x", ended: .refused, problem: "x: no such file", failure: .missing)
    let report = try json(ReplayResult(options: options, captures: [capture]))
    #expect(Set(report.keys) == Set(try json(sampleResult()).keys))
    #expect(report["verify"] is NSNull)
    let latency = try #require(report["completion_latency_ns"] as? [String: Any])
    #expect(latency["p99_99"] is NSNull)
    let pacing = try #require(report["pacing"] as? [String: Any])
    #expect(pacing["achieved_pps"] is NSNull)
    #expect(pacing["asked_pps"] is NSNull)
    let captures = try #require(report["captures"] as? [[String: Any]])
    #expect(captures[0]["link_type"] is NSNull)
    #expect(captures[0]["ended"] as? String == "refused")
    #expect(captures[0]["problem"] as? String == "x: no such file")
    #expect(report["exit_code"] as? Int == 66)
  }

  @Test("has the run's values")
  func values() throws {
    var result = sampleResult()
    result.refuse(12, because: .tooLarge)
    result.options.sink = .pcap(path: "out.pcap")
    let report = try json(result)
    #expect(report["schema"] as? String == "netvsc.replay/1")
    #expect(report["queues"] as? Int == 2)
    #expect(report["senders_per_queue"] as? Int == 1)
    #expect(report["ring_mode"] as? String == "exclusive")
    #expect(report["host_mode"] as? String == "inline")
    #expect(report["sink"] as? String == "pcap:out.pcap")
    #expect(report["seconds"] as? Double == 0.001)
    #expect(report["packets_per_second"] as? Double == 1_988_000)
    let refused = try #require(report["refused"] as? [String: Any])
    #expect(refused["packets"] as? Int == 12)
    #expect(refused["bytes"] as? Int == 1200)
    #expect(refused["by_reason"] as? [String: Int] == ["too_large": 12, "too_short": 0])
    let completed = try #require(report["completed"] as? [String: Int])
    #expect(completed == ["packets": 1988, "bytes": 198_800])
    let verify = try #require(report["verify"] as? [String: Any])
    #expect(verify["offered"] as? String == "0x0000000000001234")
    #expect(verify["match"] as? Bool == true)
    let latency = try #require(report["completion_latency_ns"] as? [String: Int])
    #expect(latency == ["p50": 600, "p90": 600, "p99": 600, "p99_9": 2000, "p99_99": 2000, "max": 2000])
    #expect((report["pacing"] as? [String: Any])?["mode"] as? String == "top-speed")
    #expect(report["exit_code"] as? Int == 1)
    #expect(report["problems"] as? [String] == result.problems)
  }

  @Test("tells the pace that was asked for, and how it was kept")
  func pacing() throws {
    var result = sampleResult()
    result.pacing = PaceAccount(
      packetCount: 2000, span: 1_999_000_000,
      gapErrors: [LatencyBucket(nanoseconds: 300, count: 1990), LatencyBucket(nanoseconds: 7000, count: 10)])
    let paces: [(Pace, mode: String, packets: Double, megabits: Double?, speed: Double?)] = [
      (.packets(Rate(1500)), "pps", 1500, nil, nil), (.megabits(Rate(20)), "mbps", 1000, 20, nil),
      (.timed(speed: Rate(10)), "timed", 1000, nil, 10),
    ]
    for (pace, mode, packets, megabits, speed) in paces {
      result.options.pace = pace
      let pacing = try #require(try json(result)["pacing"] as? [String: Any])
      #expect(pacing["mode"] as? String == mode)
      #expect(pacing["asked_pps"] as? Double == packets)
      #expect(pacing["asked_mbps"] as? Double == megabits)
      #expect(pacing["speed"] as? Double == speed)
      #expect(pacing["gap_error_ns"] as? [String: Int] == ["p50": 300, "p99": 300, "p99_9": 7000, "max": 7000])
    }
  }

  @Test("adds further counters to a queue, but never in place of the schema's")
  func furtherCounters() throws {
    var result = sampleResult()
    result.queues[0].counters = [NamedCounter(name: "aborted", value: 4), NamedCounter(name: "sent", value: 99)]
    let queues = try #require(try json(result)["per_queue"] as? [[String: Any]])
    #expect(queues[0]["aborted"] as? Int == 4)
    #expect(queues[0]["sent"] as? Int == 1000)
    #expect(queues[1]["aborted"] == nil)
  }

  @Test("keeps the largest of numbers exact")
  func largeNumbers() throws {
    var result = sampleResult(queueCount: 1)
    result.host.messages = .max
    let text = String(decoding: try JSONEncoder().encode(ReplayReport(result)), as: UTF8.self)
    #expect(text.contains("18446744073709551615"))
  }
}
