import PacketCapture
import TestSupport
import Testing
import TrafficReplay

@Suite("A replay that fills frames up")
struct PaddedReplayTests {
  /// A capture of frames that were cut: the bytes that are there, and the length that was.
  private func capture(_ frames: [(captured: Int, original: Int)], in folder: TemporaryFolder) throws -> String {
    let path = folder.path("cut.pcap")
    var writer = try CaptureWriter(path: path)
    for (index, frame) in frames.enumerated() {
      let bytes = [UInt8](repeating: UInt8(index + 1), count: frame.captured)
      try writer.append(bytes.span.bytes, timestamp: Int64(index), originalByteCount: frame.original)
    }
    try writer.close()
    return path
  }

  @Test("sends them at their length on the wire, zeros behind what was captured", arguments: CopyChoice.allCases)
  func lengths(copy: CopyChoice) throws {
    let folder = try TemporaryFolder()
    let path = try capture([(96, 1514), (60, 60), (14, 9216), (96, 97), (1514, 1514)], in: folder)
    let result = replay([path]) {
      $0.padsTruncated = true
      $0.copy = copy
      $0.loopCount = 2
      $0.sink = .pcap(path: folder.path("sent.pcap"))
    }
    let expected = [(96, 1514), (60, 60), (14, 9216), (96, 97), (1514, 1514)].enumerated().map { index, frame in
      [UInt8](repeating: UInt8(index + 1), count: frame.0) + [UInt8](repeating: 0, count: frame.1 - frame.0)
    }
    #expect(try frames(of: folder.path("sent.pcap")) == expected + expected)
    #expect(result.ledger.offered.bytes == 2 * UInt64(1514 + 60 + 9216 + 97 + 1514))
    #expect(result.captures[0].bytes == UInt64(96 + 60 + 14 + 96 + 1514))
    #expect(result.captures[0].truncated == 3)
    #expect(ReplayStatus(of: result) == .complete)
  }

  @Test("agrees with the host on every byte")
  func verified() throws {
    let folder = try TemporaryFolder()
    let result = replay([try capture([(96, 1514), (60, 60), (14, 900)], in: folder)]) {
      $0.padsTruncated = true
      $0.queueCount = 2
      $0.vlanOffload = true
    }
    #expect(result.verify?.match == true)
    #expect(result.imbalances == [])
  }

  @Test("refuses what is longer than the MTU then, and makes no more of it than a capture can hold")
  func tooLong() throws {
    let folder = try TemporaryFolder()
    let path = try capture([(96, 9217), (60, Int(UInt32.max)), (60, 60)], in: folder)
    let result = replay([path]) { $0.padsTruncated = true }
    #expect(result.ledger.refusedByReason[.tooLarge] == 2)
    #expect(result.ledger.refused.bytes == 9217 + 262_144)
    #expect(result.ledger.completed.packets == 1)
    #expect(ReplayStatus(of: result) == .incomplete)
  }

  @Test("is asked for: without it, frames go as captured")
  func notAskedFor() throws {
    let folder = try TemporaryFolder()
    let result = replay([try capture([(96, 1514), (60, Int(UInt32.max))], in: folder)])
    #expect(result.ledger.completed == Tally(packets: 2, bytes: 156))
  }

  @Test(
    "sends the bytes the wire carried", .enabled(if: SharedCaptures.arePresent, "the shared captures are not here"))
  func realCapture() throws {
    let result = replay([try SharedCaptures.path("snaplen-truncated.pcap")]) { $0.padsTruncated = true }
    // What capinfos calls the data size.
    #expect(result.ledger.completed == Tally(packets: 878, bytes: 1_057_964))
    #expect(result.verify?.match == true)
  }
}
