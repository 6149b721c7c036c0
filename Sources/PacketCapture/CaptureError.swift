/// Why a capture cannot be read, or no longer be read, or not be written. The description is one line for its user.
package enum CaptureError: Error, Equatable, Sendable {
  /// Nothing has this name.
  case notFound(path: String)
  case isDirectory(path: String)
  /// The system refuses to open it.
  case notReadable(path: String, reason: String)
  /// It does not begin as a pcap or pcapng file does.
  case notACapture(path: String, reason: String)
  /// What follows `afterPackets` packets is not what the format asks for. Those packets were delivered.
  case damaged(path: String, afterPackets: Int, reason: String)
  /// After `afterPackets` packets, all of the first type, the file announces packets of a second one.
  case secondLinkType(path: String, afterPackets: Int, first: LinkType, second: LinkType)
  /// The filter asks for what packets of this link type do not have.
  case filterUnfit(path: String, linkType: LinkType, reason: String)
  /// The system failed to read on. The `afterPackets` packets before were delivered.
  case readFailed(path: String, afterPackets: Int, reason: String)
  /// Somebody stopped the reading while it waited. The `afterPackets` packets before were delivered.
  case stopped(path: String, afterPackets: Int)
  /// A capture could not be created, or what was written did not all reach it.
  case writeFailed(path: String, reason: String)
}

extension CaptureError: CustomStringConvertible {
  /// What happened, where, and what to do about it.
  package var description: String {
    switch self {
    case .notFound(let path):
      "\(path): no such file; check its name and folder"
    case .isDirectory(let path):
      "\(path): is a directory; name the captures in it"
    case .notReadable(let path, let reason):
      "\(path): cannot be opened (\(reason)); check that this user may read it"
    case .notACapture(let path, let reason):
      "\(path): not a capture (\(reason)); give a pcap or pcapng file, as it is or compressed by gzip, bzip2, xz or "
        + "zstd: 'editcap IN OUT' converts other captures"
    case .damaged(let path, let count, let reason):
      Self.describeDamage(path: path, afterPackets: count, reason: reason)
    case .secondLinkType(let path, let count, let first, let second):
      "\(path): after \(Self.packets(count)) of link type \(first.name) some of \(second.name) may follow, and one file "
        + "is read as one type; keep its Ethernet packets with "
        + "tshark -r IN -Y 'frame.encap_type == 1' -w PART && editcap -T ether PART OUT"
    case .filterUnfit(let path, let linkType, let reason):
      "\(path): the filter does not fit link type \(linkType) (\(reason)); give another, or replay this capture alone"
    case .readFailed(let path, let count, let reason):
      "\(path): reading failed after \(Self.packets(count)) (\(reason)); check the disk or connection it comes from"
    case .stopped(let path, let count):
      "\(path): reading was stopped after \(Self.packets(count)); start again to have the others"
    case .writeFailed(let path, let reason):
      "\(path): cannot be written (\(reason)); what is there may be incomplete, choose another place or make room"
    }
  }

  private static func describeDamage(path: String, afterPackets count: Int, reason: String) -> String {
    // Libpcap begins the text so exactly when the file ends inside a record.
    let happened =
      reason.hasPrefix("truncated")
      ? "ends in the middle of the record after packet \(count)" : "is damaged after packet \(count)"
    let remedy = count == 0 ? "capture again" : "'editcap IN OUT' keeps the packets before, or capture again"
    return "\(path): \(happened) (\(reason)); \(remedy)"
  }

  private static func packets(_ count: Int) -> String { count == 1 ? "1 packet" : "\(count) packets" }
}
