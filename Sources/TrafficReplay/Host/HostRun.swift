package import HostSocket
internal import NetVSP
internal import SharedMemory
internal import Synchronization
internal import VirtualSwitch

/// What a host that serves guests in other processes is asked to do.
package struct HostOptions: Sendable, Equatable {
  /// Where it listens.
  package var socketPath: String
  package var sink: SinkChoice
  /// Whether the frames of a TAP interface go to the guest.
  package var receives: Bool
  /// Whether it ends with its first guest.
  package var onlyOne: Bool

  package init(socketPath: String, sink: SinkChoice, receives: Bool = false, onlyOne: Bool = false) {
    self.socketPath = socketPath
    self.sink = sink
    self.receives = receives
    self.onlyOne = onlyOne
  }
}

/// All that a host has to tell when it has ended.
package struct HostResult: Sendable {
  package let options: HostOptions
  /// What was counted for all guests.
  package var report = HostReport()
  package var guestCount = 0
  /// How many of them broke a rule of the socket.
  package var refusedGuestCount = 0
  /// Frames that an interface had no room for at once.
  package var sinkWaits: UInt64 = 0
  package var interrupted = false
  package var failure: RunFailure?

  package init(options: HostOptions) { self.options = options }

  /// What the program ends with.
  package var status: ReplayStatus {
    switch failure {
    case .notPermitted: .notPermitted
    case .internalFault: .internalFault
    case .hostWentAway: .hostGone
    case .sinkFailed, .outputFailed: .inputOutputFailed
    case nil:
      if interrupted {
        .interrupted
      } else if refusedGuestCount > 0 || report.problem != nil {
        .incomplete
      } else {
        .complete
      }
    }
  }

  /// One line with what was counted.
  package var totals: String {
    "\(Readable.amount(UInt64(guestCount), of: "guest")): \(HostRun.text(of: report))"
  }
}

/// A host that listens at a path and serves guests in other processes until it is stopped.
package struct HostRun {
  /// How often the sink shows what it has, and a stop is looked for, in nanoseconds.
  private static let interval: UInt64 = 50_000_000
  /// How long a frame waits for room in an interface at most, in nanoseconds.
  private static let patience: UInt64 = 1_000_000_000

  private let options: HostOptions
  private let isStopRequested: @Sendable () -> Bool
  private let tell: @Sendable (String) -> Void

  /// `isStopRequested` is asked now and then. `tell` gets a line for what happens, on any thread.
  package init(
    _ options: HostOptions, isStopRequested: @escaping @Sendable () -> Bool,
    tell: @escaping @Sendable (String) -> Void
  ) {
    self.options = options
    self.isStopRequested = isStopRequested
    self.tell = tell
  }

  /// Serves on threads of its own; returns when no guest is left.
  package func run() -> HostResult {
    var result = HostResult(options: options)
    do throws(RunFailure) {
      try run(into: &result)
    } catch {
      result.failure = result.failure ?? error
    }
    return result
  }

  private func run(into result: inout HostResult) throws(RunFailure) {
    let stop = RunStop()
    // First: opening the sink empties its file, which may be that of a host which listens here.
    let listening = try listen()
    let sink = try options.sink.open(
      SinkTerms(
        patience: Self.patience, stop: stop, isInterrupted: isStopRequested, clock: .monotonic,
        sleep: WorkerThread.sleep))
    let refusals = Refusals()
    let server: HostServer
    do throws(SocketError) {
      server = try HostServer(listening, configuration(of: sink)) { [tell] event in
        if case .refused = event { refusals.add() }
        tell(Self.line(of: event))
      }
    } catch {
      throw RunFailure(error)
    }
    tell("listening at \(options.socketPath), sink \(options.sink)")
    try serve(server, sink, stop)
    result.report = server.report()
    (result.guestCount, result.refusedGuestCount) = (server.guestCount, refusals.count)
    result.sinkWaits = sink.own?.waitCount ?? 0
    result.interrupted = isStopRequested()
    result.failure = stop.failure
    try sink.own?.close()
  }

  private func listen() throws(RunFailure) -> ListeningSocket {
    do throws(SocketError) {
      return try ListeningSocket(path: options.socketPath)
    } catch {
      throw RunFailure(error)
    }
  }

  private func configuration(of sink: OpenSink) -> HostConfiguration {
    var configuration = HostConfiguration(execution: .threads, sink: sink.hostSink)
    if options.receives { configuration.source = sink.source }
    return configuration
  }

  /// Lets the server run until it ends, or is to.
  private func serve(_ server: HostServer, _ sink: OpenSink, _ stop: RunStop) throws(RunFailure) {
    let isOver = Atomic(false)
    func watch(_ thread: WorkerThread) {
      while !isOver.load(ordering: .acquiring) {
        WorkerThread.sleep(Self.interval)
        sink.own?.flush()
        if isStopRequested() || stop.isRequested { server.stop() }
      }
      thread.join()
    }
    do {
      watch(
        try WorkerThread { [options] in
          server.run(onlyOne: options.onlyOne)
          isOver.store(true, ordering: .releasing)
        })
    } catch {
      throw .internalFault("the host's thread cannot be started: \(error)")
    }
  }

  private static func line(of event: HostServer.Event) -> String {
    switch event {
    case .came(let guest): "guest \(guest) came"
    case .left(let guest, let report): "guest \(guest) left: \(text(of: report))"
    case .refused(let guest, let why, let report):
      guest == 0 ? why : "guest \(guest): \(why); until then: \(text(of: report))"
    }
  }

  static func text(of report: HostReport) -> String {
    let received = Readable.amount(report.receivedPackets, of: "packet")
    let bytes = Readable.amount(report.receivedBytes, of: "byte")
    let problem = report.problem.map { "; \($0)" } ?? ""
    return "\(received) (\(bytes)) received, \(Readable.count(report.deliveredPackets)) delivered\(problem)"
  }
}

/// How many guests broke a rule.
private final class Refusals: Sendable {
  private let value = Mutex(0)
  func add() { value.withLock { $0 += 1 } }
  var count: Int { value.withLock(\.self) }
}

extension RunFailure {
  /// A socket that cannot be used.
  init(_ error: SocketError) {
    self =
      switch error {
      case .notPermitted: .notPermitted("\(error)")
      case .nobodyListens, .refused: .hostWentAway("\(error)")
      case .isInUse, .isNoSocket, .failed: .sinkFailed("\(error)")
      }
  }
}
