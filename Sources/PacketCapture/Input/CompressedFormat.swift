/// The formats of compressed files, each known by the bytes it begins with.
enum CompressedFormat: String, CaseIterable {
  case gzip
  case bzip2
  case xz
  case zstd

  /// How many bytes tell.
  static let longestSignatureByteCount = 6

  /// The format of what begins with these bytes; nil for anything else.
  init?(beginning: RawSpan) {
    guard let format = Self.allCases.first(where: { $0.begins(beginning) }) else { return nil }
    self = format
  }

  /// Whether what begins with these bytes is of this format.
  func begins(_ bytes: RawSpan) -> Bool {
    switch self {
    case .gzip: Self.bytes(bytes, begin: [0x1f, 0x8b])
    case .bzip2: Self.bytes(bytes, begin: Array("BZh".utf8))
    case .xz: Self.bytes(bytes, begin: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00])
    case .zstd:
      Self.bytes(bytes, begin: [0x28, 0xb5, 0x2f, 0xfd])
        // A frame that is to be skipped: such a one may come first.
        || !bytes.isEmpty && bytes.byte(at: 0) & 0xf0 == 0x50
          && Self.bytes(bytes.extracting(droppingFirst: 1), begin: [0x2a, 0x4d, 0x18])
    }
  }

  private static func bytes(_ bytes: RawSpan, begin signature: [UInt8]) -> Bool {
    bytes.byteCount >= signature.count && signature.indices.allSatisfy { bytes.byte(at: $0) == signature[$0] }
  }

  func makeDecompressor() throws(InputFailure) -> any Decompressor {
    switch self {
    case .gzip: try GzipDecompressor()
    case .bzip2: try Bzip2Decompressor()
    case .xz: try XZDecompressor()
    case .zstd: try ZstdDecompressor()
    }
  }
}
