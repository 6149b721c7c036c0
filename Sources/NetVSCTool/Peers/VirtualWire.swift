internal import Benchmarks
internal import Foundation
internal import NetworkInterface
internal import TrafficReplay

/// A pair of virtual interfaces in a network of this program's own: what is sent into one arrives at the other, and
/// nothing else does.
struct VirtualWire {
  private static let mtu = 9216

  let pair: PaceBenchmark.Pair

  /// Moves the calling thread, and what it starts, into that network for good.
  init() throws {
    guard let ip = OtherProgram("ip") else { throw PeerError("ip (iproute2) is not installed") }
    guard let sending = InterfaceName("sending"), let receiving = InterfaceName("receiving") else {
      preconditionFailure("these are names of interfaces")
    }
    do {
      try NetworkNamespace.leave()
    } catch {
      throw PeerError("a network of its own: \(error.advice)")
    }
    // Interfaces speak IPv6 on their own. Where it is not there, it is silent.
    try? Data("1".utf8).write(to: URL(filePath: "/proc/sys/net/ipv6/conf/default/disable_ipv6"))
    let (mtu, first, second) = ("\(Self.mtu)", sending.description, receiving.description)
    try ip.succeed(["link", "add", first, "mtu", mtu, "type", "veth", "peer", "name", second, "mtu", mtu])
    for end in [first, second] { try ip.succeed(["link", "set", end, "up"]) }
    pair = PaceBenchmark.Pair(sending: sending, receiving: receiving)
  }
}

extension OtherProgram {
  /// Runs it, and throws what it says where it fails.
  @discardableResult
  func succeed(_ arguments: [String]) throws -> Outcome {
    let outcome = try run(arguments)
    guard outcome.status == 0 else {
      throw PeerError("'\(name) \(arguments.joined(separator: " "))' failed: \(outcome.errors.firstLine)")
    }
    return outcome
  }
}

extension PaceSender {
  /// tcpreplay, as it is without options about time.
  static func tcpreplay(_ program: OtherProgram, to interface: InterfaceName) -> PaceSender {
    PaceSender(peer: "tcpreplay") { assignment in
      let pace =
        switch assignment.pace {
        case .timed(let speed): "--multiplier=\(speed)"
        case .packets(let rate): "--pps=\(rate)"
        case .topSpeed, .megabits: preconditionFailure("paces are compared in packets or in time")
        }
      try program.succeed([
        "--intf1", interface.description, pace, "--preload-pcap", "--loop", "\(assignment.passCount)", "--limit",
        "\(assignment.due.count)", assignment.capture,
      ])
    }
  }
}
