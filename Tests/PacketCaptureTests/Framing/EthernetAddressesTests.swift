import PacketCapture
import Testing

@Suite("two Ethernet addresses")
struct EthernetAddressesTests {
  @Test("are written with colons or dashes")
  func forms() {
    let expected = EthernetAddresses(source: [2, 0, 0, 0, 0, 1], destination: [0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff])
    #expect(EthernetAddresses("02:00:00:00:00:01,aa:bb:cc:dd:ee:ff") == expected)
    #expect(EthernetAddresses("2:0:0:0:0:1,AA-BB-CC-DD-EE-FF") == expected)
  }

  @Test(
    "are refused in any other form",
    arguments: [
      "", ",", "02:00:00:00:00:01", "02:00:00:00:00:01,", "02:00:00:00:00,02:00:00:00:00:01",
      "02:00:00:00:00:01,02:00:00:00:00:02,02:00:00:00:00:03", "02:00:00:00:00:0g,02:00:00:00:00:02",
      "02:00:00:00:00:001,02:00:00:00:00:02", "02:00:00:00:00:+1,02:00:00:00:00:02",
      "02::00:00:00:01,02:00:00:00:00:02",
    ])
  func wrong(text: String) {
    #expect(EthernetAddresses(text) == nil)
  }
}
