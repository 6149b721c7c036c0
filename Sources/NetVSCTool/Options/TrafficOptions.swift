package import ArgumentParser
package import PacketCapture
internal import TrafficReplay

/// How much is sent, and how long it is waited for.
package struct TrafficOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Sends the captures so many times; 0 repeats them until interrupted (default: 1).", valueName: "n"),
    transform: OptionText.wholeNumber(in: 0...UInt64.max))
  package var loop: UInt64 = 1

  @Option(
    help: ArgumentHelp(
      "Stops after so many packets, over all loops; 0 is no limit (default: 0).", valueName: "packets"),
    transform: OptionText.wholeNumber(in: 0...UInt64.max))
  package var limit: UInt64 = 0

  @Option(
    help: ArgumentHelp("Stops offering packets after so long; 0 is no limit (default: 0).", valueName: "seconds"),
    transform: OptionText.seconds)
  package var duration = Seconds(nanoseconds: 0)

  @Option(
    help: ArgumentHelp(
      "Waits so long for completions after the last packet; what is missing then is lost. A host that completes nothing for so long, and for a second at least, while there is no room to send is given up (default: 5).",
      valueName: "seconds"),
    transform: OptionText.seconds)
  package var drainTimeout = Seconds(nanoseconds: 5_000_000_000)

  @Flag(help: "Takes an outermost 802.1Q tag out of its frame; the host puts it in again.")
  package var vlanOffload = false

  @Option(
    help: ArgumentHelp(
      "Payload of the segments that the host cuts TCP frames above the MTU into, from 64 to 9162 (default: what fits).",
      valueName: "bytes"),
    transform: OptionText.wholeNumber(in: ReplayOptions.segmentByteCounts))
  package var mss: Int?

  @Option(
    help: ArgumentHelp(
      "Puts an Ethernet header with these addresses, such as 02:00:00:00:00:01,02:00:00:00:00:02, before packets of raw IP and of Linux cooked captures, in place of the cooked header. Packets that have no EtherType are skipped. Ethernet captures stay as they are.",
      valueName: "src,dst"),
    transform: OptionText.ethernet)
  package var ethernet: EthernetAddresses?

  package init() {}
}
