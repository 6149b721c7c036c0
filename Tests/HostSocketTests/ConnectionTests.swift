import Glibc
import SharedMemory
import Synchronization
import TestSupport
import Testing

@testable import HostSocket

@Suite("A connection between a guest and a host")
struct ConnectionTests {
  /// Two ends of a connection, the first of which takes no more.
  private func makeFull() throws -> (Connection, Connection) {
    var sockets: [Int32] = [0, 0]
    #expect(socketpair(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue), 0, &sockets) == 0)
    // Without a limit of time the kernel would take the call up again by itself.
    var limit = timeval(tv_sec: 20, tv_usec: 0)
    #expect(setsockopt(sockets[0], SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size)) == 0)
    let flags = fcntl(sockets[0], F_GETFL)
    #expect(fcntl(sockets[0], F_SETFL, flags | O_NONBLOCK) == 0)
    let connections = (Connection(sockets[0]), Connection(sockets[1]))
    while (try? connections.0.send([1])) != nil {}
    #expect(fcntl(sockets[0], F_SETFL, flags) == 0)
    return connections
  }

  @Test("is ended at once although the other side takes nothing")
  func fullEnd() throws {
    let (near, far) = try makeFull()
    let isOver = Mutex(false)
    let thread = try WorkerThread {
      near.hangUp(because: "it is over")
      isOver.withLock { $0 = true }
    }
    waitUntil { isOver.withLock { $0 } }
    let ended = isOver.withLock { $0 }
    #expect(ended)
    while try far.receive(timeout: 5_000_000_000)?.bytes == [1] {}
    thread.join()
  }

  @Test("goes on sending after a signal")
  func signal() throws {
    let before = Glibc.signal(SIGUSR2) { _ in signalCount.add(1, ordering: .relaxed) }
    defer { _ = Glibc.signal(SIGUSR2, before) }
    let (near, far) = try makeFull()
    let sender = Mutex<pthread_t?>(nil)
    let isSent = Mutex<Bool?>(nil)
    let thread = try WorkerThread {
      var signals = sigset_t()
      sigemptyset(&signals)
      sigaddset(&signals, SIGUSR2)
      pthread_sigmask(SIG_UNBLOCK, &signals, nil)
      sender.withLock { $0 = pthread_self() }
      let result = (try? near.send([2])) != nil
      isSent.withLock { $0 = result }
    }
    waitUntil { sender.withLock { $0 } != nil }
    // The thread waits for room by then, as a rule; where it does not yet, the signal changes nothing.
    WorkerThread.sleep(20_000_000)
    let sending = sender.withLock { $0 }
    pthread_kill(try #require(sending), SIGUSR2)
    waitUntil { signalCount.load(ordering: .relaxed) > 0 }
    let count = signalCount.load(ordering: .relaxed)
    #expect(count == 1)
    while try far.receive(timeout: 5_000_000_000)?.bytes == [1] {}
    thread.join()
    let wasSent = isSent.withLock { $0 }
    #expect(wasSent == true)
  }
}

private let signalCount = Atomic(0)
