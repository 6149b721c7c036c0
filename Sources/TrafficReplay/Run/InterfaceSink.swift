internal import NetVSP
internal import NetworkInterface
internal import SharedMemory
internal import Synchronization
internal import VirtualSwitch

/// Sends every frame that the host receives to an interface of the system's. A frame is delivered when the kernel has
/// taken it.
final class InterfaceSink<Port: FramePort>: RunSink {
  private let port: PatientPort<Port>
  private let choice: SinkChoice
  private let stop: RunStop
  private let control: ReplayControl
  private let isBroken = Atomic<Bool>(false)

  /// A frame without room waits as long as a host may complete nothing.
  init(
    _ port: Port, options: ReplayOptions, stop: RunStop, control: ReplayControl, clock: MonotonicClock,
    sleep: @escaping @Sendable (UInt64) -> Void
  ) {
    self.port = PatientPort(port, patience: options.stallTimeout, clock: clock, sleep: sleep)
    choice = options.sink
    self.stop = stop
    self.control = control
  }

  var waitCount: UInt64 { port.waitCount }

  func deliver(_ frame: RawSpan, timestamp: Int64) throws(SinkError) {
    // What is still in flight when the interface goes away does not each wait for it.
    guard !isBroken.load(ordering: .relaxed) else { throw SinkError("\(choice): nothing more is sent") }
    do throws(InterfaceError) {
      // Who interrupts the run does not wait.
      try port.send(frame, while: { !control.stopRequested })
    } catch {
      let failure = RunFailure(error, of: choice)
      if error != .frameTooLong {
        isBroken.store(true, ordering: .relaxed)
        stop.request(because: failure)
      }
      throw SinkError(failure.text)
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
