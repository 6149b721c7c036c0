import NetVSC
import Testing
import TrafficReplay

@Suite("Replay options")
struct ReplayOptionsTests {
  @Test("default to what a user of a replay tool expects")
  func defaults() {
    let options = ReplayOptions(capturePaths: ["a"], queueCount: 1)
    #expect(options.steering == .flow)
    #expect(options.ringMode == .exclusive)
    #expect(options.hostMode == .inline)
    #expect(options.frameLimit == 9216)
    #expect(options.copy == .auto)
    #expect(!options.vlanOffload)
    #expect(options.segmentByteCount == nil)
    #expect(options.loopCount == 1)
    #expect(options.packetLimit == nil)
    #expect(options.duration == nil)
    #expect(options.pace == .topSpeed)
    #expect(options.sink == .verify)
    #expect(options.drainTimeout == 5_000_000_000)
  }

  @Test("are named as the command line names them")
  func names() {
    #expect(Steering.allCases.map(\.rawValue) == ["flow", "cpu", "round-robin"])
    #expect(RingMode.allCases.map(\.rawValue) == ["exclusive", "ordered", "cooperative"])
    #expect(HostMode.allCases.map(\.rawValue) == ["inline", "threads"])
    #expect(CopyChoice.allCases.map(\.rawValue) == ["auto", "always", "never"])
  }

  @Test("trap with no queue, since parsing has refused it before")
  func noQueue() async {
    await #expect(processExitsWith: .failure) { _ = ReplayOptions(capturePaths: ["a"], queueCount: 0) }
  }

  @Test("trap with segments that no host could make", arguments: [0, 63, 9163])
  func impossibleSegments(byteCount: Int) async {
    await #expect(processExitsWith: .failure) { [byteCount] in
      _ = ReplayOptions(capturePaths: ["a"], queueCount: 1, segmentByteCount: byteCount)
    }
  }

  @Test("trap with an MTU that the device does not take")
  func impossibleMTU() async {
    await #expect(processExitsWith: .failure) {
      _ = ReplayOptions(capturePaths: ["a"], queueCount: 1, frameLimit: 9217)
    }
  }
}
