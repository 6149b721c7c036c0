/// The 95 printable characters in turn, as a character generator (RFC 864) sends them.
///
/// All payloads begin alike, so the sum of each is known before it is made.
enum PrintablePayload {
  private static let bytes = (0..<FrameSizes.allowed.upperBound).map { 0x20 + UInt8($0 % 95) }

  /// For each length the sum of the payload's 16-bit words; a last odd byte counts as the first of a word.
  private static let sums: [UInt32] = {
    var sums: [UInt32] = [0]
    for (index, byte) in bytes.enumerated() {
      sums.append(sums[index] + (index % 2 == 0 ? UInt32(byte) << 8 : UInt32(byte)))
    }
    return sums
  }()

  static func first(_ byteCount: Int) -> (bytes: ArraySlice<UInt8>, sum: UInt32) {
    (bytes[..<byteCount], sums[byteCount])
  }
}
