package import ArgumentParser
internal import Foundation
package import NetVSC
package import TrafficReplay

/// How the device is opened, and what is at its other end.
package struct ChannelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Sub-channels, from 1 to 64 (default: one for each online CPU, at most 64). By flow at most 16 of them get packets: the host's table has so many entries.",
      valueName: "n"),
    transform: OptionText.wholeNumber(in: ReplayOptions.queueCounts))
  var queues: Int?

  @Option(
    help: ArgumentHelp(
      "Who runs the built-in host: each queue's sender, in turn with sending, or threads of its own (default: inline).",
      valueName: "mode"))
  var host: HostMode?

  @Option(
    help: ArgumentHelp(
      "Sends to the host in another process that listens there, that of 'netvsc host --socket PATH', in place of the built-in one. What becomes of frames is that host's affair.",
      valueName: "path"),
    completion: .file())
  package var device: String?

  @Option(
    help: ArgumentHelp(
      "With --device: when the host goes away, waits so long for it to come back, and goes on with the next packets; what was in flight is lost. 0 gives the run up at once (default: 0).",
      valueName: "seconds"),
    transform: OptionText.seconds)
  package var reconnect = Seconds(nanoseconds: 0)

  @Option(
    help: ArgumentHelp(
      "How a packet finds its queue: by its flow's hash, by the sender's CPU, or in turn.",
      valueName: "method"))
  package var steer: Steering = .flow

  @Option(
    help: ArgumentHelp(
      "Senders that share each queue, each on a thread of its own, from 1 to 64; flows are shared out among them, so that each keeps its order (default: 1).",
      valueName: "n"),
    transform: OptionText.wholeNumber(in: ReplayOptions.senderCounts))
  package var sendersPerQueue = 1

  @Option(
    help: ArgumentHelp(
      "Who may write to a ring: one sender without compare-and-swap, several that publish in order, or several that publish for each other (default: exclusive with one sender, cooperative with more).",
      valueName: "mode"))
  package var ringMode: RingMode?

  @Option(
    help: ArgumentHelp(
      "The largest frame the device takes, from 1514 to 9216; larger ones are refused, TCP in one piece excepted (default: 9216).",
      valueName: "bytes"),
    transform: OptionText.wholeNumber(in: ReplayOptions.frameLimits))
  package var mtu = 9216

  @Option(
    help: ArgumentHelp(
      "Which frames are copied into the send buffer: the short ones, all that fit, or none (default: auto).",
      valueName: "choice"))
  package var copy: CopyChoice = .auto

  @Option(
    name: .customLong("sink"),
    help: ArgumentHelp(
      "What the built-in host does with frames: null drops them, verify compares digests with the sender's, pcap:FILE writes a nanosecond capture, pcap:- to standard output, interface:NAME sends them from an interface, tap:NAME lets them arrive at a TAP interface, made for the run where there is none of that name (default: verify).",
      valueName: "sink"),
    transform: OptionText.sink)
  var sinkChoice: SinkChoice?

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Makes the built-in host misbehave, to see what comes of it: see FAULTS above. May be given several times.",
      valueName: "kind[:n]"),
    transform: OptionText.fault)
  package var fault: [HostFault] = []

  package init() {}

  package func validate() throws {
    if device != nil {
      let excluded = [("--host", host != nil), ("--sink", sinkChoice != nil), ("--fault", !fault.isEmpty)]
        .filter(\.1).map(\.0)
      guard excluded.isEmpty else {
        throw ValidationError(
          "\(excluded.joined(separator: ", ")) \(excluded.count == 1 ? "is" : "are") for the built-in host, and --device sends to another one"
        )
      }
    } else if reconnect.nanoseconds > 0 {
      throw ValidationError("--reconnect is for --device: the built-in host does not come back")
    }
    guard sendersPerQueue == 1 || ringMode != .exclusive else {
      throw ValidationError(
        "--ring-mode exclusive is for one sender a queue; give ordered or cooperative with --senders-per-queue \(sendersPerQueue)"
      )
    }
  }

  package var sink: SinkChoice { sinkChoice ?? .verify }

  /// A host in another process has threads of its own.
  package var hostMode: HostMode { device == nil ? host ?? .inline : .threads }

  package var queueCount: Int {
    let allowed = ReplayOptions.queueCounts
    return queues ?? min(max(ProcessInfo.processInfo.activeProcessorCount, allowed.lowerBound), allowed.upperBound)
  }
}

extension Steering: ExpressibleByArgument {}
extension HostMode: ExpressibleByArgument {}
extension CopyChoice: ExpressibleByArgument {}
