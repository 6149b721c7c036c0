public import CNetVSCInterface
internal import NetVSC

@c @implementation
public func netvsc_send_parts(
  _ sender: OpaquePointer?, _ parts: UnsafePointer<netvsc_part>?, _ count: Int,
  _ offload: UnsafePointer<netvsc_offload>?
) -> netvsc_result {
  unsafe use(sender) { held in
    unsafe held.take(parts, count, offload) { held, parts, offload in held.send(parts, offload) }
  }
}

@c @implementation
public func netvsc_submit(
  _ sender: OpaquePointer?, _ parts: UnsafePointer<netvsc_part>?, _ count: Int, _ cookie: UInt64,
  _ offload: UnsafePointer<netvsc_offload>?
) -> netvsc_result {
  unsafe use(sender) { held in
    unsafe held.take(parts, count, offload) { held, parts, offload in held.submit(parts, cookie, offload) }
  }
}

@c @implementation
public func netvsc_submit_burst(
  _ sender: OpaquePointer?, _ packets: UnsafePointer<netvsc_packet>?, _ count: Int, _ taken: UnsafeMutablePointer<Int>?
) -> netvsc_result {
  unsafe counting(in: taken) { taken in
    unsafe use(sender) { held in
      guard let packets = unsafe elements(packets, count) else { return held.fail(.null("packets")) }
      for index in packets.indices {
        let packet = unsafe packets[index]
        let result = unsafe held.take(packet.parts, packet.count, packet.offload) { held, parts, offload in
          unsafe held.submit(parts, packet.cookie, offload)
        }
        guard result == NETVSC_OK else { return result }
        taken += 1
      }
      return NETVSC_OK
    }
  }
}

extension HeldSender {
  /// Hands a frame's parts to `body`, those that are empty left out.
  @inline(__always)
  fileprivate mutating func take(
    _ parts: UnsafePointer<netvsc_part>?, _ count: Int, _ offload: UnsafePointer<netvsc_offload>?,
    _ body: (inout HeldSender, Span<FramePart>, FrameOffload) -> netvsc_result
  ) -> netvsc_result {
    guard let parts = unsafe elements(parts, count) else { return fail(.null("parts")) }
    guard let offload = unsafe FrameOffload(offload?.pointee ?? netvsc_offload()) else { return fail(.badOffload) }
    // In the stack's frame, as far as a frame has as many parts as can be lent.
    return unsafe withUnsafeTemporaryAllocation(of: FramePart.self, capacity: max(count, 1)) { list in
      var filled = 0
      defer { unsafe list.prefix(filled).deinitialize() }
      for index in parts.indices where unsafe parts[index].size != 0 {
        guard let part = unsafe FramePart(parts[index]) else {
          return fail(.argument("part \(index): it is NULL, too large, or not in its memory"))
        }
        unsafe list.initializeElement(at: filled, to: part)
        filled += 1
      }
      guard filled > 0 else { return send(RawSpan()) }
      return unsafe body(&self, Span(_unsafeElements: UnsafeBufferPointer(rebasing: list.prefix(filled))), offload)
    }
  }
}

extension FramePart {
  /// nil where the bytes are NULL, too many, or not in the memory that they are said to be in.
  @inline(__always)
  fileprivate init?(_ part: netvsc_part) {
    guard let bytes = unsafe part.bytes, unsafe (1..<Int(UInt32.max)).contains(part.size) else { return nil }
    if let memory = unsafe object(part.memory, as: FrameMemory.self) {
      guard let start = unsafe memory.start, case let offset = unsafe bytes - UnsafeRawPointer(start), offset >= 0,
        unsafe part.size <= memory.byteCount - offset
      else { return nil }
      self.init(FrameRange(byteOffset: UInt32(offset), byteCount: UInt32(unsafe part.size)), of: memory)
    } else {
      // SAFETY: as the header says: the bytes stay as they are until the frame is given back.
      unsafe self.init(privateBytes: UnsafeRawBufferPointer(start: bytes, count: part.size))
    }
  }
}
