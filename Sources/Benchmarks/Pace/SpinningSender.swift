internal import CSpinningSender
internal import SharedMemory

/// The door to a loop in C that spins until each packet is due.
enum SpinningSender {
  /// Sends the packets of the assignment from that interface.
  static func send(_ assignment: PaceAssignment, to interface: String) throws(SystemError) {
    let frames = assignment.frames
    let packets = assignment.due.indices.map { index in
      let range = frames.ranges[index % frames.ranges.count]
      return spinning_packet(
        due: assignment.due[index], byte_offset: UInt32(range.lowerBound), byte_count: UInt32(range.count))
    }
    // SAFETY: both buffers are valid during the call, which stays within the ranges that the frames have, and keeps no
    // pointer.
    let code = unsafe frames.bytes.span(0..<frames.bytes.byteCount).withUnsafeBytes { bytes in
      unsafe spinning_sender_run(
        interface, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), packets, packets.count)
    }
    guard code == 0 else { throw SystemError(call: "send", code: code) }
  }
}
