/// The bytes `emit` leaves in a buffer of `byteCount` bytes of 0xA5, so that bytes it does not write show.
package func poisoned(_ byteCount: Int, _ emit: (inout MutableRawSpan) -> Void) -> [UInt8] {
  var bytes = [UInt8](repeating: 0xA5, count: byteCount)
  var elements = bytes.mutableSpan
  var span = elements.mutableBytes
  emit(&span)
  return bytes
}
