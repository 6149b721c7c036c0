package import ArgumentParser
internal import PacketCapture
internal import TrafficReplay

/// `netvsc generate`.
package struct GenerateCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Writes a capture to try with.",
    discussion: """
      The capture is a pcap file of Ethernet with nanosecond time stamps: clients that send to servers, a packet of \
      each flow in turn. All lengths and checksums are right. A file of that name is replaced, as tcpdump does; - is \
      standard output. Memory does not grow with the capture. Ctrl-C leaves a valid capture of what was written; a \
      second one ends at once.

      EXAMPLES:
        netvsc generate mix.pcap
        netvsc generate --packets 1000000 --sizes 60 --flows 1000 small.pcap
        netvsc generate --sizes 64-1514 --ip both --protocol both --vlan 42 all.pcap
        netvsc generate --bytes 6GiB --seed 7 larger-than-memory.pcap
        netvsc generate --packets 5000 - | tshark -r -

      SIZES:
        imix is the simple Internet mix: of every 12 frames 7 have 64, 4 have 594
        and 1 has 1518 bytes on the wire, FCS included, which are 60, 590 and 1514
        bytes in the capture. Those without room for their headers are as long as
        these: 54 bytes for TCP over IPv4 (UDP: 42), 74 over IPv6 (UDP: 62), and 4
        more with a tag.

      ADDRESSES:
        Clients are in 198.18.0.0/15 and 2001:db8:0:1::/64, servers in
        192.0.2.0/24 and 2001:db8:0:2::/64, all reserved for documentation and
        tests. MAC addresses are locally administered. TCP connections are open
        already, and what the servers answer takes another way.

      EXIT CODES:
        0    all packets were written
        64   wrong usage
        74   the capture could not be written
        130  interrupted; the capture holds what was written until then
      """)

  @Argument(
    help: "The capture to write; - is standard output.", completion: .file(extensions: ["pcap"]))
  package var output: String

  @OptionGroup(title: "Packets")
  package var options: PlanOptions

  @Flag(help: "Does not say what was written.")
  package var quiet = false

  package init() {}

  private var isOnStandardOutput: Bool { output == CaptureWriter.standardOutputPath }

  package func validate() throws {
    guard !isOnStandardOutput || !OutputFile.standardOutput.isTerminal else {
      throw ValidationError("a capture is nothing to see on a terminal; name a file, or pipe it to a program")
    }
  }

  package func run() throws {
    Signals.ignoreBrokenPipes()
    let stop = StopRequest()
    Signals.stop { stop.make() }
    do {
      let capture = try GeneratedCapture(of: options.plan, writingTo: output, while: { !stop.isMade })
      try tell(capture)
      guard capture.isComplete else { throw ExitCode(ReplayStatus.interrupted.rawValue) }
    } catch let error as CaptureError {
      try fail(error)
    } catch let error as OutputError {
      try fail(error)
    }
  }

  private func tell(_ capture: GeneratedCapture) throws(OutputError) {
    let amount =
      "\(Readable.amount(capture.packetCount, of: "packet")) in \(Readable.amount(capture.byteCount, of: "byte"))"
    if !capture.isComplete {
      Console.report("interrupted; \(isOnStandardOutput ? "standard output" : output) holds \(amount)")
    } else if !quiet && !isOnStandardOutput {
      try OutputFile.standardOutput.write("\(Readable.line(output)): \(amount)\n")
    }
  }

  private func fail(_ error: any Error) throws {
    Console.report(Readable.line("\(error)"))
    throw ExitCode(ReplayStatus.inputOutputFailed.rawValue)
  }
}
