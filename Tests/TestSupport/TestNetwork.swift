internal import Foundation
package import NetworkInterface
internal import SharedMemory
internal import Synchronization
package import Testing

/// Networks of a test's own, in which nobody speaks but the test.
package enum TestNetwork {
  /// Runs `body` on a thread that sees nothing but such a network, as do the programs and threads that it starts.
  package static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) throws -> Value {
    let outcome = Mutex<Result<Value, any Error>?>(nil)
    try runConcurrently(1) { _ in
      let result = Result {
        try NetworkNamespace.leave()
        silenceIPv6()
        return try body()
      }
      outcome.withLock { $0 = result }
    }
    guard let result = outcome.withLock(\.self) else { preconditionFailure("the thread has ended") }
    return try result.get()
  }

  /// IPv6 speaks on its own as soon as an interface is up.
  private static func silenceIPv6() {
    for scope in ["all", "default"] {
      try? Data("1".utf8).write(to: URL(filePath: "/proc/sys/net/ipv6/conf/\(scope)/disable_ipv6"))
    }
  }

  /// Makes a pair of interfaces: what is sent into one arrives at the other.
  package static func makePair(_ first: String, _ second: String, mtu: Int = 1500) throws {
    try ip("link", "add", first, "mtu", "\(mtu)", "type", "veth", "peer", "name", second, "mtu", "\(mtu)")
    for end in [first, second] { try ip("link", "set", end, "up") }
    // The system notices a carrier a moment after the interface is up: later, where it is busy.
    for end in [first, second] { waitUntil { hasCarrier(end) } }
  }

  private static func hasCarrier(_ name: String) -> Bool {
    guard let name = InterfaceName(name) else { return false }
    do throws(InterfaceError) {
      _ = try PacketSocket(sendingTo: name)
      return true
    } catch {
      return error != .noCarrier
    }
  }

  /// Runs `ip` of iproute2. Throws what it says when it fails.
  package static func ip(_ arguments: String...) throws {
    let output = try Peer("ip").run(arguments)
    guard output.status == 0 else { throw Failure(description: "ip \(arguments): \(output.standardError)") }
  }

  package struct Failure: Error, CustomStringConvertible {
    package let description: String
  }

  /// Whether this user may make one.
  package static let isPossible: Bool = {
    Peer.isInstalled("ip") && (try? run { true }) == true
  }()
}

extension Trait where Self == ConditionTrait {
  /// The test needs a network of its own. Where that is not permitted it is skipped, unless peers are required.
  package static var ownNetwork: Self {
    .enabled(if: TestNetwork.isPossible || Peer.areRequired, "no permission for a network of its own, or no 'ip'")
  }
}

extension PacketSocket {
  /// The next `count` frames, and those that are there beyond them; fewer where no more come for a second.
  package func receive(atLeast count: Int) throws -> [[UInt8]] {
    try Frames.receive(atLeast: count, wait: wait) { buffer throws(InterfaceError) in try self.receive(into: &buffer) }
  }
}

extension TapDevice {
  /// As above.
  package func receive(atLeast count: Int) throws -> [[UInt8]] {
    try Frames.receive(atLeast: count, wait: wait) { buffer throws(InterfaceError) in try self.receive(into: &buffer) }
  }
}

private enum Frames {
  static func receive(
    atLeast count: Int, wait: (UInt64) -> Bool,
    next: (inout MutableRawSpan) throws(InterfaceError) -> ReceivedFrame?
  ) throws -> [[UInt8]] {
    var frames: [[UInt8]] = []
    var buffer = PrivateBytes(byteCount: 1 << 17)
    while true {
      var span = buffer.mutableSpan(buffer.byteCount)
      if let frame = try next(&span) {
        frames.append(buffer.copy(frame.range))
      } else if frames.count >= count || !wait(1_000_000_000) {
        return frames
      }
    }
  }
}

/// An Ethernet frame of so many bytes, of a type that nobody answers; or of those that begin with its type.
package func frame(_ byteCount: Int, number: Int = 0, type: [UInt8] = [0x88, 0xB5]) -> [UInt8] {
  let header = Array(repeating: UInt8(2), count: 12) + type
  return header + (header.count..<byteCount).map { UInt8(truncatingIfNeeded: $0 + number) }
}
