import NetVSC
import SharedMemory
import TestSupport
import Testing
import VMBusRing
import WireFormats

@Suite("A device")
struct DeviceTests {
  @Test("says farewell in order, and nothing after", arguments: [1, 3])
  func farewell(queueCount: Int) throws {
    let bench = try GuestBench { $1.queueCount = queueCount }
    // What the guest sends when nobody serves any more: the two revocations need no answer.
    var unread: [GuestPacket] = []
    let host = bench.host
    host.amend = { host, step, honest in
      if step == .control(.halt) { host.onAttend = { _, _ in } }
      return honest
    }
    let primary = bench.channel()
    bench.device.close()
    unread = try primary.takeAll()
    let farewell = host.log[bench.opening.count...] + unread
    let messages = farewell.filter { $0.type != .completion }
    try #require(messages.count == 4)
    #expect(messages[0].carried == ExpectedPacket.halves([5, 32, 1, 0x0001_010E, 4, 20, 0, 0]))
    #expect(messages[1].carried == ExpectedPacket.halves([3, 12, 2]))
    #expect(Array(messages[2].payload[..<8]) == ExpectedPacket.halves([103, 0xCAFE]))
    #expect(Array(messages[3].payload[..<8]) == ExpectedPacket.halves([106, 0xFACE]))
    #expect(farewell.last?.messageType == .revokeSendBuffer)
    #expect(host.closings == Array((0..<queueCount).reversed()))
    #expect(host.leftovers == [])
  }

  @Test("closes once")
  func twice() throws {
    let bench = try GuestBench()
    bench.device.close()
    let packets = bench.host.log.count
    bench.device.close()
    #expect(bench.host.log.count == packets)
    #expect(bench.host.closings == [0])
  }

  @Test("closes when it is dropped")
  func dropped() throws {
    let host = try ScriptedHost()
    var device: Device? = try Device.open(host.offer, GuestBench.configuration(clock: host.clock))
    #expect(device?.queueCount == 1)
    device = nil
    #expect(host.closings == [0])
    #expect(host.leftovers == [])
    #expect(host.log.contains { $0.carried.first == 3 }, "HALT was sent")
  }

  @Test("can be opened again on the same offer", arguments: [1, 4])
  func again(queueCount: Int) throws {
    let host = try ScriptedHost()
    var configuration = GuestBench.configuration(clock: host.clock)
    configuration.queueCount = queueCount
    for round in 1...3 {
      let device = try Device.open(host.offer, configuration)
      #expect(device.queueCount == queueCount)
      device.close()
      #expect(host.closings.count == round * queueCount)
      #expect(host.leftovers == [])
    }
  }

  @Test("closes without a word while the primary queue's sender is out, which can still finish")
  func senderOut() throws {
    let bench = try GuestBench()
    var sender = try bench.device.makeSender(queue: 0)
    try sender.publish([Frames.golden])
    bench.device.close()
    #expect(bench.host.log.count == bench.opening.count, "nobody can speak for it")
    #expect(bench.host.leftovers == [])
    // The sender's memory is its own until it is done: frames go nowhere, and nothing traps.
    _ = try sender.send(Frames.golden)
    let expected = SenderError.rescinded("the device was closed")
    #expect(throws: expected) { try sender.flush() }
    #expect(throws: expected) { try sender.poll() }
    let counters = sender.finish().counters
    #expect(counters.lost == PacketCount(2, 120))
    #expect(counters.balances)
  }

  @Test("says farewell while the sender of a sub-channel is out")
  func subchannelSenderOut() throws {
    let bench = try GuestBench { $1.queueCount = 2 }
    var sender = try bench.device.makeSender(queue: 1)
    bench.device.close()
    #expect(bench.host.log.contains { $0.carried.first == 3 }, "HALT was sent")
    #expect(bench.host.closings == [1, 0])
    _ = try sender.send(Frames.golden)
    #expect(throws: SenderError.rescinded("the device was closed")) { try sender.flush() }
    #expect(sender.finish().counters.lost == PacketCount(1, 60))
  }

  @Test("closes when the host is gone")
  func hostGone() throws {
    let bench = try GuestBench { $1.queueCount = 2 }
    let start = bench.clock.now
    bench.host.bus.channels[0].rescind(because: "unplugged")
    bench.device.close()
    #expect(bench.clock.now == start, "a host that went away is not waited for")
    #expect(bench.host.closings == [1, 0])
    #expect(bench.host.leftovers == [])
  }

  @Test(
    "closes when the host goes away in the middle of the farewell",
    arguments: [
      ScriptedHost.Step.set(.currentPacketFilter), .control(.halt),
    ])
  func hostGoesAway(step: ScriptedHost.Step) throws {
    let bench = try GuestBench { $1.queueCount = 2 }
    let start = bench.clock.now
    bench.host.amend = { host, met, honest in
      guard met == step else { return honest }
      host.bus.channels[0].rescind(because: "unplugged")
      return []
    }
    bench.device.close()
    #expect(bench.clock.now == start, "a host that went away is not waited for")
    #expect(bench.host.closings == [1, 0])
    #expect(bench.host.leftovers == [])
  }

  @Test("closes when the host does not answer any more, after the time for one answer")
  func hostSilent() throws {
    let bench = try GuestBench()
    bench.host.onAttend = { _, _ in }
    let start = bench.clock.now
    bench.device.close()
    #expect(bench.clock.now - start == 5_000_000_000)
    #expect(bench.host.leftovers == [])
  }

  @Test("gives each queue to one sender at a time")
  func oneSender() throws {
    let bench = try GuestBench { $1.queueCount = 2 }
    let first = try bench.device.makeSender(queue: 0)
    let other = try bench.device.makeSender(queue: 1)
    #expect(throws: DeviceError.queueTaken(0)) { _ = try bench.device.makeSender(queue: 0) }
    #expect(throws: DeviceError.queueTaken(-1)) { _ = try bench.device.makeSender(queue: -1) }
    #expect(throws: DeviceError.queueTaken(2)) { _ = try bench.device.makeSender(queue: 2) }
    _ = first.finish()
    _ = try bench.device.makeSender(queue: 0).finish()
    _ = other.finish()
  }
}
