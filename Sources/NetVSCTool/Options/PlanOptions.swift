package import ArgumentParser
package import PacketCapture

/// What the packets are like, and how many there are.
package struct PlanOptions: ParsableArguments {
  private static let defaultPacketCount: UInt64 = 100_000

  @Option(
    help: ArgumentHelp("Writes so many packets (default: \(defaultPacketCount)).", valueName: "n"),
    transform: OptionText.wholeNumber(in: TrafficPlan.packetCounts))
  package var packets: UInt64?

  @Option(
    help: ArgumentHelp(
      "Writes as many packets as fit a file of so many bytes, such as 500MB or 6GiB.", valueName: "size"),
    transform: PlanOptions.byteSize)
  package var bytes: ByteSize?

  @Option(
    help: ArgumentHelp(
      "The length of the frames: imix, a size, or a range such as 64-1518 (default: imix). Sizes are those in the capture, from the destination address on and without the 4 bytes of the FCS.",
      valueName: "sizes"),
    transform: PlanOptions.frameSizes)
  package var sizes = FrameSizes.imix

  @Option(
    help: ArgumentHelp(
      "The number of flows, each with a client of its own; they take turns packet by packet (default: 64).",
      valueName: "n"),
    transform: OptionText.wholeNumber(in: TrafficPlan.flowCounts))
  package var flows = 64

  @Option(help: ArgumentHelp("The version of IP.", valueName: "version"))
  package var ip = TrafficPlan.AddressFamilies.v4

  @Option(help: ArgumentHelp("What IP carries.", valueName: "name"))
  package var `protocol` = TrafficPlan.Transports.udp

  @Option(
    help: ArgumentHelp("Gives every frame an 802.1Q tag of this VLAN, from 1 to 4094.", valueName: "id"),
    transform: OptionText.wholeNumber(in: 1...4094))
  package var vlan: UInt16?

  @Option(
    help: ArgumentHelp("The packets a second, by their time stamps (default: 1000000).", valueName: "rate"),
    transform: OptionText.wholeNumber(in: TrafficPlan.packetRates))
  package var pps: UInt64 = 1_000_000

  @Option(
    help: ArgumentHelp(
      "Begins the chance behind sizes, ports and sequence numbers; the same command with the same seed writes the same bytes (default: 1).",
      valueName: "n"),
    transform: OptionText.wholeNumber(in: 0...UInt64.max))
  package var seed: UInt64 = 1

  package init() {}

  /// What the arguments ask for.
  package var plan: TrafficPlan {
    TrafficPlan(
      amount: bytes.map { .fileBytes($0.byteCount) } ?? .packets(packets ?? Self.defaultPacketCount), sizes: sizes,
      flowCount: flows, addressFamilies: ip, transports: `protocol`, vlan: vlan, packetsPerSecond: pps, seed: seed)
  }

  package func validate() throws {
    guard packets == nil || bytes == nil else {
      throw ValidationError("--packets and --bytes both say how much to write; give one of them")
    }
    switch plan.problem {
    case .framesTooShort(let least):
      throw ValidationError("--sizes: the headers asked for need \(least) bytes; give \(least) to 65535")
    case .fileTooSmall(let least):
      throw ValidationError("--bytes: the longest packet needs a file of \(least) bytes; give at least these")
    case .tooLong(let least):
      throw ValidationError("--pps: so many packets would last beyond 2106, where pcap ends; give at least \(least)")
    case nil: break
    }
  }

  private static let byteSize: @Sendable (String) throws -> ByteSize = { text in
    guard let size = ByteSize(text) else {
      throw ValidationError("give bytes, such as 1500000, 500MB or 6GiB (kB to TB, KiB to TiB)")
    }
    return size
  }

  private static let frameSizes: @Sendable (String) throws -> FrameSizes = { text in
    guard let sizes = FrameSizes(text) else {
      let allowed = FrameSizes.allowed
      throw ValidationError(
        "give imix, a size such as 64, or a range such as 64-1518, from \(allowed.lowerBound) to \(allowed.upperBound)")
    }
    return sizes
  }
}
