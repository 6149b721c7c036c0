public import CNetVSCInterface
internal import NetVSC

@c @implementation
public func netvsc_send(
  _ sender: OpaquePointer?, _ frame: UnsafeRawPointer?, _ size: Int, _ offload: UnsafePointer<netvsc_offload>?
) -> netvsc_result {
  unsafe use(sender) { held in
    guard let frame = unsafe bytes(frame, size) else { return held.fail(.null("frame")) }
    guard let offload = unsafe offload else { return held.send(frame) }
    return unsafe held.send(frame, offload.pointee)
  }
}

@c @implementation
public func netvsc_send_burst(
  _ sender: OpaquePointer?, _ frames: UnsafePointer<netvsc_part>?, _ count: Int, _ taken: UnsafeMutablePointer<Int>?
) -> netvsc_result {
  unsafe counting(in: taken) { taken in
    unsafe use(sender) { held in
      guard let frames = unsafe elements(frames, count) else { return held.fail(.null("frames")) }
      for index in frames.indices {
        guard let frame = unsafe bytes(frames[index].bytes, frames[index].size) else {
          return held.fail(.null("a frame"))
        }
        let result = held.send(frame)
        guard result.dealtWithFrame else { return result }
        taken += 1
      }
      return NETVSC_OK
    }
  }
}

@c @implementation
public func netvsc_send_ranges(
  _ sender: OpaquePointer?, _ bytes: UnsafeRawPointer?, _ size: Int, _ frames: UnsafePointer<netvsc_range>?,
  _ count: Int, _ taken: UnsafeMutablePointer<Int>?
) -> netvsc_result {
  unsafe counting(in: taken) { taken in
    unsafe use(sender) { held in
      guard let run = unsafe CNetVSC.bytes(bytes, size) else { return held.fail(.null("bytes")) }
      guard let frames = unsafe ranges(frames, count, within: size) else { return held.fail(.badRanges) }
      return held.send(frames, in: run, &taken)
    }
  }
}

@c @implementation
public func netvsc_send_memory(
  _ sender: OpaquePointer?, _ memory: OpaquePointer?, _ frames: UnsafePointer<netvsc_range>?, _ count: Int,
  _ taken: UnsafeMutablePointer<Int>?
) -> netvsc_result {
  unsafe counting(in: taken) { taken in
    unsafe use(sender) { held in
      guard let memory = unsafe object(memory, as: FrameMemory.self) else { return held.fail(.null("memory")) }
      guard let frames = unsafe ranges(frames, count, within: memory.byteCount) else { return held.fail(.badRanges) }
      return held.send(frames, of: memory, &taken)
    }
  }
}

@c @implementation
public func netvsc_reserve(
  _ sender: OpaquePointer?, _ size: Int, _ offload: UnsafePointer<netvsc_offload>?,
  _ room: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> netvsc_result {
  unsafe use(sender) { held in
    guard let room = unsafe room else { return held.fail(.null("room")) }
    unsafe room.pointee = nil
    guard size >= 0 else { return held.fail(.argument("size: too large")) }
    return unsafe held.reserve(size, offload?.pointee ?? netvsc_offload()) { bytes in
      // SAFETY: the bytes lie in the send buffer, which stays as long as the sender; see `ReservedRoom`.
      unsafe room.pointee = bytes.withUnsafeMutableBytes { $0.baseAddress }
    }
  }
}

@c @implementation
public func netvsc_commit(
  _ sender: OpaquePointer?, _ size: Int, _ offload: UnsafePointer<netvsc_offload>?
) -> netvsc_result {
  unsafe use(sender) { held in unsafe held.commit(size, offload?.pointee) }
}

@c @implementation
public func netvsc_abort(_ sender: OpaquePointer?) -> netvsc_result { unsafe use(sender) { $0.abort() } }

@c @implementation
public func netvsc_flush(_ sender: OpaquePointer?) -> netvsc_result { unsafe use(sender) { $0.flush() } }
