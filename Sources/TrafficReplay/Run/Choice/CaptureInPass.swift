internal import PacketCapture

/// A capture in the course of one pass: its chosen packets, one after the other, and the account of it.
struct CaptureInPass: ~Copyable {
  /// How many packets are passed over between two looks at whether the run is to stop.
  private static let passedOverAtOnce: UInt64 = 1024

  private var reader: CaptureReader
  private var choice: PacketChoice
  private let limit: ReadingLimit
  private(set) var account: CaptureAccount
  /// Whether a packet was read that is not dealt out.
  private var hasPacket = false
  /// Whether there are no more packets, for which the account has the reason.
  private var isOver = false

  /// Throws what opening the capture throws.
  init(_ capture: InspectedCapture, _ selection: PacketSelection) throws(CaptureError) {
    let reader = try capture.makeReader()
    choice = try PacketChoice(selection, of: reader)
    self.reader = reader
    limit = capture.limit
    account = CaptureAccount(path: capture.account.path, linkType: capture.account.linkType)
  }

  /// Goes on to the next packet that is chosen. Returns false when there is none, or when the run is to stop. While there
  /// is nothing to read yet, `whileWaiting` is called now and then.
  mutating func advance(unless isStopped: () -> Bool, whileWaiting: () -> Void) -> Bool {
    do throws(CaptureError) {
      while try reader.advance(whileWaiting: whileWaiting) {
        let number = UInt64(reader.packetCount)
        guard !choice.isOver(at: number) else { return end(.limit) }
        hasPacket =
          choice.takes(number: number) && (!choice.hasFilter || choice.takes(reader.captured)) && reader.frame()
        if hasPacket { return true }
        account.skipped += 1
        if account.skipped % Self.passedOverAtOnce == 0, isStopped() { return false }
      }
      return end(.end)
    } catch {
      account.breakOff(error, at: limit)
      isOver = true
      return false
    }
  }

  private mutating func end(_ end: CaptureEnd) -> Bool {
    account.ended = end
    isOver = true
    return false
  }

  /// When the packet was captured, in nanoseconds since 1970.
  var timestamp: Int64 { reader.packet.timestamp }

  /// Counts the packet, and deals out what `editor` makes of it.
  mutating func deal(to dealer: inout FrameDealer, by editor: inout FrameEditor) {
    let packet = reader.packet
    let byteCount = packet.bytes.byteCount
    let isWhole = !packet.isTruncated
    dealer.deal(editor.frame(of: packet), isWhole: isWhole, timestamp: packet.timestamp)
    hasPacket = false
    account.packets += 1
    account.bytes += UInt64(byteCount)
    if !isWhole { account.truncated += 1 }
  }

  /// Leaves the capture, of which no more is wanted. The account says that it had more where that is so, or not looked
  /// at: neither of a pipe, which need not go on, nor when the run is to stop.
  mutating func leave(looksOn: Bool) {
    guard !isOver else { return }
    do throws(CaptureError) {
      if !hasPacket, looksOn, reader.canBeReadAgain, try !reader.advance() { return }
      account.ended = limit.end
    } catch {
      account.breakOff(error, at: limit)
    }
  }
}
