package import NetVSP
import SharedMemory
import Synchronization

/// A source with the frames that a test gives it.
package final class QueuedSource: FrameSource {
  private struct State {
    var frames: [[UInt8]] = []
    var next = 0
    var failure: SourceError?
  }
  private let state = Mutex(State())
  private let bell: Doorbell
  /// Whether it tells of a frame that it cut how much is left, as a TAP interface does.
  private let tellsCutLengths: Bool

  package init(_ frames: [[UInt8]] = [], tellsCutLengths: Bool = false) throws {
    self.tellsCutLengths = tellsCutLengths
    bell = try Doorbell()
    add(frames)
  }

  package func add(_ frames: [[UInt8]]) {
    state.withLock { $0.frames += frames }
    bell.ring()
  }

  /// The next call fails.
  package func fail(with error: SourceError) { state.withLock { $0.failure = error } }

  /// How many frames nobody has taken.
  package var remaining: Int { state.withLock { $0.frames.count - $0.next } }

  package func receive(into buffer: inout MutableRawSpan) throws(SourceError) -> Int? {
    let (frame, failure) = state.withLock { state -> ([UInt8]?, SourceError?) in
      if let failure = state.failure { return (nil, failure) }
      guard state.next < state.frames.count else { return (nil, nil) }
      defer { state.next += 1 }
      return (state.frames[state.next], nil)
    }
    if let failure { throw failure }
    guard let frame else { return nil }
    for index in 0..<min(frame.count, buffer.byteCount) {
      buffer.storeBytes(of: frame[index], toByteOffset: index, as: UInt8.self)
    }
    return tellsCutLengths ? min(frame.count, buffer.byteCount) : frame.count
  }

  package func wait(timeout: UInt64) -> Bool { remaining > 0 || bell.wait(timeout: timeout) }
}

/// Frames that a guest of ours listens to.
package enum ArrivingFrame {
  /// The address of the host's adapter.
  package static let address: [UInt8] = [0x00, 0x15, 0x5D, 0x01, 0x02, 0x03]
  package static let broadcast = [UInt8](repeating: 0xFF, count: 6)

  /// A frame of `byteCount` bytes whose contents tell its number.
  package static func make(_ number: Int, byteCount: Int = 60, to destination: [UInt8] = address) -> [UInt8] {
    let source: [UInt8] = [0x02, 0, 0, 0, 0, 1]
    let head = destination + source + [0x88, 0xB5] + (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    return head + (0..<max(0, byteCount - head.count)).map { UInt8(truncatingIfNeeded: $0 &+ number) }
  }
}
