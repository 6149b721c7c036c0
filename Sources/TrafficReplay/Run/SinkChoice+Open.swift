internal import NetVSP
internal import NetworkInterface
internal import PacketCapture
internal import SharedMemory
internal import VirtualSwitch

/// What a sink needs of the run that it is part of.
struct SinkTerms: Sendable {
  /// How long a frame waits for room in an interface at most, in nanoseconds.
  let patience: UInt64
  /// Told when the sink can take no more.
  let stop: RunStop
  /// Whether somebody wants the run to end: nothing waits for room any more.
  let isInterrupted: @Sendable () -> Bool
  let clock: MonotonicClock
  let sleep: @Sendable (UInt64) -> Void
}

/// A sink that is ready for frames.
struct OpenSink: Sendable {
  /// As the host takes it.
  let hostSink: HostSink
  /// What has to be closed; nil: the host has a sink of its own.
  var own: (any RunSink)?
  /// What gives frames for a guest; nil: the sink is no such thing.
  var source: (any FrameSource)?

  fileprivate init(_ sink: HostSink) { hostSink = sink }

  fileprivate init(_ sink: any RunSink, source: (any FrameSource)? = nil) {
    hostSink = .frames(sink)
    own = sink
    self.source = source
  }
}

extension SinkChoice {
  /// Opens the sink. Throws what is wrong with it.
  func open(_ terms: SinkTerms) throws(RunFailure) -> OpenSink {
    switch self {
    case .null: return OpenSink(.null)
    case .verify: return OpenSink(.verify)
    case .pcap(let path):
      do throws(CaptureError) {
        return OpenSink(try PcapSink(path: path, stop: terms.stop))
      } catch {
        throw .sinkFailed(error.description)
      }
    case .tap(let name):
      let device = try interface { () throws(InterfaceError) in try TapDevice(name) }
      return OpenSink(InterfaceSink(device, of: self, terms), source: TapPort(device))
    case .interface(let name):
      let socket = try interface { () throws(InterfaceError) in try PacketSocket(sendingTo: name) }
      return OpenSink(InterfaceSink(socket, of: self, terms))
    }
  }

  private func interface<Port>(_ open: () throws(InterfaceError) -> Port) throws(RunFailure) -> Port {
    do throws(InterfaceError) {
      return try open()
    } catch {
      throw RunFailure(error, of: self)
    }
  }
}
