import NetVSC
import SharedMemory
import TestSupport
import Testing
import VMBusRing
import WireFormats

@Suite("The doorbell")
struct SignallingTests {
  @Test("stays silent while the host looks by itself", arguments: RingMode.allCases)
  func masked(mode: RingMode) throws {
    let bench = try GuestBench(ringMode: mode)
    var sender = try bench.device.makeSender(queue: 0)
    for round in 1...10 as ClosedRange<UInt64> {
      try sender.publish(Frames.numbered(0..<3))
      #expect(sender.counters.signals == 0)
      #expect(sender.counters.signalsElided == round)
      try bench.complete(try bench.takeAll())
      try sender.poll()
    }
    #expect(!bench.channel().channel.toHost.wait(timeout: 0))
    _ = sender.finish()
  }

  @Test("rings once for a burst to an idle host, and not again before it is idle again", arguments: RingMode.allCases)
  func idle(mode: RingMode) throws {
    let bench = try GuestBench(ringMode: mode)
    var sender = try bench.device.makeSender(queue: 0)
    let channel = bench.channel()
    for round in 1...10 as ClosedRange<UInt64> {
      let hasPackets = try channel.unmask()
      #expect(!hasPackets)
      try sender.publish(Frames.numbered(0..<20))
      #expect(sender.counters.signals == round)
      #expect(channel.channel.toHost.wait(timeout: 0))
      // The host has not looked yet: it will find these too.
      try sender.publish(Frames.numbered(20..<25))
      #expect(sender.counters.signals == round)
      #expect(sender.counters.signalsElided == round)
      #expect(!channel.channel.toHost.wait(timeout: 0))
      channel.mask()
      let packets = try bench.takeAll()
      #expect(packets.count == 25)
      try bench.complete(packets)
      try sender.poll()
    }
    _ = sender.finish()
  }

  @Test("rings for an acknowledgement too, when the host is idle")
  func acknowledgement() throws {
    let bench = try GuestBench()
    var sender = try bench.device.makeSender(queue: 0)
    _ = try bench.channel().unmask()
    try bench.host.send(.received([], transactionID: 1, channelType: .data, ranges: []), on: bench.channel())
    try sender.poll()
    #expect(sender.counters.signals == 1)
    #expect(bench.channel().channel.toHost.wait(timeout: 0))
    _ = sender.finish()
  }

  @Test("is not rung for what does not fit")
  func full() throws {
    let bench = try GuestBench(ringByteCount: 2 * 4096)
    var sender = try bench.device.makeSender(queue: 0)
    _ = try bench.channel().unmask()
    try sender.publish(Frames.numbered(0..<64))
    #expect(sender.counters.messages == 63)
    #expect(bench.channel().channel.toHost.wait(timeout: 0))
    for _ in 0..<5 { try sender.flush() }
    #expect(sender.counters.signals == 1)
    #expect(sender.counters.signalsElided == 0, "nothing was published")
    #expect(!bench.channel().channel.toHost.wait(timeout: 0))
    _ = sender.finish()
  }
}
