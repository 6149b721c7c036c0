import PacketCapture

/// A packet as a test keeps it.
struct PacketRecord: Equatable {
  var bytes: [UInt8]
  var originalByteCount: Int
  var timestamp: Int64
}

/// All that a reader gives, up to and including how it ends.
struct ReadCapture {
  var linkType = LinkType.ethernet
  var snapLength = 0
  var packets: [PacketRecord] = []
  /// Why the reader stopped; nil at a clean end.
  var error: CaptureError?
  /// Whether two calls more answered as the last one did.
  var endsForGood = false

  var capturedByteCount: Int { packets.reduce(0) { $0 + $1.bytes.count } }
  var truncatedCount: Int { packets.count { $0.bytes.count < $0.originalByteCount } }

  /// Throws what opening the capture throws.
  init(path: String) throws(CaptureError) {
    var reader = try CaptureReader(path: path)
    linkType = reader.linkType
    snapLength = reader.snapLength
    while let record = Self.next(of: &reader, error: &error) { packets.append(record) }
    let first = error
    endsForGood = (0..<2).allSatisfy { _ in
      var again: CaptureError?
      return Self.next(of: &reader, error: &again) == nil && again == first && reader.packetCount == packets.count
    }
  }

  private static func next(of reader: inout CaptureReader, error: inout CaptureError?) -> PacketRecord? {
    do {
      guard let packet = try reader.next() else { return nil }
      return PacketRecord(
        bytes: packet.bytes.withUnsafeBytes { Array($0) }, originalByteCount: packet.originalByteCount,
        timestamp: packet.timestamp)
    } catch let caught {
      error = caught
      return nil
    }
  }
}

/// The bytes of a capture as a file of the original pcap format.
struct PcapImage {
  var isBigEndian = false
  var bytes: [UInt8] = []

  init(
    isBigEndian: Bool = false, magic: UInt32 = 0xa1b2_3c4d, snapLength: UInt32 = 262_144, linkType: UInt32 = 1
  ) {
    self.isBigEndian = isBigEndian
    for word in [magic, isBigEndian ? 0x0002_0004 : 0x0004_0002, 0, 0, snapLength, linkType] { append(word) }
  }

  mutating func append(_ word: UInt32) {
    withUnsafeBytes(of: isBigEndian ? word.bigEndian : word.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func appendRecord(
    seconds: UInt32, fraction: UInt32, capturedByteCount: UInt32? = nil, originalByteCount: UInt32? = nil,
    _ data: [UInt8]
  ) {
    append(seconds)
    append(fraction)
    append(capturedByteCount ?? UInt32(data.count))
    append(originalByteCount ?? UInt32(data.count))
    bytes += data
  }
}
