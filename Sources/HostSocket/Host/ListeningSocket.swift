internal import SharedMemory
internal import Synchronization

/// Where a host waits for guests: a path, for those whom its owner lets in.
package final class ListeningSocket: Sendable {
  /// So many may wait to be served.
  private static let backlog: Int32 = 64
  /// How long it pauses, in nanoseconds, when a guest cannot be let in, for want of descriptors perhaps.
  private static let pause: UInt64 = 50_000_000

  package let path: String
  private let socket: Int32
  private let identity: FileIdentity?
  private let isClosed = Atomic<Bool>(false)

  /// Listens at `path`. The socket of a host that died is replaced; anything else there is left alone.
  package init(path: String) throws(SocketError) {
    self.path = path
    switch SocketCalls.isSocket(path) {
    case false: throw .isNoSocket(path: path)
    case true:
      guard try Self.isDead(path) else { throw .isInUse(path: path) }
      SocketCalls.remove(path)
    case nil: break
    }
    do throws(SystemError) {
      socket = try SocketCalls.listen(at: path, backlog: Self.backlog)
    } catch {
      throw error.isForbidden ? .notPermitted(path: path) : .failed(path: path, error)
    }
    identity = SocketCalls.identity(of: path)
  }

  deinit {
    close()
    SocketCalls.closeDescriptor(socket)
  }

  private static func isDead(_ path: String) throws(SocketError) -> Bool {
    do throws(SystemError) {
      _ = try Connection(to: path)
      return false
    } catch {
      guard error.meansNobodyListens else { throw SocketError(error, at: path) }
      return true
    }
  }

  /// The next guest; nil once it was closed.
  func accept() -> Connection? {
    while !isClosed.load(ordering: .acquiring) {
      do throws(SystemError) {
        return Connection(try SocketCalls.accept(from: socket, patience: SocketLimits.patience))
      } catch {
        if !isClosed.load(ordering: .acquiring), !error.meansInterruption { WorkerThread.sleep(Self.pause) }
      }
    }
    return nil
  }

  /// The session of the next guest, one of `guestLimit` at a time, which is to be run; nil once it was closed.
  package func nextGuest(guestLimit: Int) -> GuestSession? {
    accept().map { GuestSession($0, memoryLimit: SocketLimits.memoryCount(ofOneIn: guestLimit)) }
  }

  /// Lets nobody in any more, and takes the path away, unless it leads to another host by now.
  package func close() {
    guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
    SocketCalls.shutDown(socket)
    if let identity, SocketCalls.identity(of: path) == identity { SocketCalls.remove(path) }
  }
}
