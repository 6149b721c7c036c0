package import NetworkInterface
package import SharedMemory
internal import Synchronization

/// A way into an interface that waits a while where that has no room: then the frame fails.
package final class PatientPort<Port: FramePort>: Sendable {
  /// How long it sleeps at a time, in nanoseconds, while the interface has no room.
  private static var pause: UInt64 { 50_000 }

  package let port: Port
  /// How long it waits for room at most, in nanoseconds.
  private let patience: UInt64
  private let clock: MonotonicClock
  private let sleep: @Sendable (UInt64) -> Void
  private let waits = Atomic<UInt64>(0)

  package init(
    _ port: Port, patience: UInt64, clock: MonotonicClock = .monotonic,
    sleep: @escaping @Sendable (UInt64) -> Void = WorkerThread.sleep
  ) {
    self.port = port
    self.patience = patience
    self.clock = clock
    self.sleep = sleep
  }

  /// How many frames found no room at once.
  package var waitCount: UInt64 { waits.load(ordering: .relaxed) }

  /// Sends a frame, and tries again until there is room, for as long as patience lasts and `mayWait` says so.
  package func send(_ frame: RawSpan, while mayWait: () -> Bool = { true }) throws(InterfaceError) {
    try trySending(while: mayWait) { () throws(InterfaceError) in try port.send(frame) }
  }

  /// The same for frames that are sent in another way.
  func trySending(while mayWait: () -> Bool = { true }, _ send: () throws(InterfaceError) -> Void)
    throws(InterfaceError)
  {
    do throws(InterfaceError) {
      return try send()
    } catch .busy {
      waits.add(1, ordering: .relaxed)
    }
    let start = clock.now()
    while true {
      sleep(Self.pause)
      do throws(InterfaceError) {
        return try send()
      } catch .busy where mayWait() && clock.now() &- start < patience {}
    }
  }
}
