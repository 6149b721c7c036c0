import NetworkInterface
import Testing

@Suite("The name of an interface")
struct InterfaceNameTests {
  @Test("is what Linux takes for one", arguments: ["a", "eth0", "veth-1.42", "fifteen-letters", "ünïcode"])
  func names(text: String) {
    #expect(InterfaceName(text)?.description == text)
  }

  @Test(
    "is nothing else",
    arguments: ["", ".", "..", "a/b", "eth0:1", "tap%d", "a b", "a\n", "sixteen-letters.", "ünïcödé-zäh", "a\u{7F}"])
  func refused(text: String) {
    #expect(InterfaceName(text) == nil)
  }
}
