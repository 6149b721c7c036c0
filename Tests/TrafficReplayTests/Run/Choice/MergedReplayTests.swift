import PacketCapture
import TestSupport
import Testing
import TrafficReplay

@Suite("A replay of merged captures")
struct MergedReplayTests {
  /// Captures whose packets have these times. Each frame tells its capture and its place there.
  private func captures(_ times: [[Int64]], in folder: TemporaryFolder) throws -> [String] {
    try times.enumerated().map { index, times in
      let path = folder.path("\(index).pcap")
      var writer = try CaptureWriter(path: path)
      for (place, time) in times.enumerated() {
        try writer.append([UInt8](repeating: UInt8(16 * index + place), count: 60), timestamp: time)
      }
      try writer.close()
      return path
    }
  }

  private func order(_ result: [[UInt8]]) -> [UInt8] { result.map { $0[0] } }

  @Test(
    "goes by time, keeps each capture's own order, and takes the first capture's packet of those of one time",
    arguments: [
      ([[1, 5], [2, 3, 9], [4]], [0x00, 0x10, 0x11, 0x20, 0x01, 0x12]),
      ([[7, 7], [7], [7]], [0x00, 0x01, 0x10, 0x20]),
      // A step back is taken at once: what is behind it is older than all others.
      ([[5, 1, 6], [4, 5]], [0x10, 0x00, 0x01, 0x11, 0x02]),
      ([[], [1], []], [0x10]), ([[3, 4]], [0x00, 0x01]),
    ] as [([[Int64]], [UInt8])])
  func byTime(times: [[Int64]], expected: [UInt8]) throws {
    let folder = try TemporaryFolder()
    let paths = try captures(times, in: folder)
    for keptLimit in [0, ReplayRun.keptLimit] {
      var options = ReplayOptions(capturePaths: paths, queueCount: 1, loopCount: 2, mergesCaptures: true)
      options.sink = .pcap(path: folder.path("sent.pcap"))
      let result = ReplayRun(options, control: ReplayControl(senderCount: 1), keptLimit: keptLimit).run()
      #expect(order(try frames(of: folder.path("sent.pcap"))) == expected + expected)
      #expect(result.captures.map(\.packets) == times.map { UInt64($0.count) })
      #expect(result.captures.allSatisfy { $0.ended == .end })
    }
  }

  @Test("is as mergecap has it", .peer("mergecap"), .enabled(if: SharedCaptures.arePresent))
  func asMergecap() throws {
    let folder = try TemporaryFolder()
    let paths = try ["two-interfaces-us-ns.pcapng", "ipv6-dualstack-tls.pcap", "nanosecond.pcap"].map(
      SharedCaptures.path)
    let merged = folder.path("merged.pcap")
    #expect(try Peer("mergecap").run(["-F", "nsecpcap", "-w", merged] + paths).status == 0)
    _ = replay(paths) {
      $0.mergesCaptures = true
      $0.sink = .pcap(path: folder.path("sent.pcap"))
    }
    #expect(try frames(of: folder.path("sent.pcap")) == frames(of: merged))
  }

  @Test("stops at the limit, and tells of which captures there is more")
  func limit() throws {
    let folder = try TemporaryFolder()
    let result = replay(try captures([[1, 3, 5], [2], [9]], in: folder)) {
      $0.mergesCaptures = true
      $0.packetLimit = 3
    }
    #expect(result.captures.map(\.packets) == [2, 1, 0])
    #expect(result.captures.map(\.ended) == [.limit, .end, .limit])
  }

  @Test("chooses first and merges then")
  func chosen() throws {
    let folder = try TemporaryFolder()
    _ = replay(try captures([[1, 2, 3], [1, 2, 3]], in: folder)) {
      $0.mergesCaptures = true
      $0.selection.skipCount = 1
      $0.sink = .pcap(path: folder.path("sent.pcap"))
    }
    #expect(order(try frames(of: folder.path("sent.pcap"))) == [0x01, 0x11, 0x02, 0x12])
  }

  @Test("goes on with the others when one is damaged")
  func damaged() throws {
    let folder = try TemporaryFolder()
    var image = PcapRecords()
    image.append(second: 1)
    image.append(second: 4)
    image.bytes.removeLast(3)
    let damaged = try folder.write(image.bytes, to: "damaged.pcap")
    let others = try captures([[2_000_000_000, 5_000_000_000]], in: folder)
    let result = replay([damaged] + others) { $0.mergesCaptures = true }
    #expect(result.captures.map(\.packets) == [1, 2])
    #expect(result.captures.map(\.ended) == [.damaged, .end])
    #expect(ReplayStatus(of: result) == .captureUnusable)
  }

  @Test("at the pace of the captures takes the time from the first packet to the last")
  func timed() throws {
    let folder = try TemporaryFolder()
    let times = [[0, 40_000_000], [10_000_000, 20_000_000]] as [[Int64]]
    let result = replay(try captures(times, in: folder)) {
      $0.mergesCaptures = true
      $0.pace = .timed(speed: Rate(1))
    }
    #expect(result.pacing?.span == 40_000_000)
    #expect(result.pacing?.packetCount == 4)
  }
}

/// The bytes of a microsecond capture of frames of 60 bytes.
private struct PcapRecords {
  var bytes: [UInt8] = [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 1, 0, 0, 0]

  mutating func append(second: UInt8) {
    bytes += [second, 0, 0, 0, 0, 0, 0, 0, 60, 0, 0, 0, 60, 0, 0, 0] + [UInt8](repeating: 7, count: 60)
  }
}
