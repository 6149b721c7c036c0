import Foundation
import PacketCapture
import TestSupport
import Testing

@Suite("sample traffic")
struct SampleTrafficTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(_ traffic: SampleTraffic, frameCount: Int, to name: String) throws -> String {
    var traffic = traffic
    let path = folder.path(name)
    var writer = try CaptureWriter(path: path)
    var frame: [UInt8] = []
    for _ in 0..<frameCount {
      let timestamp = traffic.next(into: &frame)
      try writer.append(frame, timestamp: timestamp)
    }
    try writer.close()
    return path
  }

  private static func traffic(seed: UInt64, flowCount: Int = 60) -> SampleTraffic {
    SampleTraffic(flowCount: flowCount, seed: seed, startTime: 1_700_000_000_000_000_000, meanGap: 1_000_000)
  }

  @Test("a seed gives the same frames, another seed others")
  func deterministic() {
    func frames(_ seed: UInt64) -> [[UInt8]] {
      var traffic = Self.traffic(seed: seed)
      var frame: [UInt8] = []
      return (0..<200).map { _ in
        _ = traffic.next(into: &frame)
        return frame
      }
    }
    #expect(frames(1) == frames(1))
    #expect(frames(1) != frames(2))
  }

  @Test("times only go forward, and sizes are those of Ethernet", arguments: [1, 60, SampleTraffic.mostFlows])
  func timesAndSizes(flowCount: Int) {
    var traffic = Self.traffic(seed: 3, flowCount: flowCount)
    var frame: [UInt8] = []
    var last: Int64 = 0
    for _ in 0..<5000 {
      let timestamp = traffic.next(into: &frame)
      #expect(timestamp > last)
      #expect((42...1514).contains(frame.count))
      last = timestamp
    }
  }

  @Test("tshark finds every checksum right and nothing malformed", .peer("tshark"), arguments: [1, 2] as [UInt64])
  func soundByTShark(seed: UInt64) throws {
    let path = try write(Self.traffic(seed: seed), frameCount: 5000, to: "traffic.pcap")
    let counts = try SoundnessByTShark(of: path)
    #expect(counts.complaints == "")
    #expect(counts.tcpCount + counts.udpCount + counts.arpCount == 5000)
    #expect(min(counts.tcpCount, counts.udpCount, counts.arpCount, counts.ipv6Count, counts.taggedCount) > 20)
  }

  @Test("the sample we ship is what the generator makes")
  func firstRunIsGenerated() throws {
    let path = try write(FirstRun.traffic, frameCount: FirstRun.frameCount, to: "first-run.pcap")
    let generated = try Data(contentsOf: URL(filePath: path))
    if ProcessInfo.processInfo.environment["NETVSC_UPDATE_SAMPLES"] == "1" {
      try generated.write(to: FirstRun.url)
    }
    let shipped = try Data(contentsOf: FirstRun.url)
    #expect(generated == shipped, "NETVSC_UPDATE_SAMPLES=1 swift test rewrites it")
    #expect(shipped.count < 1_200_000)
  }
}

/// The capture a newcomer runs first.
enum FirstRun {
  static let url = PackageFolders.samples.appending(path: "first-run.pcap")
  static let frameCount = 2000
  /// From the beginning of 2025.
  static let traffic = SampleTraffic(
    flowCount: 32, seed: 2025, startTime: 1_735_689_600_000_000_000, meanGap: 1_000_000)
}

@Suite("the first-run sample")
struct FirstRunTests {
  @Test("it holds what its page says")
  func counts() throws {
    let capture = try ReadCapture(path: FirstRun.url.path)
    #expect(capture.error == nil && capture.linkType == .ethernet && capture.truncatedCount == 0)
    let page = try String(contentsOf: PackageFolders.samples.appending(path: "README.md"), encoding: .utf8)
    let sizes = capture.packets.map(\.bytes.count)
    let smallest = try #require(sizes.min())
    let largest = try #require(sizes.max())
    #expect(page.contains("\(capture.packets.count) packets, \(capture.capturedByteCount) bytes"))
    #expect(page.contains("frames of \(smallest) to \(largest) bytes"))
  }

  @Test("tshark finds it sound, and of the kinds its page says", .peer("tshark"))
  func sound() throws {
    let counts = try SoundnessByTShark(of: FirstRun.url.path)
    #expect(counts.complaints == "")
    let page = try String(contentsOf: PackageFolders.samples.appending(path: "README.md"), encoding: .utf8)
    for line in [
      "| TCP | \(counts.tcpCount) |", "| UDP | \(counts.udpCount) |", "| ARP | \(counts.arpCount) |",
      "| over IPv6 | \(counts.ipv6Count) |", "| tagged (802.1Q) | \(counts.taggedCount) |",
    ] {
      #expect(page.contains(line))
    }
  }
}
