/// The ones' complement sum of IPv4, TCP and UDP headers (RFC 1071).
struct InternetChecksum {
  // Wide enough that carries can be folded once, at the end, for any packet.
  private var sum: UInt64 = 0

  /// Adds bytes as 16-bit words; a last odd byte counts as the first of a word. Only the last piece may be odd.
  mutating func add(_ bytes: some Collection<UInt8>) {
    var isFirstOfWord = true
    for byte in bytes {
      sum += isFirstOfWord ? UInt64(byte) << 8 : UInt64(byte)
      isFirstOfWord.toggle()
    }
  }

  mutating func add(_ word: UInt16) { sum += UInt64(word) }

  /// Adds the sum of words that were added up before.
  mutating func add(sum words: UInt32) { sum += UInt64(words) }

  /// The value of the checksum field.
  var value: UInt16 {
    var folded = sum
    while folded > 0xffff { folded = (folded & 0xffff) + (folded >> 16) }
    return ~UInt16(folded)
  }
}
