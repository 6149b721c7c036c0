import NetVSP
import Synchronization

/// Keeps the frames it gets, and refuses those it is told to.
final class CollectingSink: FrameSink {
  private struct State {
    var frames: [[UInt8]] = []
    var timestamps: [Int64] = []
    var offered = 0
  }
  private let state = Mutex(State())
  private let refused: Set<Int>

  /// A sink that refuses the frames with these numbers, counted from 0 as they are offered.
  init(refusing refused: Set<Int> = []) { self.refused = refused }

  var frames: [[UInt8]] { state.withLock { $0.frames } }
  var timestamps: [Int64] { state.withLock { $0.timestamps } }

  func deliver(_ frame: RawSpan, timestamp: Int64) throws(SinkError) {
    let bytes = frame.withUnsafeBytes { [UInt8]($0) }
    let isRefused = state.withLock { state in
      defer { state.offered += 1 }
      guard !refused.contains(state.offered) else { return true }
      state.frames.append(bytes)
      state.timestamps.append(timestamp)
      return false
    }
    if isRefused { throw SinkError("the disk is full") }
  }
}
