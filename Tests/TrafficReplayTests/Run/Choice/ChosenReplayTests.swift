import Foundation
import PacketCapture
import TestSupport
import Testing
import TrafficReplay

@Suite("A replay of chosen packets")
struct ChosenReplayTests {
  private let sample = PackageFolders.firstRun

  /// The sample's frames that a selection leaves.
  private func chosen(_ selection: PacketSelection) throws -> [[UInt8]] {
    var reader = try CaptureReader(path: sample)
    let filter = try PacketFilter(selection.filter ?? "", linkType: reader.linkType)
    let ranges = selection.ranges?.ranges ?? [1...UInt64.max]
    var frames: [[UInt8]] = []
    var number: UInt64 = 0
    while true {
      guard let packet = try reader.next() else { return frames }
      number += 1
      guard number > selection.skipCount, ranges.contains(where: { $0.contains(number) }), filter.matches(packet) else {
        continue
      }
      frames.append(packet.bytes.withUnsafeBytes { Array($0) })
    }
  }

  @Test(
    "sends those that filter, number and place allow together, each pass",
    arguments: [
      PacketSelection(filter: "tcp"), PacketSelection(skipCount: 1999),
      PacketSelection(ranges: try! PacketRanges("1-100,205,1000-")),
      PacketSelection(filter: "udp or arp", skipCount: 50, ranges: try! PacketRanges("20-70,72,1500-2000")),
    ])
  func selection(selection: PacketSelection) throws {
    let folder = try TemporaryFolder()
    let expected = try chosen(selection)
    #expect(!expected.isEmpty)
    for keptLimit in [0, ReplayRun.keptLimit] {
      var options = ReplayOptions(capturePaths: [sample], queueCount: 1, loopCount: 3, selection: selection)
      options.sink = .pcap(path: folder.path("sent.pcap"))
      let result = ReplayRun(options, control: ReplayControl(senderCount: 1), keptLimit: keptLimit).run()
      #expect(try frames(of: folder.path("sent.pcap")) == expected + expected + expected)
      #expect(result.captures[0].packets == UInt64(expected.count))
      #expect(result.captures[0].bytes == UInt64(expected.reduce(0) { $0 + $1.count }))
      #expect(result.captures[0].skipped == UInt64(2000 - expected.count))
      #expect(result.captures[0].ended == .end)
      #expect(result.problems == [])
    }
  }

  @Test(
    "reads no further than the last packet that is asked for",
    arguments: [("5-7", 3, 4, .limit), ("1-1999", 1999, 0, .limit), ("3-2000", 1998, 2, .end)]
      as [(String, UInt64, UInt64, CaptureEnd)])
  func lastRange(ranges: String, packets: UInt64, skipped: UInt64, ended: CaptureEnd) {
    let result = replay([sample]) { $0.selection.ranges = try? PacketRanges(ranges) }
    let account = result.captures[0]
    #expect(account.packets == packets)
    #expect(account.skipped == skipped)
    #expect(account.ended == ended)
    #expect(ReplayStatus(of: result) == .complete)
  }

  @Test("does not see the damage behind the last packet that is asked for")
  func damageBehind() throws {
    let folder = try TemporaryFolder()
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: sample)).dropLast(3))
    let path = try folder.write(bytes, to: "damaged.pcap")
    #expect(ReplayStatus(of: replay([path])) == .captureUnusable)
    let result = replay([path]) { $0.selection.ranges = try? PacketRanges("1-10") }
    #expect(ReplayStatus(of: result) == .complete)
    #expect(result.ledger.completed.packets == 10)
  }

  @Test("counts the limit by what is offered, over all loops", arguments: [1, 10, 11, 25] as [UInt64])
  func limit(limit: UInt64) throws {
    let folder = try TemporaryFolder()
    let selection = PacketSelection(filter: "udp or tcp", skipCount: 3, ranges: try PacketRanges("1-40"))
    let pass = try chosen(selection)
    let result = replay([sample]) {
      $0.loopCount = 0
      $0.packetLimit = limit
      $0.selection = selection
      $0.sink = .pcap(path: folder.path("sent.pcap"))
    }
    let many = (0..<25).flatMap { _ in pass }
    #expect(try frames(of: folder.path("sent.pcap")) == Array(many.prefix(Int(limit))))
    #expect(result.captures[0].ended == .limit)
  }

  @Test("chooses from each capture by itself")
  func eachCapture() throws {
    let result = replay([sample, sample]) { $0.selection = PacketSelection(skipCount: 1990) }
    #expect(result.captures.map(\.packets) == [10, 10])
    #expect(result.captures.map(\.skipped) == [1990, 1990])
  }

  @Test("that are none has nothing to send", .timeLimit(.minutes(1)))
  func none() {
    let result = replay([sample]) {
      $0.loopCount = 0
      $0.selection.filter = "udp port 1"
    }
    #expect(ReplayStatus(of: result) == .incomplete)
    #expect(result.captures[0].skipped == 2000)
    #expect(result.problems.count == 1 && result.problems[0].hasPrefix("nothing to send"))
  }
}
