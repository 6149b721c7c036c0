internal import NetVSP
internal import NetworkInterface
internal import SharedMemory
internal import Synchronization

/// Sends every frame that the host receives to an interface of the system's. A frame is delivered when the kernel has
/// taken it.
final class InterfaceSink<Port: FramePort>: RunSink {
  /// How long it sleeps at a time, in nanoseconds, while the interface has no room.
  private static var pause: UInt64 { 50_000 }

  private let port: Port
  private let choice: SinkChoice
  /// How long it waits for room at most, in nanoseconds.
  private let patience: UInt64
  private let stop: RunStop
  private let control: ReplayControl
  private let clock: MonotonicClock
  private let sleep: @Sendable (UInt64) -> Void
  private let waits = Atomic<UInt64>(0)
  private let isBroken = Atomic<Bool>(false)

  init(
    _ port: Port, options: ReplayOptions, stop: RunStop, control: ReplayControl, clock: MonotonicClock,
    sleep: @escaping @Sendable (UInt64) -> Void
  ) {
    self.port = port
    choice = options.sink
    patience = options.stallTimeout
    self.stop = stop
    self.control = control
    self.clock = clock
    self.sleep = sleep
  }

  var waitCount: UInt64 { waits.load(ordering: .relaxed) }

  func deliver(_ frame: RawSpan, timestamp: Int64) throws(SinkError) {
    // What is still in flight when the interface goes away does not each wait for it.
    guard !isBroken.load(ordering: .relaxed) else { throw SinkError("\(choice): nothing more is sent") }
    do throws(InterfaceError) {
      try send(frame)
    } catch {
      let failure = RunFailure(error, of: choice)
      if error != .frameTooLong {
        isBroken.store(true, ordering: .relaxed)
        stop.request(because: failure)
      }
      throw SinkError(failure.text)
    }
  }

  private func send(_ frame: RawSpan) throws(InterfaceError) {
    do throws(InterfaceError) {
      try port.send(frame)
    } catch .busy {
      waits.add(1, ordering: .relaxed)
      try sendLater(frame)
    }
  }

  /// Tries again until there is room, for as long as a host may complete nothing. Who interrupts the run does not wait.
  private func sendLater(_ frame: RawSpan) throws(InterfaceError) {
    let start = clock.now()
    while true {
      sleep(Self.pause)
      do throws(InterfaceError) {
        return try port.send(frame)
      } catch .busy where !control.stopRequested && clock.now() &- start < patience {}
    }
  }

  func close() {}
}

extension RunFailure {
  /// A failure of an interface that is a sink.
  init(_ error: InterfaceError, of sink: SinkChoice) {
    let text = "\(sink): \(error.advice)"
    self = error == .notPermitted ? .notPermitted(text) : .sinkFailed(text)
  }
}
