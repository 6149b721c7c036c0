/// The 40 bytes that make a Toeplitz hash one's own.
package struct ToeplitzKey: Hashable, Sendable {
  package static let byteCount = 40

  /// The bytes as five numbers, the first byte the highest of the first.
  let words: [UInt64]

  /// The key in 40 bytes.
  package init(_ bytes: RawSpan) {
    precondition(bytes.byteCount == Self.byteCount, "a key has 40 bytes")
    words = stride(from: 0, to: Self.byteCount, by: 8).map { bytes.loadBigEndian(at: $0) }
  }

  private init(words: [UInt64]) { self.words = words }

  /// The key Linux gives netvsc; the verification suite of receive-side scaling was made with it.
  package static let linux = Self(words: [
    0x6D5A_56DA_255B_0EC2, 0x4167_253D_43A3_8FB0, 0xD0CA_2BCB_AE7B_30B4, 0x77CB_2DA3_8030_F20C, 0x6A42_B73B_BEAC_01FA,
  ])

  /// The key DPDK gives netvsc.
  package static let dpdk = Self(words: [
    0x2CC6_81D1_5BDB_F4F7, 0xFCA2_8319_DB1A_3E94, 0x6B9E_38D9_2C9C_03D1, 0xAD99_44A7_D956_3D59, 0x063C_25F3_FC1F_DC2A,
  ])

  /// The 32 bits of the key from bit `position` on, counted from the first byte's highest.
  func window(at position: Int) -> UInt32 {
    let index = position / 64
    let shift = position % 64
    let following = index + 1 < words.count ? words[index + 1] : 0
    let bits = shift == 0 ? words[index] : words[index] << shift | following >> (64 - shift)
    return UInt32(truncatingIfNeeded: bits >> 32)
  }

  /// Writes the 40 bytes from `offset` on.
  @_lifetime(out: copy out)
  package func store(into out: inout MutableRawSpan, at offset: Int) {
    for (index, word) in words.enumerated() { out.storeLittleEndian(word.byteSwapped, at: offset + 8 * index) }
  }
}
