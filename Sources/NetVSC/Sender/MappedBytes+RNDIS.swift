internal import SharedMemory
internal import WireFormats

extension MappedBytes {
  /// Writes a packet's header and, behind it, what the host is asked to do.
  @inline(__always)
  func store(_ header: RNDISPacketHeader, _ offload: PacketOffload, at offset: Int) {
    storeWords(header.words, at: offset)
    storeHalf(0, at: offset &+ 40)
    guard header.perPacketInfoByteCount > 0 else { return }
    var place = offset &+ Int(header.perPacketInfoOffset)
    let elements = offload.elements
    for index in elements.indices {
      guard let element = elements[index] else { continue }
      storeWords(element.words, at: place)
      place &+= Int(PerPacketInfo.encodedSize)
    }
  }
}
