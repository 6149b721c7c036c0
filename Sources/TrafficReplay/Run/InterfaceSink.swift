internal import NetVSC
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
  private let isInterrupted: @Sendable () -> Bool
  private let isBroken = Atomic<Bool>(false)

  init(_ port: Port, of choice: SinkChoice, _ terms: SinkTerms) {
    self.port = PatientPort(port, patience: terms.patience, clock: terms.clock, sleep: terms.sleep)
    self.choice = choice
    stop = terms.stop
    isInterrupted = terms.isInterrupted
  }

  var waitCount: UInt64 { port.waitCount }

  func deliver(_ frame: RawSpan, timestamp: Int64) throws(SinkError) {
    // What is still in flight when the interface goes away does not each wait for it.
    guard !isBroken.load(ordering: .relaxed) else { throw SinkError("\(choice): nothing more is sent") }
    // The kernel calls it invalid, as it would a broken interface. Any guest can send one.
    guard frame.byteCount >= Sender.minimumFrameByteCount else {
      throw SinkError("\(choice): a frame is shorter than an Ethernet header")
    }
    do throws(InterfaceError) {
      // Who interrupts the run does not wait.
      try port.send(frame, while: { !isInterrupted() })
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
