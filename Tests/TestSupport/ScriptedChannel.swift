package import SharedMemory
package import VMBusRing
package import WireFormats

/// The host's ends of one open channel, moved by hand.
package final class ScriptedChannel {
  package let channel: Channel
  /// The rings themselves, for writing in them what no host should.
  package let guestToHost: RingView
  package let hostToGuest: RingView
  private var consumer: RingConsumer<MappedRing>
  private var producer: ExclusiveProducer<MappedRing>
  /// Where the next packet of the guest's begins.
  private var position: UInt32 = 0

  init(_ channel: Channel, rings: ChannelRings, bus: DeviceBus) throws {
    self.channel = channel
    guestToHost = try bus.addressSpace.ring(in: rings.guestToHost, mapping: bus.ringMapping)
    hostToGuest = try bus.addressSpace.ring(in: rings.hostToGuest, mapping: bus.ringMapping)
    consumer = try RingConsumer(guestToHost.ring, keeper: guestToHost)
    producer = try ExclusiveProducer(hostToGuest.ring, keeper: hostToGuest)
    // As hosts do: no doorbell is needed until they ask for one.
    consumer.mask()
  }

  /// Takes the guest's next packet and gives its space back; nil when there is none.
  package func take() throws(RingError) -> GuestPacket? {
    guard
      let packet = try GuestPacket(
        next: &consumer, in: guestToHost.ring, channel: channel.index, start: position)
    else { return nil }
    position = (position + packet.descriptor.ringByteCount) % guestToHost.ring.dataByteCount
    if consumer.release() { channel.toGuest.ring() }
    return packet
  }

  /// Takes all that is there.
  package func takeAll() throws(RingError) -> [GuestPacket] {
    var packets: [GuestPacket] = []
    while let packet = try take() { packets.append(packet) }
    return packets
  }

  /// Sends one packet, with the doorbell if the guest wants it.
  package func send(_ message: HostMessage) throws(RingError) {
    let publication = try producer.write(
      message.type, header: message.header.isEmpty ? nil : message.header.span.bytes,
      payload: message.payload.span.bytes, transactionID: message.transactionID, completionRequested: false)
    if publication == .signal { channel.toGuest.ring() }
  }

  /// Sends `descriptor` with `payload` behind it, whatever the descriptor says.
  package func send(unchecked descriptor: PacketDescriptor, ringByteCount: UInt32) {
    let ring = hostToGuest.ring
    let start = ring.writeIndex.loadRelaxed()
    ring.storeWord(descriptor.firstWord, at: start)
    ring.storeWord(descriptor.transactionID, at: start + 8)
    ring.writeIndex.storeReleasing((start + ringByteCount) % ring.dataByteCount)
  }

  /// Says that packets need no doorbell, as a host does that looks by itself.
  package func mask() { consumer.mask() }

  /// Asks for a doorbell at the next packet. Returns whether there are packets already, and then asks for none.
  package func unmask() throws(RingError) -> Bool { try consumer.unmask() }
}
