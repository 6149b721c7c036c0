/// Reads a pcap or pcapng file, compressed or not, from its beginning to its end, one packet at a time, in constant memory.
package struct CaptureReader: ~Copyable, Sendable {
  private enum Ending {
    case clean
    case failed(CaptureError)
  }

  /// The path that stands for standard input.
  package static let standardInputPath = "-"

  /// What errors call a capture: its path, or what that stands for.
  package static func name(ofPath path: String) -> String { path == standardInputPath ? "standard input" : path }

  /// What errors name: the path, or what it stands for.
  package let path: String
  /// The link type of every packet in the file.
  package let linkType: LinkType
  /// The most bytes the capture kept of a packet, as the file says it; longer records are cut to it.
  package let snapLength: Int
  /// The number of packets read so far.
  package private(set) var packetCount = 0
  /// Whether packets get an Ethernet header that they were captured without.
  package let isFraming: Bool
  /// Whether another reader of the same path gives the same packets: not so for a pipe.
  package var canBeReadAgain: Bool { file.canBeReadAgain }
  /// The size of the file, which is about what its packets take; nil where they are compressed, or come from a pipe.
  package var fileByteCount: Int? { file.plainByteCount }
  private var file: SaveFile
  private var framing: EthernetFraming
  private var ending: Ending?

  /// Opens the file, or pipe or device, and reads its header. Packets of raw IP and of cooked captures get an Ethernet
  /// header with these addresses. While a pipe gives nothing, `isStopped` is asked whether to give up.
  ///
  /// Throws `notFound`, `isDirectory`, `notReadable`, `notACapture`, `damaged`, `readFailed` or `stopped`.
  package init(
    path: String, ethernet: EthernetAddresses? = nil, isStopped: @escaping @Sendable () -> Bool = { false }
  ) throws(CaptureError) {
    file = try SaveFile(path: path, isStopped: isStopped)
    self.path = Self.name(ofPath: path)
    linkType = LinkType(rawValue: file.linkType)
    snapLength = file.snapLength
    framing = EthernetFraming(of: linkType, ethernet)
    isFraming = framing.isNeeded
  }

  /// The next packet, or nil at the end of the file; those that cannot get an Ethernet header are skipped. While there
  /// is nothing to read yet, `whileWaiting` is called, at once and then now and then. Throws what `advance` throws.
  @_lifetime(&self)
  package mutating func next(whileWaiting: () -> Void = {}) throws(CaptureError) -> CapturedPacket? {
    while try advance(whileWaiting: whileWaiting) {
      if frame() { return packet }
    }
    return nil
  }

  /// Goes on to the next packet of the file, calling `whileWaiting` as `next` does. Returns false at its end.
  ///
  /// Throws `damaged`, `secondLinkType`, `readFailed` or `stopped`, and then the same again at each further call.
  package mutating func advance(whileWaiting: () -> Void = {}) throws(CaptureError) -> Bool {
    switch ending {
    case .clean: return false
    case .failed(let error): throw error
    case nil: break
    }
    let error: CaptureError
    switch file.advance(whileWaiting: whileWaiting) {
    case .packet:
      packetCount += 1
      return true
    case .end:
      ending = .clean
      return false
    case .stopped:
      error = .stopped(path: path, afterPackets: packetCount)
    case .failed(let reason, let isSystemFailure):
      error = describe(reason, isSystemFailure: isSystemFailure)
    }
    ending = .failed(error)
    throw error
  }

  /// The packet that `advance` went to last, as it was captured. There must be one.
  package var captured: CapturedPacket {
    @_lifetime(borrow self)
    get { file.packet }
  }

  /// Gives that packet an Ethernet header where it needs one. Returns false when it cannot have one: see
  /// `EthernetFraming`.
  package mutating func frame() -> Bool { isFraming ? framing.frame(packetOf: file) : true }

  /// That packet as a frame, once `frame` said that it is one.
  package var packet: CapturedPacket {
    @_lifetime(borrow self)
    get {
      if isFraming { return framing.packet }
      return file.packet
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
