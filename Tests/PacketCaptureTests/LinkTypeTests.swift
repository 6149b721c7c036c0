import PacketCapture
import TestSupport
import Testing

@Suite("link types")
struct LinkTypeTests {
  @Test("a link type has libpcap's name, or its number")
  func names() {
    #expect(LinkType.ethernet.name == "EN10MB")
    #expect(LinkType.rawIP.name == "RAW")
    #expect(LinkType.linuxCooked.name == "LINUX_SLL")
    #expect(LinkType(rawValue: 9999).name == "DLT 9999")
    #expect(LinkType(rawValue: -1).name == "DLT -1")
    #expect(LinkType.ethernet.description == "EN10MB (Ethernet)")
    #expect(LinkType(rawValue: 9999).description == "DLT 9999")
  }

  @Test("only Ethernet needs no advice")
  func advice() {
    #expect(LinkType.ethernet.advice == nil)
    for code in [0, 12, 105, 113, 276, 9999] as [Int32] {
      #expect(LinkType(rawValue: code).advice?.isEmpty == false)
    }
  }

  @Test("the advice names the option for those types that it helps", arguments: [12, 113, 228, 229, 276, 105, 9999])
  func ethernetOption(code: Int32) {
    let isHelped = ![105, 9999].contains(code)
    #expect(LinkType(rawValue: code).advice?.contains("--ethernet SRC,DST") == isHelped)
  }

  @Test(
    "the advice for a cooked capture gives an Ethernet one with the same packets", .peer("editcap"), .peer("tshark"),
    .enabled(if: SharedCaptures.arePresent))
  func cookedAdviceWorks() throws {
    #expect(LinkType.linuxCooked.advice?.contains("'editcap -C 2 -T ether IN OUT'") == true)
    let folder = try TemporaryFolder()
    let original = try SharedCaptures.path("linux-sll.pcap")
    let converted = folder.path("ethernet.pcap")
    #expect(try Peer("editcap").run(["-C", "2", "-T", "ether", original, converted]).status == 0)
    #expect(try ReadCapture(path: converted).linkType == .ethernet)
    let fields = ["-n", "-T", "fields", "-e", "ip.src", "-e", "ip.id", "-e", "ipv6.src", "-e", "arp.opcode", "-r"]
    let before = try Peer("tshark").run(fields + [original])
    let after = try Peer("tshark").run(fields + [converted])
    #expect(before.lines.count == 518)
    #expect(before.standardOutput == after.standardOutput)
  }
}
