package import ArgumentParser
internal import PacketCapture
package import TrafficReplay

/// `netvsc replay`.
package struct ReplayCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Replays captures through VMBus rings and accounts for every packet.",
    discussion: """
      Reads pcap and pcapng files of Ethernet frames, as they are or compressed by gzip, bzip2, xz or zstd, puts every \
      frame into a ring of one of the queues, and waits for the host's completions. No byte of a frame is changed \
      unless that is asked for, but for TCP frames above the MTU: the host cuts these into segments. Ctrl-C stops \
      sending, drains and reports; a second one ends at once, and leaves the files of --json and --report as they \
      were. SIGTERM and SIGHUP do the same.

      EXAMPLES:
        netvsc replay capture.pcap
        netvsc replay --queues 4 --loop 1000 --sink null capture.pcap
        netvsc replay --loop 0 --duration 10 --json result.json capture.pcap
        netvsc replay --pps 10000 --report result.html capture.pcap
        netvsc replay --queues 1 --sink pcap:copy.pcap capture.pcap
        sudo netvsc replay --pps 1000 --sink interface:eth1 capture.pcap
        sudo netvsc replay --timed --sink tap:tap0 capture.pcap
        netvsc replay --pps 10000 --loop 0 --duration 60 capture.pcap
        netvsc replay --timed --speed 10 capture.pcap
        netvsc replay --filter 'udp port 53' --packets 1-1000 capture.pcap
        netvsc replay --loop 1000 --vary flows capture.pcap
        netvsc replay --merge --timed inside.pcap outside.pcap
        netvsc replay --queues 2 --senders-per-queue 4 --host threads capture.pcap
        netvsc replay --ethernet 02:00:00:00:00:01,02:00:00:00:00:02 any.pcap.gz
        tcpdump -i eth0 -U -w - | netvsc replay --timed -
        netvsc replay --device /tmp/netvsc --loop 0 --reconnect 60 capture.pcap
        netvsc replay --fault die:1000 --drain-timeout 1 capture.pcap

      FAULTS:
        What --fault makes the built-in host do. Each channel counts its messages,
        which carry up to eight packets; without a number they are those named here.
        subchannel:1    sub-channels from this one on do not open
        silent:0        after so many messages nothing is completed
        fail:0          after so many messages all are completed with failure
        hang:0          after so many messages nothing is read any more
        die:0           after so many messages the host goes away
        slow:64         nothing is completed before so many messages are there, or
                        were looked for in vain; then the latest first
        duplicate:0     after so many messages each is completed twice
        foreign:0       after so many messages ids are completed that none has
        no-large-sends  no TCP frame is cut into segments
        old             only the first version of the protocol is known: one queue,
                        frames of 1514 bytes, no tags beside frames

      EXIT CODES:
        0    all packets were completed
        1    some were refused, failed or lost, or there was nothing to send
        64   wrong usage, a filter that does not fit a capture included
        65   a capture is damaged, is none, or has a link type that cannot be sent
        66   a capture is missing, a directory, or not readable
        69   the host went away, or completed nothing while there was no room; with
             --device, none listens there, or it refused
        70   an internal fault: the ledger or the digest does not balance
        74   a sink or an output could not be written, an interface is not up, or the
             socket cannot be used
        77   no permission to send to an interface, or for the host's socket
        130  interrupted, after draining and reporting
      """)

  @Argument(
    help: "The captures to send, one after the other unless --merge is given; - is standard input.",
    completion: .file(extensions: ["pcap", "pcapng", "cap", "gz", "bz2", "xz", "zst"]))
  package var captures: [String]

  @OptionGroup(title: "Channel")
  package var channel: ChannelOptions

  @OptionGroup(title: "Traffic")
  package var traffic: TrafficOptions

  @OptionGroup(title: "Choice")
  package var choice: ChoiceOptions

  @OptionGroup(title: "Pace")
  package var pace: PaceOptions

  @OptionGroup(title: "Output")
  package var output: OutputOptions

  package init() {}

  /// Refuses to write over what is read: opening an output empties it.
  package func validate() throws {
    let toStandardOutput = [
      ("--sink pcap:-", channel.sink.takesStandardOutput), ("--json -", output.json == .standardOutput),
      ("--report -", output.report == .standardOutput),
    ].filter(\.1).map(\.0)
    guard toStandardOutput.count < 2 else {
      throw ValidationError(
        "\(toStandardOutput[0]) and \(toStandardOutput[1]) would both write to standard output; name a file")
    }
    let fromStandardInput = captures.count { $0 == CaptureReader.standardInputPath }
    guard fromStandardInput <= 1 else {
      throw ValidationError("- is given more than once, and standard input can be read only once; name files")
    }
    guard fromStandardInput == 0 || !StandardStreams.standardInputIsTerminal else {
      throw ValidationError("- is a terminal, which gives no capture; pipe one in, or name a file")
    }
    // Standard input may be a file as well, which has this name.
    var read = captures.map { $0 == CaptureReader.standardInputPath ? "/dev/stdin" : $0 }
    for (option, path) in outputFiles {
      if let clash = read.first(where: { FileIdentity.same($0, path) }) {
        throw ValidationError("\(option) would write over \(clash), which is in use already; name another file")
      }
      read.append(path)
    }
  }

  /// The options that name a file to write, and the file.
  private var outputFiles: [(option: String, path: String)] {
    var files: [(String, String)] = []
    if case .pcap(let path) = channel.sink, !channel.sink.takesStandardOutput { files.append(("--sink", path)) }
    if case .file(let path) = output.json { files.append(("--json", path)) }
    if case .file(let path) = output.report { files.append(("--report", path)) }
    return files
  }

  /// What the arguments ask for.
  package var options: ReplayOptions {
    ReplayOptions(
      capturePaths: captures, queueCount: channel.queueCount, sendersPerQueue: channel.sendersPerQueue,
      steering: channel.steer, ringMode: channel.ringMode, hostMode: channel.hostMode, frameLimit: channel.mtu,
      copy: channel.copy, vlanOffload: traffic.vlanOffload, segmentByteCount: traffic.mss, loopCount: traffic.loop,
      packetLimit: traffic.limit > 0 ? traffic.limit : nil,
      duration: traffic.duration.nanoseconds > 0 ? traffic.duration.nanoseconds : nil, pace: pace.pace,
      sink: channel.sink,
      drainTimeout: traffic.drainTimeout.nanoseconds, faults: channel.fault, ethernet: traffic.ethernet,
      selection: choice.selection, padsTruncated: choice.pad, variation: choice.vary, mergesCaptures: choice.merge,
      devicePath: channel.device, reconnectTimeout: channel.reconnect.nanoseconds)
  }

  package func run() throws {
    let status = ReplaySession(options: options, output: output).run()
    guard status == .complete else { throw ExitCode(status.rawValue) }
  }
}
