/// Where a host's frames go.
public enum HostSink: Sendable {
  /// Nowhere: frames are checked and counted, their bytes are not looked at.
  case null
  /// Into a sum of digests, to be compared with the guest's.
  case verify
  /// Into a sink of the caller's.
  case frames(any FrameSink)
}

/// Takes the frames that a host receives.
///
/// Channels deliver on threads of their own and at the same time, so a sink does its own locking. A sink is called while
/// its channel is busy with it: it must not call the host.
public protocol FrameSink: AnyObject, Sendable {
  /// Takes one frame, whose bytes may change once the call returns, stamped with wall-clock nanoseconds since 1970.
  ///
  /// When it throws, the frame's message fails for its sender, and the host reports the problem and goes on.
  func deliver(_ frame: RawSpan, timestamp: Int64) throws(SinkError)

  /// Those were all the frames there are for now: a sink that gathers some passes them on. Until then their messages are
  /// not completed, and where it throws, they are all the same, and the host reports the problem.
  func flush() throws(SinkError)
}

extension FrameSink {
  /// Most sinks gather none.
  public func flush() throws(SinkError) {}
}

/// Why a sink did not take a frame.
public struct SinkError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What went wrong, where, for the reader of one line.
  public let description: String

  /// An error that reads as `description`.
  public init(_ description: String) { self.description = description }
}
