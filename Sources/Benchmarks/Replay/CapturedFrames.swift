internal import PacketCapture
internal import SharedMemory

/// The frames of a capture, one behind the other in memory.
struct CapturedFrames {
  let bytes: SharedBytes
  /// Where each lies.
  let ranges: [Range<Int>]
  /// In nanoseconds since 1970.
  let timestamps: [Int64]

  /// Reads the frames of up to `longest` bytes, twice: to see how many bytes they are, and to keep them. Throws where the
  /// capture cannot be read.
  init(capture path: String, longest: Int = .max) throws(CaptureError) {
    var ranges: [Range<Int>] = []
    var timestamps: [Int64] = []
    var end = 0
    var reader = try CaptureReader(path: path)
    while let packet = try reader.next() {
      let byteCount = packet.bytes.byteCount
      guard byteCount <= longest else { continue }
      ranges.append(end..<end + byteCount)
      timestamps.append(packet.timestamp)
      end += byteCount
    }
    bytes = SharedBytes(allocating: max(end, 1))
    var next = 0
    var again = try CaptureReader(path: path)
    while next < ranges.count, let packet = try again.next() {
      guard packet.bytes.byteCount == ranges[next].count else { continue }
      bytes.write(packet.bytes, at: ranges[next].lowerBound)
      next += 1
    }
    (self.ranges, self.timestamps) = (ranges, timestamps)
  }
}
