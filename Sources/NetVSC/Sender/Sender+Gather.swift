internal import SharedMemory
internal import WireFormats

extension Sender {
  /// Offers one Ethernet frame that lies in parts, in their order, and copies it, as the other `send`s do.
  public mutating func send(
    _ parts: Span<FramePart>, offload: FrameOffload = .none
  ) throws(SenderError) -> SendOutcome {
    settle()
    return try gather(parts, parts.byteCount, cookie: nil, offload.info)
  }

  /// Copies a frame from its parts, once, to where the host reads it. With a cookie it ends its message, as a frame that
  /// is lent does, whose completion gives it back.
  mutating func gather(
    _ parts: Span<FramePart>, _ byteCount: Int, cookie: UInt64?, _ offload: PacketOffload
  ) throws(SenderError) -> SendOutcome {
    if let refusal = refuse(byteCount, offload, beyond: frameLimit(offload, within: copiedByteCount)) {
      return refusal
    }
    if isClosing { return .closing }
    var hasPlace = makePlace(for: byteCount, offload)
    if !hasPlace { hasPlace = try makePlaceByFlushing(for: byteCount, offload) }
    if hasPlace {
      sections.bytes.write(parts, at: message.framePlace(behind: offload))
      stage(frameByteCount: byteCount, offload)
      if let cookie { closeMessage(DirectMessage(cookie: cookie)) }
      return .taken
    }
    guard let large = try beginLargeCopy(of: byteCount, offload) else { return try noRoom() }
    directMemory.bytes.write(parts, at: large.framePlace)
    closeMessage(DirectMessage(largeBuffer: large.buffer, cookie: cookie))
    return .taken
  }
}

extension MappedBytes {
  /// Copies parts in one behind the other, from `offset` on.
  fileprivate func write(_ parts: Span<FramePart>, at offset: Int) {
    var place = offset
    for index in parts.indices {
      write(parts[index].bytes, at: place)
      place += parts[index].byteCount
    }
  }
}
