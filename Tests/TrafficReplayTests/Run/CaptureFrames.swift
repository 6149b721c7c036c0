import PacketCapture

/// The frames of a capture.
func frames(of path: String) throws -> [[UInt8]] {
  var reader = try CaptureReader(path: path)
  var frames: [[UInt8]] = []
  while true {
    guard let packet = try reader.next() else { return frames }
    frames.append(packet.bytes.withUnsafeBytes { Array($0) })
  }
}
