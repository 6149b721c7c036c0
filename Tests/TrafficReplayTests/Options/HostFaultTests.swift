import Testing
import TrafficReplay

@Suite("A fault of the host")
struct HostFaultTests {
  @Test(
    "is a kind, and a number where the kind has one",
    arguments: [
      ("subchannel", "subchannel:1"), ("subchannel:3", "subchannel:3"), ("silent", "silent:0"), ("fail:7", "fail:7"),
      ("die:0", "die:0"), ("hang", "hang:0"), ("slow", "slow:64"), ("duplicate", "duplicate:0"),
      ("foreign:4294967296", "foreign:4294967296"), ("no-large-sends", "no-large-sends"), ("old", "old"),
    ])
  func text(text: String, whole: String) throws {
    let fault = try #require(HostFault(text))
    #expect(fault.description == whole)
    #expect(HostFault(whole) == fault)
  }

  @Test(
    "is nothing else",
    arguments: [
      "", "x", "Silent", "silent:", "silent:-1", "silent:x", "silent:1:2", ":1", "subchannel:0", "slow:0", "old:1",
      "no-large-sends:0", "fail:4294967297",
    ])
  func nonsense(text: String) { #expect(HostFault(text) == nil) }
}
