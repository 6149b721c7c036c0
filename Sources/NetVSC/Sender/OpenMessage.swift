internal import SharedMemory
internal import WireFormats

/// The message that is being filled: packets one behind the other in one section of the send buffer.
///
/// ```
///   section  | header | frame A |pad| header | frame B |        free         |
///                               |   ^ start of the last packet
///                               end of A: the padding belongs to A's length once B follows
/// ```
struct OpenMessage {
  /// What a message of this queue may hold.
  struct Limits: Equatable, Sendable {
    /// Packets in one message, at least 1.
    var packetCount: UInt32
    /// RNDIS bytes in one message: a section's, or what the host transfers at once.
    var byteCount: UInt32
    /// What the length of every packet but the last is a multiple of, in bytes, less one: that is a power of two.
    var alignmentMask: Int
  }

  private(set) var section: UInt32 = 0
  private(set) var packetCount: UInt32 = 0
  /// The frames' bytes together, tags included that travel beside them.
  private(set) var frameByteCount: UInt32 = 0
  // Places in the share's bytes: where the section begins, the last packet begins and ends, and the next one begins. They
  // are sums of numbers far below 2^62, so that nothing is gained by a look at every carry.
  private var base = 0
  private var lastPacketStart = 0
  private var end = 0
  private var nextPacketStart = 0

  private static let headerByteCount = Int(RNDISPacketHeader.encodedSize)

  /// Whether there is a message.
  @inline(__always)
  var isOpen: Bool { packetCount > 0 }

  /// The RNDIS bytes so far.
  @inline(__always)
  var byteCount: UInt32 { UInt32(truncatingIfNeeded: end &- base) }

  /// Whether a frame of so many bytes, with its info, can join the packets that are there.
  @inline(__always)
  func hasRoom(for frameByteCount: Int, _ offload: PacketOffload, within limits: Limits) -> Bool {
    packetCount < limits.packetCount
      && framePlace(behind: offload) &+ frameByteCount &- base <= Int(limits.byteCount)
  }

  /// Where the next frame goes, in the share's bytes.
  @inline(__always)
  func framePlace(behind offload: PacketOffload) -> Int {
    nextPacketStart &+ Self.headerByteCount &+ Int(offload.encodedSize)
  }

  /// Prepares a message in an empty section, which begins at `base`; it is open once there is a packet in it.
  @inline(__always)
  mutating func begin(in section: UInt32, at base: Int) {
    self.section = section
    (self.base, nextPacketStart) = (base, base)
    // Those of the first packet, though there is none yet.
    (lastPacketStart, end) = (base, base)
  }

  /// Frames the next packet around a frame that lies in its place in `bytes`.
  @inline(__always)
  mutating func append(
    frameByteCount: UInt32, _ offload: PacketOffload, in bytes: MappedBytes, within limits: Limits
  ) {
    let header = storeHeader(ofFrame: frameByteCount, offload, in: bytes)
    end = lastPacketStart &+ Int(header.messageByteCount)
    nextPacketStart = base &+ (end &- base &+ limits.alignmentMask) & ~limits.alignmentMask
  }

  /// Frames copies of `frames`, which lie in `source`, as the next packets, with nothing asked for them: as long as they are
  /// of sizes that are carried, and there is room for them and what would pad them. Returns how many: none where the host
  /// aligns packets otherwise than nearly all do, to 8 bytes.
  @inline(__always)
  mutating func append(
    _ frames: Span<FrameRange>, of source: RawSpan, in bytes: MappedBytes, within limits: Limits,
    carried frameByteCounts: ClosedRange<UInt32>
  ) -> Int {
    guard limits.alignmentMask == 7 else { return 0 }
    pad(in: bytes)
    let room = bytes.part(nextPacketStart, Int(limits.byteCount) &- (nextPacketStart &- base))
    // What the loop changes is its own, and stays in registers.
    var rest = room
    var (count, sum) = (0, 0 as UInt32)
    while count < frames.count {
      let frame = frames[count]
      // As if another packet followed.
      let padded = (Self.headerByteCount &+ Int(frame.byteCount) &+ 7) & ~7
      guard frameByteCounts.contains(frame.byteCount), rest.holds(padded) else { break }
      let header = RNDISPacketHeader(plainFrameByteCount: frame.byteCount, messageByteCount: padded)
      rest.write(
        header: header.words, 0, copying: source, from: frame.byteOffset, frame.byteCount, paddedTo: padded)
      rest = rest.suffix(from: padded)
      sum &+= frame.byteCount
      count &+= 1
    }
    guard count > 0 else { return 0 }
    let byteCount = Self.headerByteCount &+ Int(frames[count &- 1].byteCount)
    nextPacketStart &+= room.byteCount &- rest.byteCount
    lastPacketStart = nextPacketStart &- (byteCount &+ 7) & ~7
    end = lastPacketStart &+ byteCount
    // None followed yet.
    bytes.storeHalf(UInt32(truncatingIfNeeded: byteCount), at: lastPacketStart &+ 4)
    packetCount &+= UInt32(truncatingIfNeeded: count)
    frameByteCount &+= sum
    return count
  }

  /// Another packet follows, so the last one's length takes its padding in.
  @inline(__always)
  private func pad(in bytes: MappedBytes) {
    guard end < nextPacketStart, packetCount > 0 else { return }
    bytes.storeHalf(UInt32(truncatingIfNeeded: nextPacketStart &- lastPacketStart), at: lastPacketStart &+ 4)
    // Padding is zero; what is cleared too much is where the header goes.
    var offset = end
    repeat {
      bytes.storeWords([0], at: offset)
      offset &+= 8
    } while offset < nextPacketStart
  }

  /// Ends the message with the header of a packet whose frame lies elsewhere.
  @inline(__always)
  mutating func appendHeader(ofFrame frameByteCount: UInt32, _ offload: PacketOffload, in bytes: MappedBytes) {
    let header = storeHeader(ofFrame: frameByteCount, offload, in: bytes)
    end = lastPacketStart &+ Int(header.frameOffset)
  }

  /// Makes one packet, all of which lies elsewhere, the message.
  mutating func beginWithoutSection(frameByteCount: UInt32, _ offload: PacketOffload) {
    begin(in: SendRNDISPacket.noSection, at: 0)
    packetCount = 1
    self.frameByteCount = frameByteCount &+ offload.tagByteCount
  }

  @inline(__always)
  private mutating func storeHeader(
    ofFrame frameByteCount: UInt32, _ offload: PacketOffload, in bytes: MappedBytes
  ) -> RNDISPacketHeader {
    pad(in: bytes)
    let start = nextPacketStart
    let header = RNDISPacketHeader(
      frameByteCount: frameByteCount, perPacketInfoByteCount: offload.encodedSize)
    bytes.store(header, offload, at: start)
    lastPacketStart = start
    packetCount &+= 1
    self.frameByteCount &+= frameByteCount &+ offload.tagByteCount
    return header
  }

  /// Nothing is open any more.
  @inline(__always)
  mutating func close() { (packetCount, frameByteCount) = (0, 0) }
}
