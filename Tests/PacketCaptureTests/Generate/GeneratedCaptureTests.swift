import Foundation
import PacketCapture
import TestSupport
import Testing

@Suite("a generated capture")
struct GeneratedCaptureTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func byteCount(of path: String) throws -> Int { try Data(contentsOf: URL(filePath: path)).count }

  @Test("holds as many packets as asked for")
  func packets() throws {
    let path = folder.path("packets.pcap")
    let written = try GeneratedCapture(of: TrafficPlan(amount: .packets(1234)), writingTo: path)
    #expect(written.packetCount == 1234 && written.isComplete)
    #expect(try Int(written.byteCount) == byteCount(of: path))
    let capture = try ReadCapture(path: path)
    #expect(capture.packets.count == 1234 && capture.error == nil && capture.truncatedCount == 0)
  }

  @Test("is as large as asked for, less what another packet would need", arguments: [100, 101, 175, 176, 100_000])
  func bytes(size: Int) throws {
    let path = folder.path("bytes.pcap")
    let plan = TrafficPlan(amount: .fileBytes(UInt64(size)), sizes: .range(50...60))
    let written = try GeneratedCapture(of: plan, writingTo: path)
    #expect(written.isComplete)
    #expect(try byteCount(of: path) == written.byteCount)
    // A packet takes up to 76 bytes.
    #expect((size - 75...size).contains(Int(written.byteCount)))
  }

  @Test("is a valid one when it was no longer wanted", arguments: [0, 1, 5000])
  func interrupted(count: Int) throws {
    let path = folder.path("interrupted.pcap")
    var asked = 0
    let written = try GeneratedCapture(of: TrafficPlan(amount: .packets(10_000)), writingTo: path) {
      asked += 1
      return asked <= count
    }
    #expect(written.packetCount == UInt64(count) && !written.isComplete)
    let capture = try ReadCapture(path: path)
    #expect(capture.packets.count == count && capture.error == nil)
  }

  @Test("says that the disk is full", arguments: [1, 100_000])
  func full(count: UInt64) {
    #expect(throws: CaptureError.writeFailed(path: "/dev/full", reason: "No space left on device")) {
      _ = try GeneratedCapture(of: TrafficPlan(amount: .packets(count)), writingTo: "/dev/full")
    }
  }

  @Test(
    "is sound to tshark, which counts its flows and sees its sizes", .peer("tshark"),
    arguments: [.imix, .range(74...300), .range(1514...1514)] as [FrameSizes], [nil, 100] as [UInt16?])
  func soundByTShark(sizes: FrameSizes, vlan: UInt16?) throws {
    let path = folder.path("sound.pcap")
    let sizes = vlan != nil && sizes == .range(74...300) ? .range(78...300) : sizes
    let plan = TrafficPlan(
      amount: .packets(4000), sizes: sizes, flowCount: 101, addressFamilies: .both, transports: .both, vlan: vlan)
    _ = try GeneratedCapture(of: plan, writingTo: path)
    let counts = try SoundnessByTShark(of: path)
    #expect(counts.complaints == "")
    #expect(counts.tcpCount + counts.udpCount == 4000)
    #expect(counts.taggedCount == (vlan == nil ? 0 : 4000))
    #expect((1900...2100).contains(counts.ipv6Count) && (1900...2100).contains(counts.tcpCount))
    let ours = try ReadCapture(path: path).packets
    let theirs = try TSharkFrame.all(of: path)
    #expect(theirs.map(\.originalByteCount) == ours.map(\.bytes.count))
    #expect(theirs.map(\.time) == ours.map(\.time))
    let fields = ["ip.src", "ipv6.src", "udp.stream", "tcp.stream"].flatMap { ["-e", $0] }
    let flows = try Peer("tshark").run(["-n", "-r", path, "-T", "fields"] + fields)
    #expect(Set(flows.lines).count == 101)
    #expect(Set(flows.lines.map { $0.split(separator: "\t", omittingEmptySubsequences: false).suffix(2) }).count == 101)
  }

  @Test(
    "has checksums that tshark finds right in frames of every length", .peer("tshark"), arguments: [42, 54, 62, 74])
  func shortestByTShark(headerByteCount: Int) throws {
    let path = folder.path("short.pcap")
    let plan = TrafficPlan(
      amount: .packets(500), sizes: .range(headerByteCount...headerByteCount + 20), flowCount: 3,
      addressFamilies: headerByteCount < 60 ? .v4 : .v6, transports: [54, 74].contains(headerByteCount) ? .tcp : .udp)
    _ = try GeneratedCapture(of: plan, writingTo: path)
    let counts = try SoundnessByTShark(of: path)
    #expect(counts.complaints == "")
    #expect(counts.tcpCount + counts.udpCount == 500)
  }
}
