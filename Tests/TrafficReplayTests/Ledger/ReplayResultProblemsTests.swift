import Testing
import TrafficReplay

@Suite("The problems of a result")
struct ReplayResultProblemsTests {
  @Test("are none when all was completed")
  func none() {
    #expect(sampleResult().problems == [])
  }

  @Test("name captures first, each on its line")
  func captures() {
    var result = sampleResult()
    result.captures[0].problem = "first.pcap: cut short"
    result.captures.append(CaptureAccount(path: "b", problem: "b: no such file"))
    result.failure = .sinkFailed("out.pcap: disk full")
    #expect(result.problems == ["first.pcap: cut short", "b: no such file", "out.pcap: disk full"])
  }

  @Test("count refusals by reason, with what can be done")
  func refusals() {
    var result = sampleResult()
    result.refuse(1, because: .tooShort)
    #expect(
      result.problems == [
        "1 of 2,000 packets was refused: 1 shorter than an Ethernet header of 14 bytes"
      ])
    result.refuse(2, because: .tooLarge)
    #expect(
      result.problems == [
        "3 of 2,000 packets were refused: 2 above the MTU of 9216 bytes (--mtu), "
          + "1 shorter than an Ethernet header of 14 bytes"
      ])
  }

  @Test("tell what failed and what was lost")
  func failedAndLost() {
    var result = sampleResult()
    result.move(2, to: \.failed)
    result.move(1, to: \.lost)
    #expect(
      result.problems == [
        "2 of 2,000 packets were not sent on: the host completed them with an error status",
        "1 of 2,000 packets was lost: no completion came within the drain timeout of 5.00 s",
      ])
  }

  @Test("do not blame the drain timeout for what a host took along")
  func lostWithHost() {
    var result = sampleResult()
    result.move(3, to: \.lost)
    result.failure = .hostWentAway("the host died")
    #expect(
      result.problems == [
        "the host died",
        "3 of 2,000 packets were lost: they were not completed when the run was given up",
      ])
  }

  @Test("name the frame size that the device came to")
  func deviceFrameLimit() {
    var result = sampleResult()
    result.frameLimit = 1514
    result.refuse(1, because: .tooLarge)
    #expect(result.problems == ["1 of 2,000 packets was refused: 1 above the MTU of 1514 bytes (--mtu)"])
  }

  @Test("say that there was nothing to send")
  func nothing() {
    let options = ReplayOptions(capturePaths: ["empty.pcap", "b"], queueCount: 1)
    let result = ReplayResult(options: options, captures: [CaptureAccount(path: "empty.pcap")])
    #expect(result.problems == ["nothing to send: empty.pcap, b"])
  }

  @Test("do not say so when another reason is named")
  func nothingForAReason() {
    let options = ReplayOptions(capturePaths: ["x"], queueCount: 1)
    let capture = CaptureAccount(path: "x", ended: .refused, problem: "x: is a directory", failure: .unreadable)
    #expect(ReplayResult(options: options, captures: [capture]).problems == ["x: is a directory"])
    #expect(ReplayResult(options: options, interrupted: true).problems == [])
  }

  @Test("tell of the host's problem once")
  func hostProblem() {
    var result = sampleResult()
    result.host.problem = "the sink is full"
    #expect(result.problems == ["the sink is full"])
    result.failure = .sinkFailed("the sink is full")
    #expect(result.problems == ["the sink is full"])
  }

  @Test("stay on one line, whatever a file is called")
  func controlCharacters() {
    var result = sampleResult()
    result.captures[0].problem = "a\n\u{1B}[31m.pcap: cut short"
    #expect(result.problems == ["a??[31m.pcap: cut short"])
  }
}
