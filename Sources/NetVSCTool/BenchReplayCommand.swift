package import ArgumentParser
internal import Benchmarks

/// `netvsc bench replay`.
package struct BenchReplayCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Measures how fast a capture is replayed, beside the limit of copying it.",
    discussion: """
      The copy limit is what one core does that copies each frame of the capture once, and nothing else. The replays \
      send the same frames into a null sink: with the host on each sender's core, and on a core of its own. '--peers' \
      lets other programs send the same capture in the same rounds, as far as they are installed: tcpreplay to a virtual \
      interface in a network of its own, for which it must be root, and DPDK's testpmd to nowhere and to another process.

      EXAMPLES:
        netvsc bench replay capture.pcap
        sudo netvsc bench replay --peers capture.pcap
      """)

  @Argument(help: ArgumentHelp("The capture.", valueName: "capture"), completion: .file())
  private var capture: String

  @Flag(help: "Measures tcpreplay and dpdk-testpmd in turn with our own replays.")
  private var peers = false

  @OptionGroup private var options: BenchOptions

  package init() {}

  package func run() throws {
    try options.report { machine, announce in
      try ReplayBenchmark(
        capture: capture, roundCount: options.quick ? 1 : 7, passes: options.quick ? 2 : 1500,
        peers: peers ? availablePeers : []
      ).run(on: machine, announce: announce)
    }
  }

  /// Those that can run here; why the others cannot is reported.
  private var availablePeers: [ReplayPeer] {
    var peers: [ReplayPeer] = []
    for find in [{ [try Tcpreplay(capture: capture).peer] }, { try Testpmd(capture: capture).peers }] {
      do {
        peers += try find()
      } catch {
        Console.report("left out: \(error)")
      }
    }
    return peers
  }
}
