import NetVSP
import Synchronization
import TestSupport
import Testing
import VMBusRing
import WireFormats

@Suite struct FrameReceiverTests {
  @Test(
    "a sink that fails: the message fails, the problem is reported, later frames still go", arguments: HostVariant.all)
  func failingSink(variant: HostVariant) throws {
    let sink = CollectingSink(refusing: [1])
    let host = try variant.host(sink: .frames(sink))
    let guest = try ScriptedGuest(settingUp: host.offer)
    for index in 0..<3 as Range<UInt8> {
      let message = rndisPacket([index])
      guest.fill(section: UInt32(index), message)
      try guest.send(section: UInt32(index), byteCount: message.count)
    }
    let completions = try (0..<3).map { _ in try guest.primary.await()?.status }
    #expect(completions == [.success, .failure, .success])
    guest.primary.close()
    #expect(sink.frames == [[0], [2]])
    let statistics = host.statistics()
    #expect(statistics.sinkFailure == "the disk is full")
    #expect(statistics.problem == "the sink failed: the disk is full")
    #expect(statistics.total.receivedPackets == 3)
    #expect(statistics.total.deliveredPackets == 2)
    #expect(statistics.total.failures == 1)
    #expect(statistics.total.violations == 0)
  }

  @Test("frames behind a refused one of the same message are not delivered")
  func refusedInTheMiddle() throws {
    let sink = CollectingSink(refusing: [1])
    let host = try Host(HostConfiguration(execution: .inline, sink: .frames(sink)))
    let guest = try ScriptedGuest(settingUp: host.offer)
    let message = [[1], [2], [3]].flatMap { rndisPacket($0, alignment: 8) }
    guest.fill(section: 0, message)
    try guest.send(section: 0, byteCount: message.count)
    #expect(try guest.primary.await()?.status == .failure)
    #expect(sink.frames == [[1]])
    #expect(host.statistics().total.receivedPackets == 3)
    #expect(host.statistics().total.deliveredPackets == 1)
  }

  @Test("a sink is told when the frames of a step are over, and what fails then is reported")
  func flushes() throws {
    let sink = GatheringSink()
    let host = try Host(HostConfiguration(execution: .inline, sink: .frames(sink)))
    let guest = try ScriptedGuest(settingUp: host.offer)
    for index in 0..<2 as Range<UInt8> {
      let message = rndisPacket([index])
      guest.fill(section: UInt32(index), message)
      try guest.send(section: UInt32(index), byteCount: message.count)
    }
    #expect(try guest.primary.awaitAll().count == 2)
    #expect(sink.gathered == 0)
    #expect(sink.flushed == [2])
    #expect(host.statistics().sinkFailure == "nothing goes on")
    #expect(host.statistics().total.deliveredPackets == 2)
  }

  @Test("frames are stamped by the clock that was given, those of one message alike")
  func timestamps() throws {
    let sink = CollectingSink()
    var configuration = HostConfiguration(execution: .inline, sink: .frames(sink))
    let clock = SteppingClock()
    configuration.wallClock = { clock.next() }
    let guest = try ScriptedGuest(settingUp: try Host(configuration).offer)
    let message = rndisPacket([1], alignment: 8) + rndisPacket([2])
    guest.fill(section: 0, message)
    try guest.send(section: 0, byteCount: message.count)
    try guest.send(section: 0, byteCount: message.count)
    _ = try guest.primary.awaitAll()
    #expect(sink.timestamps == [100, 100, 200, 200])
  }

  @Test("neither counting nor verifying needs a sink, and only verifying gives a digest")
  func countsAlike() throws {
    for sink in [HostSink.null, .verify] {
      let host = try Host(HostConfiguration(execution: .inline, sink: sink))
      let guest = try ScriptedGuest(settingUp: host.offer)
      guest.fill(section: 0, GoldenVectors.aggregateImage.bytes)
      try guest.send(section: 0, byteCount: 248)
      _ = try guest.primary.awaitAll()
      let total = host.statistics().total
      #expect(total.receivedPackets == 2 && total.receivedBytes == 121)
      #expect(total.deliveredPackets == 2 && total.deliveredBytes == 121)
      if case .null = sink { #expect(total.digest == 0) } else { #expect(total.digest != 0) }
    }
  }
}

/// Gathers frames, and cannot pass them on.
private final class GatheringSink: FrameSink {
  private let state = Mutex<(gathered: Int, flushed: [Int])>((0, []))

  var gathered: Int { state.withLock(\.gathered) }
  /// How many frames there were each time, unless there were none.
  var flushed: [Int] { state.withLock(\.flushed) }

  func deliver(_ frame: RawSpan, timestamp: Int64) { state.withLock { $0.gathered += 1 } }

  func flush() throws(SinkError) {
    let count = state.withLock { state in
      defer { state.gathered = 0 }
      if state.gathered > 0 { state.flushed.append(state.gathered) }
      return state.gathered
    }
    if count > 0 { throw SinkError("nothing goes on") }
  }
}
