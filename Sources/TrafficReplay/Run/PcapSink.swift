internal import NetVSP
internal import PacketCapture
internal import Synchronization

/// Writes every frame that the host receives to a capture, stamped on arrival.
final class PcapSink: FrameSink {
  private let writer: Mutex<CaptureWriter?>

  init(path: String) throws(CaptureError) { writer = Mutex(try CaptureWriter(path: path)) }

  func deliver(_ frame: RawSpan, timestamp: Int64) throws(SinkError) {
    do throws(CaptureError) {
      try append(frame, timestamp: timestamp)
    } catch {
      throw SinkError(error.description)
    }
  }

  private func append(_ frame: RawSpan, timestamp: Int64) throws(CaptureError) {
    try writer.withLock { (writer) throws(CaptureError) in
      try writer?.append(frame, timestamp: timestamp, originalByteCount: frame.byteCount)
    }
  }

  /// Completes the file. Throws when anything since its creation did not reach it.
  func close() throws(CaptureError) {
    let writer = writer.withLock { $0.take() }
    try writer?.close()
  }
}
