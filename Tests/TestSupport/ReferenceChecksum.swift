/// The checksum of RFC 1071 as the RFC tells it: one word after the other, each carry brought round at once.
package func internetChecksum(_ bytes: some Collection<UInt8>) -> UInt16 {
  var sum: UInt32 = 0
  var isFirstOfWord = true
  for byte in bytes {
    sum += isFirstOfWord ? UInt32(byte) << 8 : UInt32(byte)
    if sum > 0xFFFF { sum -= 0xFFFF }
    isFirstOfWord.toggle()
  }
  return ~UInt16(sum)
}
