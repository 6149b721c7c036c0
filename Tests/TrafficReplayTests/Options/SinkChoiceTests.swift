import Testing
import TrafficReplay

@Suite("The textual form of a sink")
struct SinkChoiceTests {
  @Test(
    "is read and written alike",
    arguments: [
      "null", "verify", "pcap:out.pcap", "pcap:/a/b:c", "pcap:null", "tap:tap0", "interface:eth0",
      "tap:fifteen-letters",
    ])
  func roundTrip(text: String) {
    #expect(SinkChoice(text)?.description == text)
  }

  @Test("keeps all of the file's path")
  func path() {
    #expect(SinkChoice("pcap:pcap:x") == .pcap(path: "pcap:x"))
  }

  @Test("tells whether it is standard output")
  func standardOutput() {
    #expect(SinkChoice("pcap:-")?.takesStandardOutput == true)
    for text in ["null", "verify", "pcap:./-", "pcap:--", "tap:-", "interface:-"] {
      #expect(SinkChoice(text)?.takesStandardOutput == false)
    }
  }

  @Test(
    "is refused when it is anything else",
    arguments: [
      "", "pcap", "pcap:", "PCAP:x", "Null", "verify ", "null:", "verify:x", "tap", "tap:", "tap:sixteen-letters.",
      "interface", "interface:a/b", "tap:tap%d",
    ])
  func refused(text: String) {
    #expect(SinkChoice(text) == nil)
  }
}
