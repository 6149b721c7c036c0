/// A frame that was lent to the host, and is its sender's again.
public struct ReturnedFrame: Equatable, Sendable, BitwiseCopyable {
  /// How it ended.
  public enum Fate: Equatable, Sendable, BitwiseCopyable {
    /// The host completed it with success.
    case completed
    /// The host completed it with another status.
    case failed
    /// Its sender gave it up. The host may read it still, until the device is closed: leave the bytes as they are.
    case lost
  }

  /// What the caller named it by.
  public let cookie: UInt64
  /// How it ended.
  public let fate: Fate
}
