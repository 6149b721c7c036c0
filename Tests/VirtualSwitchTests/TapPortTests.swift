import NetVSC
import NetVSP
import NetworkInterface
import SharedMemory
import TestSupport
import Testing
import VirtualSwitch

private let tap = InterfaceName("tap-a")!

@Suite("A TAP port", .ownNetwork)
struct TapPortTests {
  @Test("lets what guests send arrive, and has what the system sends")
  func bothWays() throws {
    let sent = (0..<100).map { frame(60 + $0, number: $0) }
    let (arrived, received) = try TestNetwork.run {
      let port = try TapPort("tap-a")
      let inside = try PacketSocket(receivingFrom: tap, bufferByteCount: 1 << 20)
      try send(sent, to: port)
      let arrived = try inside.receive(atLeast: sent.count)
      let sender = try PacketSocket(sendingTo: tap)
      for frame in sent { try sender.send(frame.span.bytes) }
      return (arrived, try receive(sent.count, from: port))
    }
    #expect(arrived == sent)
    #expect(received == sent)
  }

  @Test("lets TCP segments arrive as one frame, or as they are", arguments: [true, false])
  func joins(joinsSegments: Bool) throws {
    let segments = (0..<3).map { number in
      var segment = TestFrame()
      segment.payload = [UInt8](repeating: UInt8(number), count: 1000)
      segment.sequenceNumber = UInt32(1000 * number)
      segment.flags = TestFrame.ackFlag
      return segment.bytes()
    }
    let arrived = try TestNetwork.run {
      let port = try TapPort("tap-a", joinsSegments: joinsSegments)
      let inside = try PacketSocket(receivingFrom: tap, bufferByteCount: 1 << 20)
      try send(segments, to: port)
      return try inside.receive(atLeast: joinsSegments ? 1 : 3)
    }
    guard joinsSegments else {
      #expect(arrived == segments)
      return
    }
    let payload = segments.flatMap { $0.suffix(1000) }
    #expect(arrived.map(\.count) == [54 + payload.count])
    #expect(arrived.first.map { Array($0.suffix(payload.count)) } == payload)
  }

  @Test("says in one line why it cannot be opened, and whether a frame is too long")
  func failures() throws {
    #expect(throws: PortError("tap:a/b: this can be no interface's name; give 1 to 15 bytes", isForbidden: false)) {
      _ = try TapPort("a/b")
    }
    let failures = try TestNetwork.run {
      let port = try TapPort("tap-a")
      var failures: [String] = []
      do throws(PortError) { _ = try TapPort("tap-a") } catch { failures.append("\(error)") }
      try TestNetwork.ip("link", "set", "tap-a", "down")
      do throws(SinkError) {
        try port.deliver(frame(60).span.bytes, timestamp: 0)
      } catch {
        failures.append("\(error)")
      }
      return failures
    }
    #expect(
      failures == [
        "tap:tap-a: another program has this TAP interface; end that, or choose another name",
        "tap:tap-a: it is down; bring it up with 'ip link set NAME up'",
      ])
  }

  private func send(_ frames: [[UInt8]], to port: TapPort) throws {
    let host = try Host(HostConfiguration(execution: .inline, sink: .frames(port)))
    let device = try Device.open(host.offer)
    var sender = try device.makeSender(queue: 0)
    for frame in frames { #expect(try sender.send(frame.span.bytes) == .taken) }
    #expect(try sender.drain(timeout: 5_000_000_000))
    #expect(sender.finish().counters.completed.packets == UInt64(frames.count))
    device.close()
  }

  private func receive(_ count: Int, from port: TapPort) throws -> [[UInt8]] {
    var frames: [[UInt8]] = []
    var buffer = PrivateBytes(byteCount: 2048)
    while frames.count < count {
      var span = buffer.mutableSpan(buffer.byteCount)
      if let byteCount = try port.receive(into: &span) {
        frames.append(buffer.copy(0..<byteCount))
      } else if !port.wait(timeout: 1_000_000_000) {
        break
      }
    }
    return frames
  }
}
