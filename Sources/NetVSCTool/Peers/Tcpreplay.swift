internal import Benchmarks
internal import Foundation

/// tcpreplay, which sends through the kernel: into one end of a pair of virtual interfaces, in a network of its own that
/// nothing leaves.
struct Tcpreplay {
  private static let passCount = 100

  private let tcpreplay: OtherProgram
  private let ip: OtherProgram
  private let capture: String

  /// Throws where something is missing.
  init(capture: String) throws(PeerError) {
    guard let tcpreplay = OtherProgram("tcpreplay") else { throw PeerError("tcpreplay is not installed") }
    guard let ip = OtherProgram("ip") else { throw PeerError("ip (iproute2), which tcpreplay needs, is not installed") }
    guard geteuid() == 0 else { throw PeerError("tcpreplay needs root, for a network of its own") }
    (self.tcpreplay, self.ip, self.capture) = (tcpreplay, ip, capture)
  }

  var peer: ReplayPeer { ReplayPeer("tcpreplay", to: "veth", reporting: measure) }

  private func measure() throws -> Double {
    let network = "netvsc-bench-\(getpid())"
    try ip.succeed(["netns", "add", network])
    defer { _ = try? ip.run(["netns", "delete", network]) }
    try ip.succeed(["-netns", network, "link", "add", "sending", "type", "veth", "peer", "name", "receiving"])
    for interface in ["sending", "receiving"] {
      try ip.succeed(["-netns", network, "link", "set", interface, "mtu", "9216", "up"])
    }
    let outcome = try ip.succeed(
      [
        "netns", "exec", network, tcpreplay.path, "--topspeed", "--preload-pcap", "--loop", "\(Self.passCount)",
        "--intf1", "sending", capture,
      ])
    guard let rate = PeerOutput.tcpreplayRate(outcome.output + outcome.errors) else {
      throw PeerError("tcpreplay told no rate")
    }
    return rate
  }
}
