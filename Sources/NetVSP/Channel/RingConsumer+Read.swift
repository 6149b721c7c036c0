internal import SharedMemory
internal import VMBusRing

extension RingConsumer where Memory == MappedRing {
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
