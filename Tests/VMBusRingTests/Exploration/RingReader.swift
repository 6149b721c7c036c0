import VMBusRing
import WireFormats

/// The reader of a scene: reads all there is, gives the room back, and sleeps when nothing comes.
struct RingReader {
  let ring: ModelRing
  let bells: RingBells

  /// Each part is from one sleep to the next. Between them the reader has read and given back all it knew of, so a new
  /// consumer stands where the old one stood.
  var program: ThreadProgram {
    ThreadProgram("reader", parts: [{ try readUntilAsleep() }], repeatsLastPart: true)
  }

  private func readUntilAsleep() throws {
    var consumer = try RingConsumer(ring, keeper: ring.port)
    var head = ring.readIndex.loadRelaxed(.hint)
    consumer.mask()
    var knowsOfMore = false
    while true {
      // All that it knew of is read and given back, so the head is all that it knows.
      if !knowsOfMore { ring.port.milestone(knowing: UInt64(head)) }
      var isIdle = true
      while let packet = try consumer.next() {
        isIdle = false
        let descriptor = packet.descriptor
        let trailer = ring.loadWord(at: head + descriptor.byteCount)
        guard trailer == PacketTrailer.word(packetStart: head) else {
          throw ModelFlaw("a packet's trailer is another's")
        }
        ring.port.perform(.note(descriptor.transactionID))
        head = (head + descriptor.ringByteCount) % ring.dataByteCount
      }
      if consumer.release() { bells.writers.ring() }
      knowsOfMore = try isIdle && consumer.unmask()
      if isIdle, !knowsOfMore { return try bells.reader.sleep() }
    }
  }
}
