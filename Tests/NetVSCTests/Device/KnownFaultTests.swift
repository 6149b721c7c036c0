import NetVSC
import NetVSP
import TestSupport
import Testing
import VMBusRing
import WireFormats

/// What guests and hosts of other makers were found to do wrong in their control plane, each named by its report.
@Suite("Faults of other guests and hosts")
struct KnownFaultTests {
  @Test(
    "a sub-channel whose rings the host cannot have does not hold up the device, and leaves nothing (WSL 41474, 41622)",
    arguments: 1...3)
  func failedSubchannel(first refused: Int) throws {
    let bench = try GuestBench(ringByteCount: 4 * 4096, sectionsPerQueue: 8) { host, configuration in
      configuration.queueCount = 4
      host.closedDoors = Set(refused...3)
    }
    #expect(bench.device.queueCount == refused)
    #expect(bench.clock.now == ManualClock().now, "nobody waited for the channel")
    // Handles 1 to 3 are the primary rings and the buffers; each sub-channel's rings have one.
    let handles = (1...8).filter { (try? bench.host.bus.pages(ofGPADL: $0)) != nil }
    #expect(handles == Array(1...UInt32(refused + 2)), "the rings of the one that failed are given back at once")
    for queue in 0..<refused {
      var sender = try bench.device.makeSender(queue: queue)
      try sender.publish([Frames.golden])
      try bench.complete(try bench.takeAll(queue))
      try sender.poll()
      #expect(sender.finish().counters.completed == PacketCount(1, 60))
    }
    bench.device.close()
    #expect(bench.host.leftovers == [])
  }

  @Test("acknowledgements that found the ring full go out once there is room (LIS 562, azure-linux-kernel 36, 42)")
  func fullRing() throws {
    let host = try ScriptedHost()
    var configuration = GuestBench.configuration(clock: host.clock)
    configuration.ringByteCount = 2 * 4096
    // Each acknowledgement takes 32 of the ring's 4096 bytes, so that these do not fit by far.
    let packetCount = 300
    var sent = 0
    host.onAttend = { host, channel in
      // Nothing of the guest's is taken before all of them are sent.
      for _ in 0..<50 where sent < packetCount {
        try host.send(.received([UInt8](repeating: 0, count: 20), transactionID: UInt64(1000 + sent)), on: channel)
        sent += 1
      }
      host.clock.advance(by: 1)
      if sent == packetCount { try host.serve(channel) }
    }
    let device = try Device.open(host.offer, configuration)
    #expect(device.protocolVersion == "NVSP 6.1")
    let acknowledged = host.log.filter { $0.type == .completion }.map(\.transactionID).filter { $0 >= 1000 }
    #expect(acknowledged == (0..<packetCount).map { UInt64(1000 + $0) }, "each once, in order")
    device.close()
    #expect(host.leftovers == [])
  }

  @Test("no request has the id 0, which hosts do not answer, nor one that data can have (Linux, of 2022)")
  func transactionIDs() throws {
    let bench = try GuestBench { $1.queueCount = 4 }
    bench.device.close()
    let asking = bench.host.log.filter { $0.type != .completion && $0.descriptor.completionRequested }
    #expect(asking.count > 12)
    for packet in asking {
      #expect(packet.transactionID != 0)
      #expect(UInt32(truncatingIfNeeded: packet.transactionID) == 0, "ids of data have a slot here, counted from 1")
    }
    #expect(Set(bench.opening.filter { $0.descriptor.completionRequested }.map(\.transactionID)).count > 12)
    for packet in bench.host.log where !packet.descriptor.completionRequested && packet.type != .completion {
      #expect(packet.transactionID == ExpectedPacket.noAnswer)
    }
  }

  @Test("a guest that asks for more queues than its host has gets all of them (openvmm 2430)", arguments: [1, 2, 8])
  func subchannelLimit(channelCount: Int) throws {
    var hosting = HostConfiguration(execution: .inline)
    hosting.maximumChannelCount = channelCount
    let host = try Host(hosting)
    var configuration = DeviceConfiguration()
    configuration.queueCount = 64
    configuration.sectionsPerQueue = 1
    configuration.ringByteCount = 2 * 4096
    let device = try Device.open(host.offer, configuration)
    #expect(device.queueCount == channelCount)
    device.close()
    #expect(host.statistics().problem == nil)
  }

  @Test("a table that sends everything to one queue is followed (LIS 363)")
  func oneSidedTable() throws {
    let bench = try GuestBench { host, configuration in
      configuration.queueCount = 4
      host.terms.indirectionTable = { _ in [UInt32](repeating: 2, count: 16) }
    }
    for hash in 0..<64 as Range<UInt32> { #expect(bench.device.flowSteering.queue(forFlowHash: hash) == 2) }
  }

  @Test("a guest that leaves takes nothing with it: its rings are empty after HALT (openvmm 1873, 1949)")
  func emptyRings() throws {
    let bench = try GuestBench { $1.queueCount = 2 }
    let rings = [bench.channel(0), bench.channel(1)]
    bench.device.close()
    for ring in rings {
      while try ring.take() != nil {}
      for view in [ring.guestToHost, ring.hostToGuest] {
        #expect(view.ring.readIndex.loadRelaxed() == view.ring.writeIndex.loadRelaxed())
      }
    }
  }
}
