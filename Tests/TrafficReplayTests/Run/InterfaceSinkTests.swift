import NetVSC
import NetVSP
import NetworkInterface
import PacketCapture
import SharedMemory
import TestSupport
import Testing
import WireFormats

@testable import TrafficReplay

private let near = InterfaceName("near")!
private let far = InterfaceName("far")!
private let tap = InterfaceName("tap-a")!

@Suite("What a sink sends to an interface", .ownNetwork)
struct InterfaceSinkTests {
  private let sample = PackageFolders.firstRun

  /// Replays into one end of a pair, and receives at the other.
  private func replayToPair(
    _ paths: [String], mtu: Int = 1500, expecting count: Int,
    _ change: @escaping @Sendable (inout ReplayOptions) -> Void = { _ in }
  ) throws -> (result: ReplayResult, arrived: [[UInt8]]) {
    try TestNetwork.run {
      try TestNetwork.makePair("near", "far", mtu: mtu)
      let receiver = try PacketSocket(receivingFrom: far, bufferByteCount: 1 << 26)
      let result = replay(paths) {
        $0.sink = .interface(near)
        change(&$0)
      }
      return (result, try receiver.receive(atLeast: count))
    }
  }

  @Test("arrives frame by frame as it was captured, in order", arguments: HostMode.allCases)
  func interface(hostMode: HostMode) throws {
    let sent = try frames(of: sample)
    let (result, arrived) = try replayToPair([sample], expecting: sent.count) { $0.hostMode = hostMode }
    #expect(result.problems == [])
    #expect(ReplayStatus(of: result) == .complete)
    #expect(result.ledger.completed == Tally(packets: 2000, bytes: 823_047))
    #expect(result.host.delivered == result.ledger.completed)
    #expect(arrived == sent)
  }

  @Test("keeps each flow's order over several queues and senders", arguments: HostMode.allCases)
  func flows(hostMode: HostMode) throws {
    let sent = try frames(of: sample)
    let (result, arrived) = try replayToPair([sample], expecting: sent.count) {
      $0.queueCount = 2
      $0.sendersPerQueue = 2
      $0.ringMode = .cooperative
      $0.hostMode = hostMode
    }
    #expect(ReplayStatus(of: result) == .complete)
    #expect(arrived.count == sent.count)
    let flow = { (frame: [UInt8]) in FlowTuple(parsing: frame.span.bytes) }
    #expect(Dictionary(grouping: arrived, by: flow) == Dictionary(grouping: sent, by: flow))
  }

  @Test("has its tags and its large frames, lent or copied", arguments: CopyChoice.allCases)
  func generated(copy: CopyChoice) throws {
    let folder = try TemporaryFolder()
    let path = folder.path("generated.pcap")
    let plan = TrafficPlan(
      amount: .packets(500), sizes: try #require(FrameSizes("90-9000")), flowCount: 7, addressFamilies: .both,
      transports: .udp, vlan: 42)
    _ = try GeneratedCapture(of: plan, writingTo: path)
    let sent = try frames(of: path)
    let (result, arrived) = try replayToPair([path], mtu: 9000, expecting: sent.count) { $0.copy = copy }
    #expect(ReplayStatus(of: result) == .complete)
    #expect(arrived == sent)
  }

  @Test("arrives at a TAP interface, which is gone with the run")
  func tapInterface() throws {
    let sent = try frames(of: sample)
    let (results, arrived) = try TestNetwork.run {
      // The interface is there before, so that somebody can listen.
      try TestNetwork.ip("tuntap", "add", "tap-a", "mode", "tap")
      try TestNetwork.ip("link", "set", "tap-a", "up")
      let receiver = try PacketSocket(receivingFrom: tap, bufferByteCount: 1 << 26)
      let first = replay([sample]) { $0.sink = .tap(tap) }
      let arrived = try receiver.receive(atLeast: 2000)
      try TestNetwork.ip("link", "delete", "tap-a")
      let second = replay([sample]) { $0.sink = .tap(tap) }
      // It would be there already.
      try TestNetwork.ip("tuntap", "add", "tap-a", "mode", "tap")
      return ([first, second], arrived)
    }
    #expect(results.map { ReplayStatus(of: $0) } == [.complete, .complete])
    #expect(results.map(\.ledger.completed.packets) == [2000, 2000])
    #expect(arrived == sent)
  }

  @Test("lacks the frames above its MTU, and those alone; they have failed", arguments: HostMode.allCases)
  func frameTooLong(hostMode: HostMode) throws {
    let folder = try TemporaryFolder()
    let path = folder.path("sizes.pcap")
    let lengths = (0..<300).map { $0 % 10 == 3 ? 1515 + $0 : 60 + $0 }
    var writer = try CaptureWriter(path: path)
    for (index, length) in lengths.enumerated() {
      try writer.append(frame(length, number: index), timestamp: Int64(index))
    }
    try writer.close()
    let sent = try frames(of: path).filter { $0.count <= 1514 }
    let (result, arrived) = try replayToPair([path], expecting: sent.count) { $0.hostMode = hostMode }
    #expect(ReplayStatus(of: result) == .incomplete)
    #expect(result.failure == nil)
    #expect(result.ledger.failed.packets == 30)
    #expect(result.ledger.completed.packets == 270)
    #expect(result.host.delivered == result.ledger.completed)
    #expect(result.problems.first?.contains("interface:near: a frame is longer than its MTU allows") == true)
    #expect(arrived == sent)
  }

  /// A frame of a type that nobody answers.
  private func frame(_ byteCount: Int, number: Int) -> [UInt8] {
    [UInt8](repeating: 2, count: 12) + [0x88, 0xB5] + (14..<byteCount).map { UInt8(truncatingIfNeeded: $0 + number) }
  }

  @Test("is nothing where there is no interface that can send, and the run says so")
  func unusable() throws {
    let results = try TestNetwork.run {
      var results = [replay([sample]) { $0.sink = .interface(near) }]
      try TestNetwork.makePair("near", "far")
      results.append(replay([sample]) { $0.sink = .tap(near) })
      try TestNetwork.ip("link", "set", "far", "down")
      results.append(replay([sample]) { $0.sink = .interface(near) })
      try TestNetwork.ip("link", "set", "near", "down")
      results.append(replay([sample]) { $0.sink = .interface(near) })
      return results
    }
    for (result, part) in zip(results, ["no such interface", "no TAP interface", "no carrier", "is down"]) {
      #expect(ReplayStatus(of: result) == .inputOutputFailed)
      #expect(result.ledger.offered == .zero)
      #expect(result.problems.count == 1)
      #expect(result.problems[0].contains(part))
    }
  }

  @Test("is nothing that is shorter than a header; that frame fails, and the sink goes on")
  func runts() throws {
    let (isStopped, arrived) = try TestNetwork.run {
      try TestNetwork.makePair("near", "far")
      let receiver = try PacketSocket(receivingFrom: far, bufferByteCount: 1 << 20)
      let stop = RunStop()
      let terms = SinkTerms(
        patience: 0, stop: stop, isInterrupted: { false }, clock: .monotonic, sleep: WorkerThread.sleep)
      let sink = InterfaceSink(try PacketSocket(sendingTo: near), of: .interface(near), terms)
      for byteCount in 1..<14 {
        let frame = [UInt8](repeating: 2, count: byteCount)
        #expect(throws: SinkError("interface:near: a frame is shorter than an Ethernet header")) {
          try sink.deliver(frame.span.bytes, timestamp: 0)
        }
      }
      try sink.deliver(frame(60, number: 1).span.bytes, timestamp: 0)
      return (stop.isRequested, try receiver.receive(atLeast: 1))
    }
    #expect(!isStopped)
    #expect(arrived == [frame(60, number: 1)])
  }

  @Test("ends when its interface goes away meanwhile: all is accounted for, and nothing is sent that was not taken")
  func goesAway() throws {
    let (result, arrived) = try TestNetwork.run {
      try TestNetwork.makePair("near", "far")
      let receiver = try PacketSocket(receivingFrom: far, bufferByteCount: 1 << 26)
      let control = ReplayControl(senderCount: 1)
      let options = ReplayOptions(
        capturePaths: [sample], queueCount: 1, loopCount: 0, pace: .packets(Rate(20_000)), sink: .interface(near))
      let outcome = Outcome()
      let thread = try WorkerThread { outcome.set(ReplayRun(options, control: control).run()) }
      waitUntil { control.snapshot().completed.packets >= 1000 }
      try TestNetwork.ip("link", "set", "near", "down")
      thread.join()
      return (outcome.result, try receiver.receive(atLeast: 1))
    }
    #expect(ReplayStatus(of: result) == .inputOutputFailed)
    #expect(result.problems.first == "interface:near: it is down; bring it up with 'ip link set NAME up'")
    #expect(result.ledger.completed.packets >= 1000)
    #expect(result.imbalances == [])
    #expect(UInt64(arrived.count) == result.ledger.completed.packets)
  }
}

@Suite("A sink whose interface is busy")
struct BusyInterfaceTests {
  /// Takes a frame only after it was asked so often.
  private final class BusyPort: FramePort {
    let name = near
    private let refusals: Int
    let asked = Counter()

    init(refusals: Int) { self.refusals = refusals }

    func send(_ frame: RawSpan) throws(InterfaceError) {
      guard asked.next() % (refusals + 1) == 0 else { throw .busy }
    }
  }

  private let time = ManualClock(start: 0)

  private func sink(_ port: BusyPort, stop: RunStop, control: ReplayControl = ReplayControl(senderCount: 1))
    -> InterfaceSink<BusyPort>
  {
    let terms = SinkTerms(
      patience: 2_000_000_000, stop: stop, isInterrupted: { control.stopRequested }, clock: time.clock,
      sleep: { [time] in time.advance(by: $0) })
    return InterfaceSink(port, of: .interface(near), terms)
  }

  @Test("waits, counts it, and sends the frame once")
  func waits() throws {
    let port = BusyPort(refusals: 3)
    let stop = RunStop()
    let sink = sink(port, stop: stop)
    let frame = [UInt8](repeating: 0, count: 60)
    for _ in 0..<5 { try sink.deliver(frame.span.bytes, timestamp: 0) }
    #expect(sink.waitCount == 5)
    #expect(port.asked.value == 20)
    #expect(time.now > 0 && time.now < 2_000_000_000)
    #expect(!stop.isRequested)
  }

  @Test("gives the run up when nothing is taken for as long as a host may be silent, and does not wait again")
  func givesUp() throws {
    let port = BusyPort(refusals: .max - 1)
    let stop = RunStop()
    let sink = sink(port, stop: stop)
    let frame = [UInt8](repeating: 0, count: 60)
    for _ in 0..<3 { #expect(throws: (any Error).self) { try sink.deliver(frame.span.bytes, timestamp: 0) } }
    #expect(stop.failure == .sinkFailed("interface:near: it has no room for frames"))
    #expect(time.now >= 2_000_000_000 && time.now < 2_001_000_000)
  }

  @Test("does not wait once the run is interrupted")
  func interrupted() throws {
    let control = ReplayControl(senderCount: 1)
    control.requestStop()
    let sink = sink(BusyPort(refusals: .max - 1), stop: RunStop(), control: control)
    #expect(throws: (any Error).self) { try sink.deliver([UInt8](repeating: 0, count: 60).span.bytes, timestamp: 0) }
    #expect(time.now < 1_000_000)
  }
}
