import PacketCapture
import TestSupport
import Testing

@Suite("errors of captures")
struct CaptureErrorTests {
  private static let all: [CaptureError] = [
    .notFound(path: "a.pcap"),
    .isDirectory(path: "a.pcap"),
    .notReadable(path: "a.pcap", reason: "Permission denied"),
    .notACapture(path: "a.pcap", reason: "unknown file format"),
    .damaged(path: "a.pcap", afterPackets: 0, reason: "truncated dump file"),
    .damaged(path: "a.pcap", afterPackets: 7, reason: "bogus"),
    .secondLinkType(path: "a.pcap", afterPackets: 1, first: .ethernet, second: .linuxCooked),
    .filterUnfit(path: "a.pcap", linkType: .rawIP, reason: "no link-level addressing"),
    .readFailed(path: "a.pcap", afterPackets: 7, reason: "Input/output error"),
    .stopped(path: "a.pcap", afterPackets: 7),
    .writeFailed(path: "a.pcap", reason: "No space left on device"),
  ]

  @Test("an error is one line: where, what, and what to do", arguments: all)
  func oneLine(error: CaptureError) {
    let line = "\(error)"
    #expect(line.hasPrefix("a.pcap: "))
    #expect(line.contains("; "))
    #expect(!line.contains("\n"))
  }

  @Test("damage is told with its place and libpcap's reason")
  func damage() {
    let reason = "truncated dump file; tried to read 42 captured bytes, only got 8"
    #expect(
      "\(CaptureError.damaged(path: "a.pcap", afterPackets: 6718, reason: reason))"
        == "a.pcap: ends in the middle of the record after packet 6718 (truncated dump file; tried to read 42 captured "
        + "bytes, only got 8); 'editcap IN OUT' keeps the packets before, or capture again")
  }

  @Test(
    "the advice for a damaged capture keeps what is good", .peer("editcap"),
    .enabled(if: SharedCaptures.arePresent))
  func damageAdviceWorks() throws {
    let folder = try TemporaryFolder()
    let original = try SharedCaptures.path("cut-short.pcap")
    let repaired = folder.path("repaired.pcap")
    _ = try Peer("editcap").run([original, repaired])
    let capture = try ReadCapture(path: repaired)
    #expect(try capture.packets.map(\.bytes) == ReadCapture(path: original).packets.map(\.bytes))
    #expect(capture.error == nil)
  }

  @Test(
    "the advice for two link types keeps the Ethernet packets", .peer("tshark"), .peer("editcap"),
    .enabled(if: SharedCaptures.arePresent))
  func splittingAdviceWorks() throws {
    let folder = try TemporaryFolder()
    let original = try SharedCaptures.path("two-linktypes.pcapng")
    let (part, kept) = (folder.path("part.pcapng"), folder.path("kept.pcapng"))
    _ = try Peer("tshark").run(["-r", original, "-Y", "frame.encap_type == 1", "-w", part])
    _ = try Peer("editcap").run(["-T", "ether", part, kept])
    let capture = try ReadCapture(path: kept)
    #expect(capture.linkType == .ethernet && capture.error == nil)
    #expect(try capture.packets == ReadCapture(path: original).packets)
  }
}
