internal import NetVSP
internal import PacketCapture
internal import Synchronization

/// Writes every frame that the host receives to a capture, stamped on arrival.
final class PcapSink: RunSink {
  private let writer: Mutex<CaptureWriter?>
  private let stop: RunStop

  /// Creates the file. A run whose sink fails has nothing to go on for: it is stopped.
  init(path: String, stop: RunStop) throws(CaptureError) {
    writer = Mutex(try CaptureWriter(path: path))
    self.stop = stop
  }

  func deliver(_ frame: RawSpan, timestamp: Int64) throws(SinkError) {
    do throws(CaptureError) {
      try append(frame, timestamp: timestamp)
    } catch {
      stop.request(because: .sinkFailed(error.description))
      throw SinkError(error.description)
    }
  }

  private func append(_ frame: RawSpan, timestamp: Int64) throws(CaptureError) {
    try writer.withLock { (writer) throws(CaptureError) in
      try writer?.append(frame, timestamp: timestamp, originalByteCount: frame.byteCount)
    }
  }

  /// Shows what it has to whoever reads the file meanwhile.
  func flush() {
    do {
      try writer.withLock { (writer) throws(CaptureError) in try writer?.flush() }
    } catch {
      // Closing tells why.
      stop.request()
    }
  }

  /// Completes the file. Throws when anything since its creation did not reach it.
  func close() throws(RunFailure) {
    let writer = writer.withLock { $0.take() }
    do throws(CaptureError) {
      try writer?.close()
    } catch {
      throw .sinkFailed(error.description)
    }
  }
}
