import NetworkInterface
import SharedMemory
import TestSupport
import Testing

let near = InterfaceName("near")!
let far = InterfaceName("far")!

@Suite("A packet socket", .ownNetwork)
struct PacketSocketTests {
  @Test("sends frames that arrive at the other end as they were, in order and stamped")
  func frames() throws {
    let sent = (0..<200).map { frame(14 + $0 * 7, number: $0) }
    let (received, timestamps) = try TestNetwork.run {
      try TestNetwork.makePair("near", "far")
      let receiver = try PacketSocket(receivingFrom: far, bufferByteCount: 1 << 22)
      let sender = try PacketSocket(sendingTo: near)
      for frame in sent { try sender.send(frame.span.bytes) }
      var frames: [[UInt8]] = []
      var timestamps: [Int64] = []
      var buffer = PrivateBytes(byteCount: 4096)
      while frames.count < sent.count, receiver.wait(timeout: 1_000_000_000) {
        var span = buffer.mutableSpan(4096)
        guard let frame = try receiver.receive(into: &span) else { continue }
        #expect(frame.byteCount == frame.range.count)
        timestamps.append(frame.timestamp)
        frames.append(buffer.copy(frame.range))
      }
      return (frames, timestamps)
    }
    #expect(received == sent)
    #expect(timestamps == timestamps.sorted())
    #expect(abs(MonotonicClock.wallClockNanoseconds() - timestamps[0]) < 60_000_000_000)
  }

  @Test("gives tags back that the kernel takes out of frames", arguments: [[0x81, 0x00], [0x88, 0xA8]] as [[UInt8]])
  func tags(type: [UInt8]) throws {
    let sent = [frame(60), frame(64, type: type + [0x20, 0x2A, 0x88, 0xB5]), frame(1514, type: type + [0, 1, 8, 0])]
    let received = try TestNetwork.run {
      try TestNetwork.makePair("near", "far")
      let receiver = try PacketSocket(receivingFrom: far, bufferByteCount: 1 << 20)
      let sender = try PacketSocket(sendingTo: near)
      for frame in sent { try sender.send(frame.span.bytes) }
      return try receiver.receive(atLeast: sent.count)
    }
    #expect(received == sent)
  }

  @Test("cuts a frame that finds too little room, and tells its length")
  func cut() throws {
    let received = try TestNetwork.run {
      try TestNetwork.makePair("near", "far")
      let receiver = try PacketSocket(receivingFrom: far, bufferByteCount: 1 << 20)
      try PacketSocket(sendingTo: near).send(frame(100).span.bytes)
      var buffer = PrivateBytes(byteCount: 64)
      guard receiver.wait(timeout: 1_000_000_000) else { return nil as (ReceivedFrame, [UInt8])? }
      var span = buffer.mutableSpan(64)
      return try receiver.receive(into: &span).map { ($0, buffer.copy($0.range)) }
    }
    #expect(received?.0.byteCount == 100)
    #expect(received?.1 == Array(frame(100).prefix(60)))
  }

  @Test("counts what it had no room for, once")
  func drops() throws {
    let (received, drops) = try TestNetwork.run {
      try TestNetwork.makePair("near", "far")
      let receiver = try PacketSocket(receivingFrom: far, bufferByteCount: 4096)
      let sender = try PacketSocket(sendingTo: near)
      for number in 0..<500 { try sender.send(frame(1000, number: number).span.bytes) }
      let received = try receiver.receive(atLeast: 1).count
      return (received, try (receiver.takeDropCount(), receiver.takeDropCount()))
    }
    #expect(received > 0)
    #expect(UInt64(received) + drops.0 == 500)
    #expect(drops.1 == 0)
  }

  @Test("says why an interface takes nothing")
  func failures() throws {
    let failures = try TestNetwork.run {
      var failures = [failure { () throws(InterfaceError) in _ = try PacketSocket(sendingTo: near) }]
      try TestNetwork.makePair("near", "far")
      let sender = try PacketSocket(sendingTo: near)
      func send(_ byteCount: Int) {
        failures.append(failure { () throws(InterfaceError) in try sender.send(frame(byteCount).span.bytes) })
      }
      send(1515)
      send(1514)
      try TestNetwork.ip("link", "set", "far", "down")
      // The system notices a moment later.
      for _ in 0..<200 where failure({ () throws(InterfaceError) in _ = try PacketSocket(sendingTo: near) }) == nil {
        WorkerThread.sleep(20_000_000)
      }
      send(60)
      failures.append(failure { () throws(InterfaceError) in _ = try PacketSocket(sendingTo: near) })
      try TestNetwork.ip("link", "set", "near", "down")
      send(60)
      failures.append(failure { () throws(InterfaceError) in _ = try PacketSocket(sendingTo: near) })
      try TestNetwork.ip("link", "delete", "near")
      send(60)
      return failures
    }
    #expect(failures == [.missing, .frameTooLong, nil, .noCarrier, .noCarrier, .down, .down, .missing])
  }

  private func failure(_ body: () throws(InterfaceError) -> Void) -> InterfaceError? {
    do throws(InterfaceError) {
      try body()
      return nil
    } catch {
      return error
    }
  }
}
