internal import SharedMemory
internal import VMBusRing
internal import WireFormats

/// How a channel reads messages: from the NVSP words in the ring to the frames in guest memory.
///
/// A message is received whole or not at all: its packets are all judged before the first frame is delivered.
struct DataPath<Receiver: FrameReceiver>: ~Copyable {
  /// What the RNDIS bytes of a packet are.
  enum Contents {
    case frames
    case control(RNDISMessageType)
    /// Not even a header, or no memory.
    case unreadable
  }

  struct Frame: BitwiseCopyable, Sendable {
    /// Where its packet begins.
    let packet: MessageStream.Position
    /// In bytes from there.
    let offset: UInt32
    let byteCount: UInt32
  }

  /// More frames than any send-buffer section holds; a message with more of them fails.
  static var frameCountLimit: Int { 4096 }
  /// Longer than any frame of a network, large sends included; a longer one fails.
  static var frameByteCountLimit: UInt32 { 1 << 20 }

  var memory: GuestMemory
  var stream = MessageStream()
  var receiver: Receiver
  /// The frames of the message at hand.
  var frames = PrivateList<Frame>(capacity: 64)
  /// Those of them that the host has to work on, in order.
  var offloadedFrames = PrivateList<OffloadedFrame>(capacity: 64)
  /// The header at hand: of a message, a packet, or a frame.
  var headerBytes = PrivateBytes(byteCount: TransmitWork.headerByteCountLimit)
  /// More room is made when a guest sends more info than usual.
  var infoBytes = PrivateBytes(byteCount: 256)
  /// Where a frame in several pieces is put together.
  var gatheredBytes = PrivateBytes(byteCount: 2048)
  var frameCopy = FrameCopy()
  /// In the memory's home; nil until there is a send buffer.
  private(set) var sections: SendBufferSections?
  /// The longest packet that the link takes, from its IP header on.
  private(set) var packetByteCountLimit = 0

  /// A path that has no send buffer until one is opened.
  init(_ memory: consuming GuestMemory, receiver: Receiver) {
    self.memory = memory
    self.receiver = receiver
  }

  /// Frames come on these terms from now on.
  mutating func open(_ terms: AgreedTerms) {
    packetByteCountLimit = terms.packetByteCountLimit
    sections = terms.sendBuffer?.sections
    if let sendBuffer = terms.sendBuffer { memory.settle(at: sendBuffer.memory) }
  }

  /// Takes in where the RNDIS bytes of a packet are, and looks at what they begin with.
  mutating func load(
    _ packet: borrowing IncomingPacket<MappedRing>, _ message: SendRNDISPacket
  ) throws(Violation) -> Contents {
    memory.beginMessage()
    stream.begin(section: try section(of: message))
    if packet.descriptor.type == .dataUsingGPADirect {
      do throws(WireError) {
        guard try stream.append(rangesOf: packet, in: &memory) else { return .unreadable }
      } catch {
        throw .pageRanges(error)
      }
    }
    let start = MessageStream.Position()
    let headerByteCount = Int(RNDISMessageHeader.encodedSize)
    guard stream.isWithinRange(start, UInt64(headerByteCount)) else { return .unreadable }
    let type: RNDISMessageType
    if let bytes = stream.bytes(start, headerByteCount) {
      type = RNDISMessageType(rawValue: UInt32(truncatingIfNeeded: bytes.loadWord(at: 0)))
    } else {
      stream.copy(start, headerByteCount, into: &headerBytes)
      type = RNDISMessageType(rawValue: headerBytes.span(headerByteCount).loadLittleEndian(at: 0))
    }
    return type == .packet ? .frames : .control(type)
  }

  /// The bytes of a message that lie in a section; nil when none do.
  private func section(of message: SendRNDISPacket) throws(Violation) -> MappedBytes? {
    guard message.sectionIndex != SendRNDISPacket.noSection else { return nil }
    guard let sections else { throw .noSendBuffer(section: message.sectionIndex) }
    guard let bytes = sections.bytes(of: message.sectionIndex, byteCount: message.sectionByteCount) else {
      throw .sectionOutOfBounds(index: message.sectionIndex, byteCount: message.sectionByteCount)
    }
    return bytes
  }

  /// The control message that the packet carries; nil when it is nothing but a header, or longer than `limit` bytes.
  mutating func controlMessage(limit: Int) -> PrivateBytes? {
    let headerByteCount = UInt64(RNDISMessageHeader.encodedSize)
    guard stream.byteCount > headerByteCount, stream.byteCount <= UInt64(limit) else { return nil }
    var bytes = PrivateBytes(byteCount: Int(stream.byteCount))
    stream.copy(MessageStream.Position(), bytes.byteCount, into: &bytes)
    // Hosts go by the bytes that came, and not by the message's own length; from here on it tells the same.
    var message = bytes.mutableSpan(bytes.byteCount)
    message.storeLittleEndian(UInt32(message.byteCount), at: 4)
    return bytes
  }
}
