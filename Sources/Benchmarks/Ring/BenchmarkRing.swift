package import SharedMemory

/// A ring as Linux gives it to a netvsc channel, 512 KiB with its control page, in memory that can be handed to another
/// process; and behind it the words by which that process says how far it is.
package struct BenchmarkRing: Sendable {
  static let ringByteCount = 512 * 1024
  private static let controlByteCount = 4096
  /// How many messages fill it: eight bytes stay free.
  static let messageCapacity = (ringByteCount - controlByteCount - 8) / Int(RingMessage.ringByteCount)

  let region: SharedRegion
  let view: RingView

  /// A new one, empty.
  package init() throws(SystemError) {
    try self.init(in: SharedRegion(byteCount: Self.ringByteCount + Self.controlByteCount))
  }

  /// The ring in the memory file that another process made and handed over.
  package init(sharing descriptor: Int32) throws(SystemError) {
    try self.init(in: SharedRegion(sharing: descriptor))
  }

  private init(in region: SharedRegion) throws(SystemError) {
    self.region = region
    view = try region.ring(
      at: 0, dataByteCount: Self.ringByteCount - Self.controlByteCount, mapping: .double)
    // A host masks while it drains, and these readers never sleep.
    view.ring.interruptMask.storeRelaxed(1)
  }

  /// How many messages were read.
  package var readCount: SharedWord { region.word(at: Self.ringByteCount) }
  /// Not zero once the first message may be on its way.
  package var hasBegun: SharedWord { region.word(at: Self.ringByteCount + 64) }
  /// How many microseconds all messages took; zero until they are read.
  package var microseconds: SharedWord { region.word(at: Self.ringByteCount + 128) }
}
