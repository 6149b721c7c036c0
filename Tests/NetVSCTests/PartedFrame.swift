import NetVSC
import TestSupport

/// A frame cut into parts, each somewhere in memories of the device's, or in memory of the process's own.
final class PartedFrame {
  let parts: [FramePart]
  private let memories: [FrameMemory]
  private let privateBytes: UnsafeMutableRawBufferPointer

  /// Cuts a frame at `cuts`, offsets in order. Each part lies in one of `memories`, or, where chance says so, in none.
  init(
    _ frame: [UInt8], cutAt cuts: [Int], in memories: [FrameMemory], isPrivateUsed: Bool = true,
    using chance: inout SeededGenerator
  ) {
    let gapLimit = 5000
    privateBytes = .allocate(byteCount: frame.count + (cuts.count + 1) * gapLimit, alignment: 1)
    self.memories = memories
    var ends = Array(repeating: 0, count: memories.count + 1)
    var parts: [FramePart] = []
    for (start, end) in zip([0] + cuts, cuts + [frame.count]) where start < end {
      let place = Int.random(in: 0..<(isPrivateUsed ? memories.count + 1 : memories.count), using: &chance)
      let gap = Int.random(in: 0..<(chance.next() % 8 == 0 ? gapLimit : 16), using: &chance)
      let offset = ends[place] + gap
      ends[place] = offset + end - start
      let piece = Array(frame[start..<end])
      if place < memories.count {
        memories[place].write(piece, at: offset)
        parts.append(
          FramePart(FrameRange(byteOffset: UInt32(offset), byteCount: UInt32(end - start)), of: memories[place]))
      } else {
        let bytes = UnsafeMutableRawBufferPointer(rebasing: privateBytes[offset..<offset + end - start])
        bytes.copyBytes(from: piece)
        parts.append(FramePart(privateBytes: UnsafeRawBufferPointer(bytes)))
      }
    }
    self.parts = parts
  }

  deinit { privateBytes.deallocate() }

  /// The room that each memory needs for a frame, however it is cut.
  static func byteCount(for frameByteCount: Int, cuts: Int) -> Int { frameByteCount + (cuts + 1) * 5000 }

  /// Whether any part is private.
  var hasPrivateParts: Bool { parts.contains { part in !memories.contains { $0.holds(part) } } }

  /// Overwrites all of it, as whoever has it back may do.
  func spoil() {
    for memory in memories { memory.write([UInt8](repeating: 0xEE, count: memory.byteCount), at: 0) }
    for index in privateBytes.indices { privateBytes[index] = 0xEE }
  }
}

extension FrameMemory {
  fileprivate func holds(_ part: FramePart) -> Bool {
    span(0..<byteCount).withUnsafeBytes { all in
      part.bytes.withUnsafeBytes {
        $0.baseAddress! >= all.baseAddress! && $0.baseAddress! < all.baseAddress! + all.count
      }
    }
  }
}
