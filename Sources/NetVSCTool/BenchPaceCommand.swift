package import ArgumentParser
internal import Benchmarks
internal import Foundation
internal import NetworkInterface
internal import TrafficReplay

/// `netvsc bench pace`.
package struct BenchPaceCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "pace",
    abstract: "Measures how well a pace is kept, beside tcpreplay and a loop that spins.",
    discussion: """
      Packets of 60 bytes are sent at 1,000, 10,000 and 100,000 a second, and a capture at its own times, from one end of \
      a pair of virtual interfaces, and what arrives at the other end is stamped there by the kernel. The pair is in a \
      network of its own, which takes root (or 'unshare -rn') and iproute2. Senders take turns: our replay through the \
      rings, tcpreplay where it is installed, and a loop in C that spins until each packet is due.

      A gap error is by how much the gap between two arrivals differs from the gap between the times at which they were \
      due, to either side. Beside it are told the mean rate, packets that did not arrive, and stray ones. The ratio \
      'gap-error' is what our 99th percentile may be, 1.5 times that of the loop or a tenth of that of tcpreplay, \
      whichever is more, divided by what it is; 'rate' is how near the mean rate comes to what was asked for.

      EXAMPLES:
        sudo netvsc bench pace
        sudo netvsc bench pace --seconds 5 --rounds 3 --speed 10 capture.pcap
        sudo netvsc bench pace --json -
      """)

  @Argument(
    help: ArgumentHelp("A capture to send at the times that its time stamps tell.", valueName: "capture"),
    completion: .file())
  private var capture: String?

  @Option(
    help: ArgumentHelp("With a capture: so many times faster (default: 10).", valueName: "factor"),
    transform: OptionText.rate)
  private var speed = Rate(10)

  @Option(
    help: ArgumentHelp("How long each sender keeps each of the rates (default: 20).", valueName: "seconds"),
    transform: OptionText.seconds)
  private var seconds = Seconds(nanoseconds: 20_000_000_000)

  @Option(
    help: ArgumentHelp("How often the senders take turns (default: 1).", valueName: "n"),
    transform: OptionText.wholeNumber(in: 1...1000))
  private var rounds = 1

  @OptionGroup private var options: BenchOptions

  package init() {}

  package func run() throws {
    try options.report { machine, announce in
      let folder = try TemporaryFolder()
      let wire = try VirtualWire()
      return try PaceBenchmark(
        wire.pair, folder: folder.url.path, seconds: options.quick ? 0.1 : Double(seconds.nanoseconds) / 1e9,
        timed: capture.map { ($0, speed) }, roundCount: rounds, others: others(wire)
      ).run(on: machine, announce: announce)
    }
  }

  /// Those that can run here; why the others cannot is reported.
  private func others(_ wire: VirtualWire) -> [PaceSender] {
    guard let tcpreplay = OtherProgram("tcpreplay") else {
      Console.report("left out: tcpreplay is not installed")
      return []
    }
    return [.tcpreplay(tcpreplay, to: wire.pair.sending)]
  }
}
