import NetworkInterface
import TestSupport
import Testing

private let tap = InterfaceName("tap-a")!

@Suite("A TAP device", .ownNetwork)
struct TapDeviceTests {
  @Test("makes its interface, through which frames go both ways as they are, and takes it away")
  func bothWays() throws {
    let sent = (0..<100).map { frame(60 + $0, number: $0) }
    let (arrived, received, isGone) = try TestNetwork.run {
      var device: TapDevice? = try TapDevice(tap)
      let inside = try PacketSocket(receivingFrom: tap, bufferByteCount: 1 << 20)
      for frame in sent { try device?.send(frame.span.bytes) }
      let arrived = try inside.receive(atLeast: sent.count)
      let sender = try PacketSocket(sendingTo: tap)
      for frame in sent { try sender.send(frame.span.bytes) }
      let received = try device?.receive(atLeast: sent.count)
      device = nil
      return (arrived, received, !exists(tap))
    }
    #expect(arrived == sent)
    #expect(received == sent)
    #expect(isGone)
  }

  @Test("attaches to an interface that is there, and leaves it")
  func persistent() throws {
    let (received, remains) = try TestNetwork.run {
      try TestNetwork.ip("tuntap", "add", "tap-a", "mode", "tap")
      try TestNetwork.ip("link", "set", "tap-a", "up")
      let inside = try PacketSocket(receivingFrom: tap, bufferByteCount: 1 << 20)
      try TapDevice(tap).send(frame(60).span.bytes)
      return (try inside.receive(atLeast: 1), exists(tap))
    }
    #expect(received == [frame(60)])
    #expect(remains)
  }

  @Test("says why it cannot, or cannot any more")
  func failures() throws {
    let failures = try TestNetwork.run {
      try TestNetwork.makePair("near", "far")
      try TestNetwork.ip("tuntap", "add", "tap-a", "mode", "tap")
      var failures = [opening(near), opening(tap)]
      try TestNetwork.ip("link", "set", "tap-a", "up")
      let device = try TapDevice(tap)
      failures.append(opening(tap))
      func send() {
        do throws(InterfaceError) {
          try device.send(frame(60).span.bytes)
          failures.append(nil)
        } catch {
          failures.append(error)
        }
      }
      send()
      try TestNetwork.ip("link", "set", "tap-a", "down")
      send()
      try TestNetwork.ip("link", "delete", "tap-a")
      send()
      return failures
    }
    #expect(failures == [.isNoTAP, .down, .inUse, nil, .down, .missing])
  }

  private func opening(_ name: InterfaceName) -> InterfaceError? {
    do throws(InterfaceError) {
      _ = try TapDevice(name)
      return nil
    } catch {
      return error
    }
  }

  private func exists(_ name: InterfaceName) -> Bool {
    do throws(InterfaceError) {
      _ = try PacketSocket(receivingFrom: name, bufferByteCount: 4096)
      return true
    } catch {
      return error != .missing
    }
  }
}
