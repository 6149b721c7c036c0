internal import CNetVSCInterface
internal import NetVSC

// Bytes and arrays that C passes, for the time of a call. nil where there should be some, and are not.
//
// SAFETY: that there are as many as C says, and that nobody changes them during the call, is the caller's part.

@inline(__always)
@_lifetime(immortal)
func bytes(_ start: UnsafeRawPointer?, _ byteCount: Int) -> RawSpan? {
  guard byteCount >= 0 else { return nil }
  guard let start = unsafe start else { return byteCount == 0 ? RawSpan() : nil }
  return unsafe _overrideLifetime(RawSpan(_unsafeStart: start, byteCount: byteCount), copying: ())
}

@inline(__always)
func elements<Element>(_ start: UnsafePointer<Element>?, _ count: Int) -> UnsafeBufferPointer<Element>? {
  guard count >= 0, unsafe start != nil || count == 0 else { return nil }
  return unsafe UnsafeBufferPointer(start: start, count: count)
}

/// Ranges within so many bytes. nil also where one is not.
@inline(__always)
@_lifetime(immortal)
func ranges(_ start: UnsafePointer<netvsc_range>?, _ count: Int, within byteCount: Int) -> Span<FrameRange>? {
  guard let ranges = unsafe elements(start, count) else { return nil }
  for index in ranges.indices {
    guard unsafe Int(ranges[index].offset) + Int(ranges[index].size) <= byteCount else { return nil }
  }
  // SAFETY: both are two 32-bit numbers, in the same order.
  let first = unsafe UnsafeRawPointer(start)?.assumingMemoryBound(to: FrameRange.self)
  return unsafe _overrideLifetime(
    Span(_unsafeElements: UnsafeBufferPointer(start: first, count: count)), copying: ())
}

/// Makes a call that counts what it did in a number of C's.
@inline(__always)
func counting(
  in place: UnsafeMutablePointer<Int>?, _ body: (inout Int) -> netvsc_result
) -> netvsc_result {
  var count = 0
  let result = body(&count)
  if let place = unsafe place { unsafe place.pointee = count }
  return result
}
