/// Where the frames come from that a host delivers to its guest: the other direction of a `FrameSink`.
///
/// It must not call the host. One thread at a time takes frames: a thread of the host's own, or the guest's that steps a host which has none.
public protocol FrameSource: AnyObject, Sendable {
  /// Puts the next frame into `buffer`, from the destination address on. Returns its size in bytes; nil when there is none
  /// now. One that is longer than the buffer is cut, and its whole size returned.
  func receive(into buffer: inout MutableRawSpan) throws(SourceError) -> Int?

  /// Waits until there is a frame, `timeout` nanoseconds at most. Returns whether there may be one. Several threads may
  /// wait.
  func wait(timeout: UInt64) -> Bool
}

/// Why a source gives no more frames.
public struct SourceError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What went wrong, where, for the reader of one line.
  public let description: String

  /// An error that reads as `description`.
  public init(_ description: String) { self.description = description }
}
