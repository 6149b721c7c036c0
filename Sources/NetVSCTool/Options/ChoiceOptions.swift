package import ArgumentParser
package import TrafficReplay

/// Which packets are sent, and what is made of them.
package struct ChoiceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Sends only packets that this pcap filter describes, such as 'tcp port 80': as captured, before --pad and --vary.",
      valueName: "expression"),
    transform: OptionText.filter)
  package var filter: String?

  @Option(
    help: ArgumentHelp("Skips so many packets at the beginning of each capture (default: 0).", valueName: "packets"),
    transform: OptionText.wholeNumber(in: 0...UInt64.max))
  package var skip: UInt64 = 0

  @Option(
    help: ArgumentHelp(
      "Sends only packets of these numbers of each capture, such as 1-100,205,1000-. They are counted from 1, as tshark and editcap do.",
      valueName: "ranges"),
    transform: OptionText.packetRanges)
  package var packets: PacketRanges?

  @Flag(
    help: """
      Fills frames that a capture cut up with zeros, to their length on the wire (at most 262144 bytes). Checksums over \
      what was cut are not right then.
      """)
  package var pad = false

  @Option(
    help: ArgumentHelp(
      "Makes different in each further loop: flows, which get other IP addresses, with checksums kept right.",
      valueName: "what"))
  package var vary: Variation?

  @Flag(help: "Sends several captures together, in the order of their time stamps, instead of one after the other.")
  package var merge = false

  package init() {}

  package var selection: PacketSelection { PacketSelection(filter: filter, skipCount: skip, ranges: packets) }
}

extension Variation: ExpressibleByArgument {}
