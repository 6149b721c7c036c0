internal import SharedMemory
internal import VMBusRing

extension RingConsumer where Memory == MappedRing {
  /// What `peek` shows. A ring that cannot be read is a violation here.
  @inline(__always)
  mutating func glance<let count: Int>(_ shape: PacketShape) throws(Violation) -> InlineArray<count, UInt64>? {
    do throws(RingError) {
      return try peek(shape)
    } catch {
      throw .ring(error)
    }
  }

  /// The next packet, or nil when all are read. A ring that cannot be read is a violation here.
  @_lifetime(&self)
  mutating func read() throws(Violation) -> IncomingPacket<MappedRing>? {
    do throws(RingError) {
      return try next()
    } catch {
      throw .ring(error)
    }
  }
}
