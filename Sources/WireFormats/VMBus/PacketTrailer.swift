/// The word behind every packet of a ring. No reader needs it, but every reader skips it.
@usableFromInline
package enum PacketTrailer {
  /// How many bytes of the ring the trailer takes.
  @inlinable package static var byteCount: UInt32 { 8 }

  /// The trailer of a packet whose first byte is at ring offset `packetStart`.
  @inlinable
  package static func word(packetStart: UInt32) -> UInt64 { UInt64(packetStart) << 32 }
}
