import PacketCapture
import TestSupport
import Testing

@Suite("A packet filter")
struct LibPcapFilterTests {
  /// How many packets of a capture the expression describes.
  private func count(of expression: String, in path: String) throws -> Int {
    var reader = try CaptureReader(path: path)
    let filter = try PacketFilter(expression, linkType: reader.linkType)
    var count = 0
    while true {
      guard let packet = try reader.next() else { return count }
      if filter.matches(packet) { count += 1 }
    }
  }

  @Test(
    "describes the packets that tshark finds by its own language", .peer("tshark"),
    .enabled(if: SharedCaptures.arePresent, "the shared captures are not here"),
    arguments: [
      ("mixed-5012.pcap", "udp port 53", "udp.port == 53 && !icmp"), ("mixed-5012.pcap", "arp", "arp"),
      ("mixed-5012.pcap", "ip6 and icmp6", "ipv6.nxt == 58 && !ipv6.hopopts"),
      ("mixed-5012.pcap", "less 60", "frame.len <= 60"),
      ("mixed-5012.pcap", "tcp[tcpflags] & tcp-syn != 0", "tcp.flags.syn == 1 && ip"),
      ("vlan-and-qinq.pcap", "vlan 42", "vlan.id == 42"),
      ("snaplen-truncated.pcap", "greater 1000", "frame.len >= 1000"),
      ("linux-sll.pcap", "tcp port 443 or udp", "tcp.port == 443 || udp"),
    ])
  func asTShark(name: String, expression: String, displayFilter: String) throws {
    let path = try SharedCaptures.path(name)
    let found = try Peer("tshark").run(["-n", "-r", path, "-Y", displayFilter]).lines.count
    #expect(found > 0)
    #expect(try count(of: expression, in: path) == found)
  }

  @Test("without a word describes all packets")
  func empty() throws {
    #expect(try count(of: "", in: PackageFolders.firstRun) == 2000)
  }

  @Test(
    "that is none, or asks for what the link type does not have, is refused in libpcap's words",
    arguments: [
      ("tcp prot 80", LinkType.ethernet), ("(", .ethernet), ("ether host 00:00:00:00:00:01", .rawIP),
      ("vlan 7", .linuxCooked),
    ])
  func refused(expression: String, linkType: LinkType) throws {
    do {
      _ = try PacketFilter(expression, linkType: linkType)
      Issue.record("'\(expression)' should be refused")
    } catch {
      #expect(!error.description.isEmpty)
    }
  }

  @Test("looks at what was captured, however little")
  func truncated() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("cut.pcap")
    var image = PcapImage()
    image.appendRecord(seconds: 1, fraction: 0, capturedByteCount: 0, originalByteCount: 1514, [])
    image.appendRecord(seconds: 1, fraction: 0, originalByteCount: .max, [UInt8](repeating: 0, count: 13))
    _ = try folder.write(image.bytes, to: "cut.pcap")
    #expect(try count(of: "ip", in: path) == 0)
    #expect(try count(of: "greater 1514", in: path) == 2)
  }
}
