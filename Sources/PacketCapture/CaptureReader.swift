/// Reads a pcap or pcapng file from its beginning to its end, one packet at a time, in constant memory.
package struct CaptureReader: ~Copyable, Sendable {
  private enum Ending {
    case clean
    case failed(CaptureError)
  }

  package let path: String
  /// The link type of every packet the reader gives.
  package let linkType: LinkType
  /// The most bytes the capture kept of a packet, as the file says it; longer records are cut to it.
  package let snapLength: Int
  /// The number of packets read so far.
  package private(set) var packetCount = 0
  /// Whether another reader of the same path gives the same packets: not so for a pipe.
  package var canBeReadAgain: Bool { file.canBeReadAgain }
  private var file: SaveFile
  private var ending: Ending?

  /// Opens the file, or pipe or device, and reads its header.
  ///
  /// Throws `notFound`, `isDirectory`, `notReadable`, `notACapture` or `readFailed`.
  package init(path: String) throws(CaptureError) {
    file = try SaveFile(path: path)
    self.path = path
    linkType = LinkType(rawValue: file.linkType)
    snapLength = file.snapLength
  }

  /// The next packet, or nil at the end of the file.
  ///
  /// Throws `damaged`, `secondLinkType` or `readFailed`, and then the same again at each further call.
  @_lifetime(&self)
  package mutating func next() throws(CaptureError) -> CapturedPacket? {
    switch ending {
    case .clean: return nil
    case .failed(let error): throw error
    case nil: break
    }
    switch file.advance() {
    case .packet:
      packetCount += 1
      return file.packet
    case .end:
      ending = .clean
      return nil
    case .failed(let reason, let isSystemFailure):
      let error = describe(reason, isSystemFailure: isSystemFailure)
      ending = .failed(error)
      throw error
    }
  }

  private func describe(_ reason: String, isSystemFailure: Bool) -> CaptureError {
    if isSystemFailure {
      return .readFailed(path: path, afterPackets: packetCount, reason: reason)
    }
    if let second = Self.secondLinkType(in: reason) {
      return .secondLinkType(path: path, afterPackets: packetCount, first: linkType, second: second)
    }
    return .damaged(path: path, afterPackets: packetCount, reason: reason)
  }

  /// The type in libpcap's complaint "an interface has a type 113 different from the type of the first interface".
  ///
  /// Libpcap has no code for this error; should its text change, the error becomes `damaged` with that text in it.
  private static func secondLinkType(in reason: String) -> LinkType? {
    let words = reason.split(separator: " ")
    guard words.starts(with: ["an", "interface", "has", "a", "type"]), words.count > 5 else { return nil }
    return Int32(words[5]).map(LinkType.init(fileCode:))
  }
}
