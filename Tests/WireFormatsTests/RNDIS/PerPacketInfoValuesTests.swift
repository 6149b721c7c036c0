import Testing
import WireFormats

@Suite("Per-packet info values")
struct PerPacketInfoValuesTests {
  @Test("checksum work")
  func checksum() {
    let tcp = TransmitChecksumInfo([.isIPv4, .tcp], transportHeaderOffset: 34)
    #expect(tcp.rawValue == 0x0022_0005)
    let udp = TransmitChecksumInfo([.isIPv6, .udp], transportHeaderOffset: 54)
    #expect(udp.rawValue == 0x0036_000A)
    #expect(TransmitChecksumInfo(rawValue: 0xFC36_FFEA).work == [.isIPv6, .udp])
    #expect(TransmitChecksumInfo(rawValue: 0xFC36_FFEA).transportHeaderOffset == 54)
    #expect(TransmitChecksumInfo(.ipv4Header, transportHeaderOffset: 1023).rawValue == 0x03FF_0010)
  }

  @Test("large sends")
  func largeSend() {
    let ipv4 = LargeSendInfo(segmentByteCount: 1460, tcpHeaderOffset: 34, isIPv6: false)
    #expect(ipv4.rawValue == 0x4220_05B4)
    let ipv6 = LargeSendInfo(segmentByteCount: 1440, tcpHeaderOffset: 54, isIPv6: true)
    #expect(ipv6.rawValue == 0xC360_05A0)
    #expect(ipv6.segmentByteCount == 1440 && ipv6.tcpHeaderOffset == 54 && ipv6.isIPv6 && ipv6.isVersion2)
    #expect(!ipv4.isIPv6 && !LargeSendInfo(rawValue: 0).isVersion2)
  }

  @Test("VLAN tags")
  func vlanTag() {
    let info = VLANTagInfo(tagControlInformation: 5 << 13 | 100)
    #expect(info.rawValue == 0x0000_0645)
    #expect(info.priority == 5 && info.vlanID == 100 && !info.isDropEligible)
    #expect(VLANTagInfo(priority: 5, vlanID: 100) == info)
    #expect(VLANTagInfo(priority: 7, isDropEligible: true, vlanID: 4095).tagControlInformation == 0xFFFF)
    for tag in [0, 1, 0x0FFF, 0x1000, 0xE000, 0xFFFF] as [UInt16] {
      #expect(VLANTagInfo(tagControlInformation: tag).tagControlInformation == tag)
    }
  }

  @Test("a value that does not fit its bits is our own mistake")
  func misuse() async {
    await #expect(processExitsWith: .failure) { _ = TransmitChecksumInfo([.tcp], transportHeaderOffset: 1024) }
    await #expect(processExitsWith: .failure) {
      _ = LargeSendInfo(segmentByteCount: 1 << 20, tcpHeaderOffset: 34, isIPv6: false)
    }
    await #expect(processExitsWith: .failure) { _ = VLANTagInfo(priority: 8, vlanID: 1) }
    await #expect(processExitsWith: .failure) { _ = VLANTagInfo(vlanID: 4096) }
  }
}
