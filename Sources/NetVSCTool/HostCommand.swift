package import ArgumentParser
internal import Foundation
package import TrafficReplay

/// `netvsc host`.
package struct HostCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "host",
    abstract: "Serves devices to guests in other processes.",
    discussion: """
      Listens at a Unix socket, which only this user may open, and gives each guest that connects a device with a host \
      of its own; all share the sink. Frames pass through memory that both processes map, and through nothing else. A \
      guest that dies leaves its counts behind, and one that breaks a rule is not served any longer. Up to 16 guests \
      are served at a time, or one with --receive; others wait, 5 seconds at most. Ctrl-C, SIGTERM and SIGHUP end the host \
      with a line of totals; guests are told so, and may wait until a host is there again. A second signal ends it at \
      once, without totals and JSON.

      EXAMPLES:
        netvsc host --socket /tmp/netvsc --sink verify
        netvsc replay --device /tmp/netvsc capture.pcap
        netvsc host --socket /tmp/netvsc --sink pcap:all.pcap --once --json host.json
        sudo netvsc host --socket /run/netvsc --sink tap:tap0 --receive

      EXIT CODES:
        0    it was to serve one guest, and did
        1    with --once: the guest broke a rule, or the sink did not take a frame
        64   wrong usage
        70   an internal fault: no thread could be started
        74   the socket, the sink or the file of --json cannot be used
        77   no permission for the socket, or to send to an interface
        130  ended by a signal, after telling the totals
      """)

  @Option(
    help: ArgumentHelp(
      "Where it listens. The socket of a host that died is replaced.", valueName: "path"),
    completion: .file())
  package var socket: String

  @Option(
    help: ArgumentHelp(
      "What it does with frames: null drops them, verify takes digests, pcap:FILE writes a nanosecond capture, interface:NAME sends them from an interface, tap:NAME lets them arrive at a TAP interface, made where there is none of that name.",
      valueName: "sink"),
    transform: OptionText.sink)
  package var sink: SinkChoice

  @Flag(help: "Gives the guest what the system sends through the TAP interface of --sink tap:NAME.")
  package var receive = false

  @Flag(help: "Ends when its first guest has gone.")
  package var once = false

  @Option(
    help: ArgumentHelp(
      "Writes what was counted as JSON (schema netvsc.host/1) when it ends; - is standard output.", valueName: "file"),
    completion: .file())
  package var json: ReportDestination?

  @Flag(help: "Does not say who comes and goes, nor which rule a guest broke.")
  package var quiet = false

  package init() {}

  package func validate() throws {
    if receive {
      guard case .tap = sink else { throw ValidationError("--receive needs --sink tap:NAME, where frames come from") }
    }
    guard !sink.takesStandardOutput || json != .standardOutput else {
      throw ValidationError("--sink pcap:- and --json - would both write to standard output; name a file")
    }
    guard case .file(let path)? = json else { return }
    var used = [socket]
    if case .pcap(let capture) = sink { used.append(capture) }
    if let clash = used.first(where: { $0 == path || FileIdentity.same($0, path) }) {
      throw ValidationError("--json would write over \(clash), which is in use already; name another file")
    }
  }

  package func run() throws {
    Signals.ignoreBrokenPipes()
    let status = serve()
    guard status == .complete else { throw ExitCode(status.rawValue) }
  }

  private func serve() -> ReplayStatus {
    let file: ReportFile?
    do {
      file = try ReportFile(json)
    } catch {
      Console.report("\(error); no guest was served")
      return .inputOutputFailed
    }
    // Each guest brings many.
    DescriptorLimit.raise()
    let stop = StopRequest()
    Signals.stop { stop.make() }
    let options = HostOptions(socketPath: socket, sink: sink, receives: receive, onlyOne: once)
    let run = HostRun(options, isStopRequested: { stop.isMade }) { [quiet] line in
      if !quiet { Console.report(Readable.line(line)) }
    }
    let result = run.run()
    if let failure = result.failure { Console.report(Readable.line(failure.text)) }
    if result.guestCount > 0 || result.failure == nil { Console.report(Readable.line(result.totals)) }
    do {
      try file?.write(JSONText.of(HostRunReport(result)))
    } catch {
      Console.report("\(error)")
      return .inputOutputFailed
    }
    return result.status
  }
}
