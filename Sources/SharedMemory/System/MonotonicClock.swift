/// Where time comes from. It is passed in, so that a test can replay it.
public struct MonotonicClock: Sendable {
  @usableFromInline let read: @Sendable () -> UInt64

  /// A clock of your own: nanoseconds that never step back, from any start.
  public init(_ read: @escaping @Sendable () -> UInt64) { self.read = read }

  /// Nanoseconds since the clock's own start.
  @inlinable
  public func now() -> UInt64 { read() }

  /// The system's monotonic clock.
  public static let monotonic = MonotonicClock { SystemCalls.monotonicNanoseconds() }

  /// Nanoseconds since 1970 by the system's wall clock, for stamping captures.
  package static func wallClockNanoseconds() -> Int64 { SystemCalls.wallClockNanoseconds() }
}
