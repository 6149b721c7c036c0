public import HostSocket
public import NetVSP
internal import SharedMemory
internal import Synchronization
internal import VMBusRing

/// Serves guests in other processes: each that connects to a path has a host of its own, all with one sink.
///
/// ```swift
/// let server = try HostServer(path: "/run/user/1000/netvsc", HostConfiguration(sink: .verify))
/// server.run()                                        // until another thread calls server.stop()
/// print(server.report().receivedPackets)
/// ```
///
/// A guest opens the device with `DeviceOffer.attach(path:)`. A guest that dies leaves nothing behind but its counts; one
/// that breaks a rule is not served any longer, and no other guest notices.
///
/// A guest may have 1,024 memories in its device's reach, 16 GiB together, and rings of 64 MiB each. As each memory keeps a
/// descriptor of this process open, it may have fewer where the process's limit (`RLIMIT_NOFILE`) is low: three quarters of
/// it, divided by `guestLimit`.
public final class HostServer: Sendable {
  /// What happened, for a log.
  public enum Event: Equatable, Sendable {
    /// A guest is served from now on. Guests are numbered from 1.
    case came(guest: Int)
    /// A guest left, or its process ended; that is what its host counted.
    case left(guest: Int, HostReport)
    /// A guest broke a rule, as the line says, and is not served any longer; that is what its host counted. Number 0: one
    /// that had not greeted.
    case refused(guest: Int, String, HostReport)
  }

  /// How many guests are served at a time: 1 where there is a source of frames, which are for one guest. Others wait;
  /// a guest gives up after 5 seconds.
  public let guestLimit: Int
  private let configuration: HostConfiguration
  private let listening: ListeningSocket
  private let tell: @Sendable (Event) -> Void

  private struct State {
    var sessions: [Int: GuestSession] = [:]
    /// Of those sessions whose guest has greeted.
    var hosts: [Int: Host] = [:]
    var guestCount = 0
    /// What was counted for guests that are gone.
    var past = HostReport()
    var isStopping = false
  }
  private let state = Mutex(State())
  /// Rung when a session ends.
  private let ends: Doorbell

  /// A server that listens at `path`, which only this user may open, from now on. Hosts are made by `configuration`, which
  /// has threads, and reads no private memory: it traps otherwise. Events are told on the threads of the server.
  public convenience init(
    path: String, guestLimit: Int = 16, _ configuration: HostConfiguration,
    tell: @escaping @Sendable (Event) -> Void = { _ in }
  ) throws(SocketError) {
    try self.init(try ListeningSocket(path: path), guestLimit: guestLimit, configuration, tell: tell)
  }

  /// The same, where `listening` listens already: for one who must not make a sink where another host is.
  package init(
    _ listening: ListeningSocket, guestLimit: Int = 16, _ configuration: HostConfiguration,
    tell: @escaping @Sendable (Event) -> Void
  ) throws(SocketError) {
    precondition(guestLimit > 0, "a server serves somebody")
    precondition(configuration.execution == .threads, "a guest in another process cannot step its host")
    // It would be asked for any byte of this process.
    precondition(!configuration.readsPrivateMemory, "a guest in another process has none of this one's memory to lend")
    self.guestLimit = configuration.source == nil ? guestLimit : 1
    self.configuration = configuration
    self.tell = tell
    self.listening = listening
    do throws(SystemError) {
      ends = try Doorbell()
    } catch {
      throw .failed(path: listening.path, error)
    }
  }

  /// Serves guests until `stop`, each on a thread of its own; with `onlyOne` just the first one, on the calling thread.
  /// Blocks until none is left, and the path is taken away. Called once.
  public func run(onlyOne: Bool = false) {
    var threads: [Int: WorkerThread] = [:]
    var number = 0
    while let session = listening.nextGuest(guestLimit: guestLimit) {
      number += 1
      enter(session, number)
      if onlyOne {
        if serve(session, number) { break }
        continue
      }
      do {
        threads[number] = try WorkerThread { [number] in _ = self.serve(session, number) }
      } catch {
        session.end(because: "it can serve no more guests (\(error))")
        leave(number)
      }
      while openSessions.count >= guestLimit { ends.wait(timeout: .max) }
      let open = openSessions
      for (number, thread) in threads where !open.contains(number) {
        thread.join()
        threads[number] = nil
      }
    }
    listening.close()
    for thread in threads.values { thread.join() }
  }

  /// Ends all of it, from any thread: guests are told, and their channels taken away.
  public func stop() {
    let sessions = state.withLock { state in
      state.isStopping = true
      return Array(state.sessions.values)
    }
    listening.close()
    for session in sessions { session.end(because: Self.farewell) }
  }

  /// What was counted for all guests so far.
  public func report() -> HostReport {
    let (past, hosts) = state.withLock { ($0.past, Array($0.hosts.values)) }
    return hosts.reduce(past) { $0 + $1.report() }
  }

  /// How many guests have come so far.
  public var guestCount: Int { state.withLock(\.guestCount) }

  private static let farewell = "the host was ended"

  private var openSessions: Set<Int> { state.withLock { Set($0.sessions.keys) } }

  private func enter(_ session: GuestSession, _ number: Int) {
    let isStopping = state.withLock { state in
      state.sessions[number] = session
      return state.isStopping
    }
    if isStopping { session.end(because: Self.farewell) }
  }

  private func leave(_ number: Int) {
    state.withLock { state in
      state.sessions[number] = nil
      guard let host = state.hosts.removeValue(forKey: number) else { return }
      state.past = state.past + host.report()
    }
    ends.ring()
  }

  /// Serves a guest to its end. Returns whether there was one.
  private func serve(_ session: GuestSession, _ number: Int) -> Bool {
    var guest = 0
    let end = session.run { bus in
      guard let host = try? Host(configuration, on: bus) else { return nil }
      state.withLock { $0.hosts[number] = host }
      return host
    } welcomed: {
      guest = state.withLock { state in
        state.guestCount += 1
        return state.guestCount
      }
      tell(.came(guest: guest))
    }
    let counted = state.withLock { $0.hosts[number] }?.report() ?? HostReport()
    leave(number)
    switch end {
    case .nobody: return false
    case .left: tell(.left(guest: guest, counted))
    case .refused(let why): tell(.refused(guest: guest, why, counted))
    }
    return true
  }
}

extension Host: ServedHost {
  package func report() -> HostReport {
    let statistics = statistics()
    let total = statistics.total
    var report = HostReport()
    (report.receivedPackets, report.receivedBytes) = (total.receivedPackets, total.receivedBytes)
    (report.deliveredPackets, report.deliveredBytes) = (total.deliveredPackets, total.deliveredBytes)
    (report.messages, report.doorbells, report.violations) = (total.messages, total.doorbells, total.violations)
    (report.digest, report.isVerified) = (total.digest, isVerifying)
    report.problem = statistics.problem
    return report
  }
}
