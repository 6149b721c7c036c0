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
