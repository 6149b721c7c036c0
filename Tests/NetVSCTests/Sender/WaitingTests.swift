import NetVSC
import SharedMemory
import TestSupport
import Testing
import VMBusRing
import WireFormats

@Suite("Waiting for the host")
struct WaitingTests {
  @Test("of a sender runs a host without threads", arguments: RingMode.allCases)
  func inline(mode: RingMode) throws {
    let bench = try GuestBench(ringMode: mode)
    var sender = try bench.device.makeSender(queue: 0)
    try sender.publish([Frames.golden])
    let attendances = bench.host.attendances
    try sender.wait(timeout: 1_000_000)
    #expect(bench.host.attendances == attendances + 1)
    #expect(sender.counters.waits == 1)
    let completed = try sender.poll()
    #expect(completed == 1)
    _ = sender.finish()
  }

  @Test("of a sender asks a host with threads to ring, and no longer than it sleeps")
  func threaded() throws {
    let host = try ScriptedHost(runsInline: false)
    let device = try Device.open(host.offer, GuestBench.configuration(clock: host.clock))
    var sender = try device.makeSender(queue: 0)
    let ring = host.channels[0]!.hostToGuest.ring
    var masks: [UInt32] = []
    host.onAttend = { _, _ in masks.append(ring.interruptMask.loadRelaxed()) }
    let start = host.clock.now
    try sender.wait(timeout: 777)
    #expect(host.clock.now - start == 777)
    #expect(masks == [0])
    #expect(ring.interruptMask.loadRelaxed() == 1)
    _ = sender.finish()
    device.close()
  }

  @Test("does not happen when there is something to poll")
  func nothingToWaitFor() throws {
    let host = try ScriptedHost(runsInline: false)
    let device = try Device.open(host.offer, GuestBench.configuration(clock: host.clock))
    var sender = try device.makeSender(queue: 0)
    let channel = host.channels[0]!
    let attendances = host.attendances
    try host.send(.completion(of: 0, payload: []), on: channel)
    try sender.wait(timeout: 777)
    #expect(host.attendances == attendances)
    try sender.poll()
    #expect(sender.counters.completions == 1)
    _ = sender.finish()
    device.close()
  }

  @Test("until all is completed ends as soon as it is", arguments: RingMode.allCases, [true, false])
  func drains(mode: RingMode, runsInline: Bool) throws {
    let bench = try GuestBench(ringMode: mode, runsInline: runsInline, ringByteCount: 2 * 4096)
    var sender = try bench.device.makeSender(queue: 0)
    let start = bench.clock.now
    for number in 0..<200 {
      while try sender.send(Frames.numbered(number)) == .wouldBlock {
        try sender.wait(timeout: 1_000_000)
        try sender.poll()
      }
    }
    let drained = try sender.drain(timeout: 1_000_000_000)
    #expect(drained)
    #expect(bench.clock.now == start, "the host was never idle")
    #expect(bench.host.log.filter(\.isFrame).map { $0.frame?.first } == (0..<200).map { UInt8($0) })
    let account = sender.finish()
    #expect(account.counters.completed == PacketCount(200, 12000))
    #expect(account.counters.balances)
    #expect(account.times.lastCompletion == start)
  }

  @Test(
    "ends at its deadline, and what is in flight then is lost",
    arguments: [0, 1, 50_000_000, 1_234_567_890] as [UInt64])
  func deadline(timeout: UInt64) throws {
    let bench = try GuestBench()
    var sender = try bench.device.makeSender(queue: 0)
    for number in 0..<10 { _ = try sender.send(Frames.numbered(number)) }
    // A host that completes three and then nothing more, and lets time pass.
    var completed = 0
    bench.host.onAttend = { host, channel in
      while completed < 3, let packet = try host.take(from: channel) {
        try host.send(host.complete(packet), on: channel)
        completed += 1
      }
    }
    let start = bench.clock.now
    let drained = try sender.drain(timeout: timeout)
    #expect(!drained)
    #expect(bench.clock.now - start == timeout)
    let inFlight = timeout == 0 ? 10 : 7
    #expect(sender.inFlightCount == inFlight)
    let counters = sender.finish().counters
    #expect(counters.lost == PacketCount(UInt64(inFlight), UInt64(inFlight) * 60))
    #expect(counters.published == PacketCount(10, 600))
    #expect(counters.balances)
  }

  @Test("of nothing ends at once")
  func nothing() throws {
    let bench = try GuestBench()
    var sender = try bench.device.makeSender(queue: 0)
    let attendances = bench.host.attendances
    let drained = try sender.drain(timeout: .max)
    #expect(drained)
    #expect(bench.host.attendances == attendances)
    _ = sender.finish()
  }

  @Test("ends when the host goes away", arguments: [true, false])
  func rescinded(runsInline: Bool) throws {
    let bench = try GuestBench(runsInline: runsInline)
    var sender = try bench.device.makeSender(queue: 0)
    try sender.publish([Frames.golden])
    bench.host.onAttend = { host, channel in channel.channel.rescind(because: "unplugged") }
    #expect(throws: SenderError.rescinded("unplugged")) { _ = try sender.drain(timeout: .max) }
    #expect(sender.finish().counters.lost == PacketCount(1, 60))
  }
}
