/// What tshark says about a capture when asked to check all it can.
package struct SoundnessByTShark {
  /// The frames something is wrong with, a line each.
  package let complaints: String
  package private(set) var tcpCount = 0
  package private(set) var udpCount = 0
  package private(set) var arpCount = 0
  package private(set) var ipv6Count = 0
  package private(set) var taggedCount = 0

  package init(of path: String) throws {
    let checks = ["ip", "tcp", "udp"].flatMap { ["-o", "\($0).check_checksum:TRUE"] }
    let all = ["-n", "-r", path] + checks
    let wrong =
      "ip.checksum.status == 0 || tcp.checksum.status == 0 || udp.checksum.status == 0 || _ws.malformed || "
      + "_ws.expert.severity >= 6291456 || tcp.analysis.flags"
    complaints = try Peer("tshark").run(all + ["-Y", wrong]).standardOutput
    let fields = ["tcp.checksum.status", "udp.checksum.status", "arp.opcode", "ipv6.src", "vlan.id"]
    let output = try Peer("tshark").run(all + ["-T", "fields"] + fields.flatMap { ["-e", $0] })
    for line in output.lines {
      let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
      // 1 is a checksum that was looked at and is right.
      tcpCount += columns[0] == "1" ? 1 : 0
      udpCount += columns[1] == "1" ? 1 : 0
      arpCount += columns[2].isEmpty ? 0 : 1
      ipv6Count += columns[3].isEmpty ? 0 : 1
      taggedCount += columns[4].isEmpty ? 0 : 1
    }
  }
}
