import Testing
import WireFormats

@Suite("NVSP versions")
struct NVSPVersionTests {
  @Test("versions are tried from the latest to the first")
  func order() {
    #expect(NVSPVersion.tryOrder.map(\.rawValue) == [0x60001, 0x60000, 0x50000, 0x40000, 0x30002, 2])
    #expect(NVSPVersion.tryOrder == NVSPVersion.tryOrder.sorted(by: >))
  }

  @Test("only the latest version has the large message")
  func sizes() {
    #expect(NVSPVersion.tryOrder.map(\.messageByteCount) == [40, 28, 28, 28, 28, 28])
  }

  @Test("later versions announce a later NDIS")
  func ndis() {
    #expect(NVSPVersion.tryOrder.map(\.ndisVersion.minor) == [30, 30, 30, 1, 1, 1])
    #expect(NVSPVersion.tryOrder.allSatisfy { $0.ndisVersion.major == 6 })
  }
}
