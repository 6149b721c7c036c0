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
    /// What the length of every packet but the last is a multiple of, in bytes: a power of two.
    var alignment: UInt32
  }

  private(set) var section: UInt32 = 0
  private(set) var packetCount: UInt32 = 0
  /// The frames' bytes together.
  private(set) var frameByteCount: UInt32 = 0
  /// The RNDIS bytes so far.
  private(set) var byteCount: UInt32 = 0
  /// Where the section begins in the send buffer's share.
  private var base = 0
  /// Where the last packet begins, and the next one will, from there.
  private var lastPacketStart = 0
  private var nextPacketStart = 0

  /// Whether there is a message.
  @inline(__always)
  var isOpen: Bool { packetCount > 0 }

  /// Whether a frame of so many bytes can join the packets that are there.
  @inline(__always)
  func hasRoom(for frameByteCount: Int, within limits: Limits) -> Bool {
    packetCount < limits.packetCount
      && nextPacketStart + Int(RNDISPacketHeader.encodedSize) + frameByteCount <= Int(limits.byteCount)
  }

  /// Where the next frame goes, in the share's bytes.
  @inline(__always)
  var framePlace: Int { base + nextPacketStart + Int(RNDISPacketHeader.encodedSize) }

  /// Prepares a message in an empty section, which begins at `base`; it is open once there is a packet in it.
  @inline(__always)
  mutating func begin(in section: UInt32, at base: Int) {
    self = OpenMessage()
    self.section = section
    self.base = base
  }

  /// Frames the next packet around a frame that lies, or will lie, in its place in `bytes`.
  @inline(__always)
  mutating func append(frameByteCount: UInt32, in bytes: MappedBytes, within limits: Limits) {
    let start = nextPacketStart
    if packetCount > 0 {
      // Another one follows, so the last one's length takes its padding in.
      bytes.storeHalf(UInt32(truncatingIfNeeded: start - lastPacketStart), at: base + lastPacketStart + 4)
      // Padding is zero; what is cleared too much is where the header goes.
      for offset in stride(from: Int(byteCount), to: start, by: 8) {
        bytes.storeWords([0], at: base + offset)
      }
    }
    let header = RNDISPacketHeader(frameByteCount: frameByteCount, perPacketInfoByteCount: 0)
    bytes.storeWords(header.words, at: base + start)
    bytes.storeHalf(0, at: base + start + 40)
    lastPacketStart = start
    byteCount = UInt32(truncatingIfNeeded: start) + header.messageByteCount
    nextPacketStart = Int((byteCount + limits.alignment - 1) & ~(limits.alignment - 1))
    packetCount += 1
    self.frameByteCount += frameByteCount
  }

  /// Nothing is open any more.
  @inline(__always)
  mutating func close() { self = OpenMessage() }
}
