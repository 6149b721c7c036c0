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
  private var lastPacketStart: UInt32 = 0

  /// Whether there is a message.
  @inline(__always)
  var isOpen: Bool { packetCount > 0 }

  /// Whether a frame of so many bytes can join the packets that are there.
  @inline(__always)
  func hasRoom(for frameByteCount: Int, within limits: Limits) -> Bool {
    packetCount < limits.packetCount && nextFrameStart(limits) + frameByteCount <= Int(limits.byteCount)
  }

  /// Where the next packet begins, in bytes from the section's start.
  @inline(__always)
  func nextPacketStart(_ limits: Limits) -> UInt32 { (byteCount + limits.alignment - 1) & ~(limits.alignment - 1) }

  /// Where the next frame goes, in bytes from the section's start.
  @inline(__always)
  func nextFrameStart(_ limits: Limits) -> Int { Int(nextPacketStart(limits) + RNDISPacketHeader.encodedSize) }

  /// Prepares a message in an empty section; it is open once there is a packet in it.
  @inline(__always)
  mutating func begin(in section: UInt32) {
    self = OpenMessage()
    self.section = section
  }

  /// Frames the next packet around a frame that lies, or will lie, behind the room for its header.
  @inline(__always)
  mutating func append(frameByteCount: Int, to sections: borrowing SectionShare, within limits: Limits) {
    let start = nextPacketStart(limits)
    let header = RNDISPacketHeader(frameByteCount: UInt32(frameByteCount), perPacketInfoByteCount: 0)
    let base = lastPacketStart
    var space = sections.bytes(
      of: section, from: Int(base), byteCount: Int(start - base + RNDISPacketHeader.encodedSize))
    if packetCount > 0 {
      // Another one follows, so the last one's length takes its padding in.
      space.storeLittleEndian(start - base, at: 4)
      // Padding is zero; what is cleared too much is where the header goes.
      for offset in stride(from: byteCount, to: start, by: 8) {
        space.storeLittleEndian(0 as UInt64, at: Int(offset - base))
      }
    }
    header.emit(into: &space, at: Int(start - base))
    lastPacketStart = start
    byteCount = start + header.messageByteCount
    packetCount += 1
    self.frameByteCount += UInt32(frameByteCount)
  }

  /// Nothing is open any more.
  @inline(__always)
  mutating func close() { self = OpenMessage() }
}
