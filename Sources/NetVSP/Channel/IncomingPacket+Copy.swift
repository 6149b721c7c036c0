internal import SharedMemory
internal import VMBusRing
internal import WireFormats

extension IncomingPacket {
  /// Copies whole words out, from `offset` on, so that what is judged is what is used.
  func copy(from offset: UInt32, byteCount: Int, into bytes: inout PrivateBytes) {
    var out = bytes.mutableSpan(byteCount)
    for index in stride(from: 0, to: byteCount, by: 8) {
      out.storeLittleEndian(word(at: offset + UInt32(index)), at: index)
    }
  }
}
