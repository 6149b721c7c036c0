public import CNetVSCInterface
internal import NetVSC

@c @implementation
public func netvsc_send_parts(
  _ sender: OpaquePointer?, _ parts: UnsafePointer<netvsc_part>?, _ count: Int,
  _ offload: UnsafePointer<netvsc_offload>?
) -> netvsc_result {
  unsafe use(sender) { held in held.fail(.unsupported("parts are not copied yet")) }
}

@c @implementation
public func netvsc_submit(
  _ sender: OpaquePointer?, _ parts: UnsafePointer<netvsc_part>?, _ count: Int, _ cookie: UInt64,
  _ offload: UnsafePointer<netvsc_offload>?
) -> netvsc_result {
  unsafe use(sender) { held in
    unsafe held.submit(netvsc_packet(parts: parts, count: count, cookie: cookie, offload: offload))
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
        let result = unsafe held.submit(packets[index])
        guard result == NETVSC_OK else { return result }
        taken += 1
      }
      return NETVSC_OK
    }
  }
}

extension HeldSender {
  /// Lends one frame, all parts of which lie in one memory.
  fileprivate mutating func submit(_ packet: netvsc_packet) -> netvsc_result {
    guard let parts = unsafe elements(packet.parts, packet.count), parts.count > 0,
      parts.count <= Sender.maximumPartCount
    else { return fail(.argument("a frame has 1 to \(Sender.maximumPartCount) parts")) }
    guard let memory = unsafe object(parts[0].memory, as: FrameMemory.self) else {
      return fail(.unsupported("the process's own memory is not lent"))
    }
    guard let offload = unsafe FrameOffload(packet.offload?.pointee ?? netvsc_offload()) else {
      return fail(.badOffload)
    }
    var ranges = InlineArray<31, FrameRange>(repeating: FrameRange(byteOffset: 0, byteCount: 0))
    for index in parts.indices {
      let part = unsafe parts[index]
      guard unsafe part.memory == parts[0].memory, let bytes = unsafe part.bytes, let start = unsafe memory.start,
        case let offset = unsafe bytes - UnsafeRawPointer(start), offset >= 0,
        unsafe part.size > 0 && part.size <= memory.byteCount - offset
      else { return fail(.argument("a part has bytes, and lies in its memory")) }
      ranges[index] = FrameRange(byteOffset: UInt32(offset), byteCount: UInt32(unsafe part.size))
    }
    let count = parts.count
    return use { sender throws(SenderError) in
      unsafe netvsc_result(
        try sender.submit(ranges.span.extracting(0..<count), of: memory, cookie: packet.cookie, offload: offload))
    }
  }
}
