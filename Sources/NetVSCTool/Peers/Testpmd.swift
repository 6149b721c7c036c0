internal import Benchmarks
internal import Foundation

/// DPDK's testpmd, which forwards from a capture that it holds in memory: to nowhere, or to another of its kind through a
/// ring of shared memory.
struct Testpmd {
  /// How many of its periods, of a second each, are measured.
  private static let periodCount = 3
  /// How long it may take until then, in seconds: it starts in its own time.
  private static let patience = 30

  private let testpmd: OtherProgram
  private let capture: String

  /// Throws where it is missing.
  init(capture: String) throws(PeerError) {
    guard let testpmd = OtherProgram("dpdk-testpmd") else { throw PeerError("dpdk-testpmd is not installed") }
    // The capture is one of several values in one argument.
    guard !capture.contains(",") else { throw PeerError("dpdk-testpmd takes no path with a comma") }
    (self.testpmd, self.capture) = (testpmd, capture)
  }

  var peers: [ReplayPeer] {
    [
      ReplayPeer("dpdk-testpmd", to: "null", reporting: measureToNull),
      ReplayPeer("dpdk-testpmd", to: "memif", reporting: measureToMemif),
    ]
  }

  private func measureToNull() throws -> Double {
    let folder = try TemporaryFolder()
    let sender = try start("sender", core: 1, devices: [source, "net_null0,no-rx=1"], mode: "io", in: folder)
    // Port 0 is the capture.
    return try watch(sender, port: 1, .sent)
  }

  /// Each side has a core, and what counts is what arrives: testpmd drops what the ring has no room for.
  private func measureToMemif() throws -> Double {
    let folder = try TemporaryFolder()
    let socket = folder.url.appending(path: "memif").path
    let ring = "socket=\(socket),socket-abstract=no"
    let receiver = try start(
      "receiver", core: 0, devices: ["net_memif0,role=server,\(ring)"], mode: "rxonly", in: folder)
    let sender = try start(
      "sender", core: 1, devices: [source, "net_memif0,role=client,\(ring)"], mode: "io", in: folder)
    // The receiver is ended first: it does not outlive a sender that leaves it.
    defer { sender.interrupt() }
    return try watch(receiver, port: 0, .received)
  }

  private var source: String { "net_pcap0,rx_pcap=\(capture),infinite_rx=1" }

  /// One that forwards on `core`, does the rest on the other, and leaves what it leaves in `folder`.
  private func start(
    _ name: String, core: Int, devices: [String], mode: String, in folder: TemporaryFolder
  ) throws -> RunningProgram {
    try testpmd.start(
      ["-l", "0,1", "--main-lcore=\(1 - core)", "--no-huge", "-m", "512", "--no-pci"]
        + ["--file-prefix=\(name)"] + devices.map { "--vdev=\($0)" }
        + ["--", "--forward-mode=\(mode)", "--nb-cores=1", "--stats-period=1", "--disable-link-check"]
        + ["--total-num-mbufs=16384", "--mbuf-size=10240"],
      variables: ["RUNTIME_DIRECTORY": folder.url.path])
  }

  /// Lets it run until there are enough periods, and ends it.
  private func watch(
    _ running: RunningProgram, port: Int, _ direction: PeerOutput.TestpmdDirection
  ) throws -> Double {
    defer { running.interrupt() }
    for _ in 0..<10 * Self.patience where running.isRunning {
      let rates = PeerOutput.testpmdRates(try running.outputSoFar(), port: port, direction)
      if rates.count >= Self.periodCount { return Samples(rates).median }
      usleep(100_000)
    }
    let reason = running.isRunning ? "nothing moved" : try running.outcome().output.lastLine
    throw PeerError("dpdk-testpmd measured nothing: \(reason)")
  }
}
