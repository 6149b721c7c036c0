import PacketCapture
import TestSupport
import Testing
import TrafficReplay

@Suite("Replays of captures without an Ethernet header", .enabled(if: SharedCaptures.arePresent))
struct FramedReplayTests {
  private let addresses = EthernetAddresses(source: [2, 0, 0, 0, 0, 1], destination: [2, 0, 0, 0, 0, 2])

  @Test("send the frame with the header, and account for it", .peer("tshark"))
  func cooked() throws {
    let folder = try TemporaryFolder()
    let (path, copy) = (try SharedCaptures.path("linux-sll.pcap"), folder.path("copy.pcap"))
    let result = replay([path]) {
      $0.ethernet = addresses
      $0.sink = .pcap(path: copy)
    }
    // A cooked header has 16 bytes, an Ethernet header 14.
    #expect(result.ledger.completed == Tally(packets: 518, bytes: 451_558 - 518 * 2))
    #expect(result.captures[0].bytes == result.ledger.completed.bytes)
    #expect(result.captures[0].linkType == "LINUX_SLL")
    #expect(ReplayStatus(of: result) == .complete)
    let fields = ["-n", "-T", "fields", "-e", "ip.src", "-e", "ip.id", "-e", "ipv6.src", "-e", "arp.opcode", "-r"]
    let (before, after) = (try Peer("tshark").run(fields + [path]), try Peer("tshark").run(fields + [copy]))
    #expect(before.lines.count == 518 && before.standardOutput == after.standardOutput)
  }

  @Test("change nothing for Ethernet")
  func ethernet() throws {
    let path = try SharedCaptures.path("mixed-5012.pcap")
    let (plain, framed) = (replay([path]), replay([path]) { $0.ethernet = addresses })
    #expect(framed.verify?.match == true && framed.verify?.received == plain.verify?.received)
  }
}
