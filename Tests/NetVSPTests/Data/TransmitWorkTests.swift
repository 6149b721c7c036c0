import NetVSP
import TestSupport
import Testing
import VMBusRing
import WireFormats

/// What a packet's info may ask for: the frame has to allow it.
@Suite struct TransmitWorkTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let info: PerPacketInfo
    var frame = [UInt8](repeating: 0x50, count: 100)
    let isTaken: Bool
  }

  private static func checksum(_ work: TransmitChecksumInfo.Work, _ offset: UInt32) -> PerPacketInfo {
    .checksum(TransmitChecksumInfo(work, transportHeaderOffset: offset))
  }

  private static func largeSend(_ offset: UInt32, isIPv6: Bool = false) -> PerPacketInfo {
    .largeSend(LargeSendInfo(segmentByteCount: 1460, tcpHeaderOffset: offset, isIPv6: isIPv6))
  }

  static let cases: [Case] = [
    Case(testDescription: "TCP right behind IPv4", info: checksum([.isIPv4, .tcp], 34), isTaken: true),
    Case(testDescription: "TCP inside IPv4", info: checksum([.isIPv4, .tcp], 33), isTaken: false),
    Case(testDescription: "TCP inside the Ethernet header", info: checksum([.isIPv4, .tcp], 1), isTaken: false),
    Case(testDescription: "UDP inside IPv6", info: checksum([.isIPv6, .udp], 53), isTaken: false),
    Case(testDescription: "UDP right behind IPv6", info: checksum([.isIPv6, .udp], 54), isTaken: true),
    Case(
      testDescription: "both IP versions: the fourth wins", info: checksum([.isIPv4, .isIPv6, .tcp], 34), isTaken: true),
    Case(testDescription: "offset 0 means the shortest header", info: checksum([.isIPv4, .tcp], 0), isTaken: true),
    Case(testDescription: "TCP at the frame's last byte", info: checksum([.isIPv4, .tcp], 99), isTaken: true),
    Case(testDescription: "TCP behind the frame", info: checksum([.isIPv4, .tcp], 100), isTaken: false),
    Case(testDescription: "offset without transport work", info: checksum([.isIPv4, .ipv4Header], 1), isTaken: true),
    Case(testDescription: "large send behind IPv4", info: largeSend(34), isTaken: true),
    Case(testDescription: "large send inside IPv4", info: largeSend(33), isTaken: false),
    Case(testDescription: "large send inside IPv6", info: largeSend(53, isIPv6: true), isTaken: false),
    Case(testDescription: "large send at the shortest header", info: largeSend(0), isTaken: true),
    Case(testDescription: "large send whose TCP header just fits", info: largeSend(80), isTaken: true),
    Case(testDescription: "large send whose TCP header is cut", info: largeSend(81), isTaken: false),
    Case(testDescription: "large send without a data offset", info: largeSend(90), isTaken: false),
    Case(
      testDescription: "large send with a long TCP header", info: largeSend(40),
      frame: [UInt8](repeating: 0xF0, count: 99), isTaken: false),
    Case(
      testDescription: "unknown info is skipped", info: PerPacketInfo(type: .init(rawValue: 99), value: 1),
      isTaken: true),
    Case(testDescription: "tag", info: .vlanTag(VLANTagInfo(tagControlInformation: 100)), isTaken: true),
  ]

  @Test("work is taken where the frame allows it", arguments: cases)
  func judged(example: Case) throws {
    let host = try Host(HostConfiguration(execution: .inline))
    let guest = try ScriptedGuest(settingUp: host.offer)
    let message = rndisPacket(example.frame, info: [.hashValue(3), example.info])
    guest.fill(section: 0, message)
    try guest.send(section: 0, byteCount: message.count)
    // The same with the frame in a range of its own.
    let head = message.count - example.frame.count
    guest.fill(section: 1, Array(message[..<head]))
    try guest.send(ranges: [guest.lend(example.frame)], section: (1, head))
    let expected: NVSPStatus = example.isTaken ? .success : .failure
    #expect(try guest.primary.awaitAll().map(\.status) == [expected, expected])
  }

  @Test("info of any length is read, and must lie with its header")
  func longInfo() throws {
    let host = try Host(HostConfiguration(execution: .inline))
    let guest = try ScriptedGuest(settingUp: host.offer)
    let message = rndisPacket([1, 2, 3], info: [PerPacketInfo](repeating: .hashValue(1), count: 200))
    guest.fill(section: 0, message)
    try guest.send(section: 0, byteCount: message.count)
    try guest.send(ranges: [guest.lend(Array(message[..<3000])), guest.lend(Array(message[3000...]))])
    #expect(try guest.primary.awaitAll().map(\.status) == [.success, .failure])
  }
}
