/// Copies the bytes of a frame. Most frames are short: their bytes go in four steps of fixed size, the later ones of which
/// overlap, without a call and a choice by size that no processor foresees.
///
/// The two places have `byteCount` bytes each, and do not overlap. No byte outside of them is read or written.
@inlinable @inline(__always)
func copyFrame(from source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, byteCount: Int) {
  typealias Step = SIMD4<UInt64>
  let stepByteCount = MemoryLayout<Step>.size
  guard byteCount >= stepByteCount, byteCount <= 4 * stepByteCount else {
    return unsafe target.copyMemory(from: source, byteCount: byteCount)
  }
  let last = byteCount &- stepByteCount
  let places: InlineArray<4, Int> = [0, min(stepByteCount, last), min(2 &* stepByteCount, last), last]
  for index in places.indices {
    let place = places[index]
    unsafe (target + place).storeBytes(of: (source + place).loadUnaligned(as: Step.self), as: Step.self)
  }
}
