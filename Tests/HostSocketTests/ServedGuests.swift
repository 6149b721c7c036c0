import HostSocket
import NetVSP
import SharedMemory
import Synchronization
import TestSupport
import VirtualSwitch

/// A server on a thread of its own, until this object goes.
final class ServedGuests: Sendable {
  let path: String
  let server: HostServer
  private let folder: TemporaryFolder
  private let thread: WorkerThread
  private let log: EventLog

  init(_ configuration: HostConfiguration = HostConfiguration(sink: .verify), guestLimit: Int = 16) throws {
    folder = try TemporaryFolder()
    path = folder.path("host")
    let log = EventLog()
    let server = try HostServer(path: path, guestLimit: guestLimit, configuration) { log.append($0) }
    self.server = server
    thread = try WorkerThread { server.run() }
    self.log = log
  }

  deinit {
    server.stop()
    thread.join()
  }

  /// What happened so far.
  var events: [HostServer.Event] { log.all }

  /// Waits until an event fits. Returns it.
  func waitFor(_ fits: (HostServer.Event) -> Bool) -> HostServer.Event? {
    var event: HostServer.Event?
    waitUntil {
      event = events.first(where: fits)
      return event != nil
    }
    return event
  }

  /// The line for a guest that broke a rule.
  func waitForRefusal() -> String? {
    guard case .refused(_, let line, _)? = waitFor({ if case .refused = $0 { true } else { false } }) else {
      return nil
    }
    return line
  }
}

private final class EventLog: Sendable {
  private let events = Mutex<[HostServer.Event]>([])
  func append(_ event: HostServer.Event) { events.withLock { $0.append(event) } }
  var all: [HostServer.Event] { events.withLock(\.self) }
}
