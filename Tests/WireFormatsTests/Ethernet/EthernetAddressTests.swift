import Testing
import WireFormats

@Suite("Ethernet address")
struct EthernetAddressTests {
  @Test("an address is printed as it is written")
  func descriptions() throws {
    #expect(EthernetAddress(0x00, 0x15, 0x5D, 0x0A, 0x0B, 0x0C).description == "00:15:5d:0a:0b:0c")
    let bytes: [UInt8] = [0xFF, 0xFE, 1, 2, 3, 4, 5]
    #expect(try EthernetAddress(parsing: bytes.span.bytes) == EthernetAddress(0xFF, 0xFE, 1, 2, 3, 4))
  }

  @Test("the lowest bit of the first byte makes a group")
  func groups() {
    #expect(EthernetAddress(0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF).isMulticast)
    #expect(EthernetAddress(0x01, 0, 0x5E, 0, 0, 1).isMulticast)
    #expect(!EthernetAddress(0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF).isMulticast)
  }
}
