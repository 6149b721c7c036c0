internal import WireFormats

/// A frame that the host delivered, for as long as it is looked at.
public struct ReceivedFrame: ~Copyable, ~Escapable {
  /// The frame, from the destination address on and without check sequence, where it lies in the receive buffer.
  ///
  /// A host that breaks the rules may change the bytes meanwhile: copy what is to be judged, then judge the copy.
  public let bytes: RawSpan
  /// What the host tells of it.
  public let info: ReceiveInfo

  @_lifetime(copy bytes)
  init(bytes: RawSpan, info: ReceiveInfo) {
    self.bytes = bytes
    self.info = info
  }
}

/// What a host tells of a frame that it delivers.
public struct ReceiveInfo: Equatable, Sendable, BitwiseCopyable {
  /// What is known of a checksum.
  public enum Checksum: Equatable, Sendable, BitwiseCopyable {
    /// The host did not look: the receiver has to.
    case unknown
    /// It is right.
    case good
    /// It is wrong.
    case bad
  }

  var checksums = ReceiveChecksumInfo(rawValue: 0)
  var tag: VLANTagInfo?

  /// The checksum of the header of IPv4.
  public var ipv4HeaderChecksum: Checksum { checksums.ipv4Header.map { $0 ? .good : .bad } ?? .unknown }
  /// The checksum of TCP or UDP.
  public var transportChecksum: Checksum { checksums.transport.map { $0 ? .good : .bad } ?? .unknown }
  /// The tag that the host took out of the frame. One that is in the frame is not looked for.
  public var vlanTag: FrameOffload.VLANTag? { tag.map(FrameOffload.VLANTag.init(info:)) }
  /// The hash of the frame's flow; nil where the host tells none.
  public internal(set) var flowHash: UInt32?

  init() {}
}
