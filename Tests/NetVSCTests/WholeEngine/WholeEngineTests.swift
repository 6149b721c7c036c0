import NetVSC
import NetVSP
import SharedMemory
import Synchronization
import TestSupport
import Testing
import VMBusRing
import WireFormats

/// Chance in all that there is to choose: the host, the sizes of everything, who sends, and what.
@Suite("The whole engine")
struct WholeEngineTests {
  private static let scenarioCount = LongTests.areWanted ? 400 : 24

  @Test("delivers what was offered, flow by flow in order, and gives back what was lent", arguments: 0..<scenarioCount)
  func scenario(number: Int) throws {
    var chance = SeededGenerator(for: "whole engine \(number)")
    let scenario = Scenario(using: &chance)
    let sink = FlowSink(flowCount: scenario.flowCount)
    var hosting = HostConfiguration(execution: scenario.execution, sink: .frames(sink))
    hosting.sectionByteCount = scenario.hostSectionByteCount
    hosting.ringMapping = scenario.mapping
    hosting.readsPrivateMemory = scenario.isPrivateMemoryRead
    let host = try Host(hosting)
    let device = try Device.open(host.offer, scenario.configuration)
    #expect(device.queueCount == scenario.configuration.queueCount)
    let outcomes = Mutex<[RandomFlow.Outcome]>([])
    let seed = chance.next()
    try runConcurrently(scenario.flowCount) { flow in
      let outcome = RandomFlow.run(flow, of: scenario, on: device, seed: seed &+ UInt64(flow))
      outcomes.withLock { $0.append(outcome) }
    }
    let isClosed = device.close(timeout: 20_000_000_000)
    #expect(isClosed)
    let statistics = host.statistics()
    host.shutDown()
    #expect(statistics.problem == nil, "\(scenario)")
    #expect(statistics.total.violations == 0)
    for outcome in outcomes.withLock({ $0 }) {
      #expect(outcome.problem == nil, "\(scenario)")
      #expect(outcome.counters.balances)
      #expect(outcome.counters.completed.packets + outcome.counters.refused.packets == outcome.counters.offered.packets)
      #expect(outcome.counters.unknownCompletions == 0)
      #expect(outcome.returned.allSatisfy { $0 == 1 }, "each frame that was lent comes back once")
      #expect(sink.history(of: outcome.flow) == outcome.expected, "flow \(outcome.flow) of \(scenario)")
    }
  }
}

/// How the device and its host are set up.
struct Scenario: Sendable, CustomStringConvertible {
  var configuration = DeviceConfiguration()
  var execution = HostExecution.inline
  var mapping = RingMapping.double
  var hostSectionByteCount: Int?
  var isPrivateMemoryRead = false
  var frameCount = 60

  var flowCount: Int { configuration.queueCount * configuration.sendersPerQueue }

  init(using chance: inout SeededGenerator) {
    func any<Value>(_ values: [Value]) -> Value { values[Int(chance.next() % UInt64(values.count))] }
    execution = any([.inline, .threads])
    mapping = any([.double, .single])
    hostSectionByteCount = any([nil, 72, 256, 1600, 6144])
    configuration.queueCount = any([1, 1, 2, 3])
    configuration.sendersPerQueue = any([1, 2, 8])
    configuration.ringMode = any(configuration.sendersPerQueue == 1 ? RingMode.allCases : [.ordered, .cooperative])
    configuration.ringByteCount = any([2, 3, 4, 16]) * 4096
    configuration.sectionsPerQueue = any([1, 2, 8, 64])
    configuration.spareSections = any([0, 1, 8])
    configuration.packetsPerMessage = any([1, 2, 8, 64])
    configuration.largeBuffersPerQueue = any([0, 1, 4])
    configuration.lentFramesPerQueue = any([1, 4, 64])
    configuration.frameByteCount = any([1514, 9216])
    configuration.copyThreshold = any([0, 500, 3072])
    isPrivateMemoryRead = any([true, false])
  }

  var description: String {
    "\(execution), \(mapping), sections of \(hostSectionByteCount ?? 0), private memory \(isPrivateMemoryRead), \(configuration)"
  }
}

/// What came of one flow: how many frames, and a number that depends on every byte of them and on their order.
struct FlowHistory: Equatable, Sendable {
  private var frameCount = 0
  private var digest: UInt64 = 0

  mutating func append(_ frame: RawSpan) {
    frameCount += 1
    digest = digest &* 0x9E37_79B9_7F4A_7C15 &+ FrameDigest.hash(frame)
  }
}

/// Keeps the history of each flow, which the last byte of a frame's destination address names.
private final class FlowSink: FrameSink {
  static let flowByteOffset = 5
  private let histories: Mutex<[FlowHistory]>

  init(flowCount: Int) { histories = Mutex(Array(repeating: FlowHistory(), count: flowCount)) }

  func history(of flow: Int) -> FlowHistory { histories.withLock { $0[flow] } }

  func deliver(_ frame: RawSpan, timestamp: Int64) throws(SinkError) {
    let flow = Int(frame.unsafeLoad(fromByteOffset: Self.flowByteOffset, as: UInt8.self))
    let isKnown = histories.withLock { histories in
      guard histories.indices.contains(flow) else { return false }
      histories[flow].append(frame)
      return true
    }
    if !isKnown { throw SinkError("a frame of flow \(flow)") }
  }
}
