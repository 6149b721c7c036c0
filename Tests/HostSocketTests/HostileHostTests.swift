import Foundation
import NetVSC
import SharedMemory
import Synchronization
import TestSupport
import Testing
import VMBusRing

@testable import HostSocket

@Suite("A guest at a socket, whose host is hostile")
struct HostileHostTests {
  /// A host that does what `body` does with its first guest.
  private func attach(to body: @escaping @Sendable (Connection) throws -> Void) throws -> SocketError? {
    let folder = try TemporaryFolder()
    let listening = try ListeningSocket(path: folder.path("host"))
    let thread = try WorkerThread {
      guard let connection = listening.accept(), (try? connection.receive()) != nil else { return }
      try? body(connection)
    }
    defer { thread.join() }
    do throws(SocketError) {
      _ = try DeviceOffer.attach(path: listening.path)
      return nil
    } catch {
      return error
    }
  }

  private func reason(_ body: @escaping @Sendable (Connection) throws -> Void) throws -> String? {
    guard case .refused(_, let reason)? = try attach(to: body) else { return nil }
    return reason
  }

  @Test("is not attached by any other greeting")
  func greetings() throws {
    #expect(try reason { _ in } == "it hung up")
    #expect(try reason { try $0.send([1, 2, 3]) } == "a message that is too short")
    #expect(try reason { try $0.send(.welcome(version: 9, .double)) } == "it speaks version 9")
    #expect(try reason { try $0.send(.farewell("it is full\n")) } == "it is full?")
    #expect(try reason { try $0.send(.offer(index: 0), [1, 2]) } == "2 descriptors with a message that has 0")
    #expect(
      try reason {
        try $0.send(.welcome(version: 1, .double))
        try $0.send(.rescind(index: 0, reason: "no"))
      } == "it offers nothing")
    #expect(
      try reason {
        try $0.send(.welcome(version: 1, .double))
        try $0.send(.offer(index: 0), [1, 2])
      }?.contains("a doorbell that is none") == true)
  }

  @Test(
    "has its channels taken away, with a line that says why",
    arguments: [
      (HostSocket.HostMessage.welcome(version: 1, .double), 0, "a second greeting"),
      (.offer(index: 9), 2, "an offer of channel 9 too early"),
      (.offer(index: 0), 1, "1 descriptors with a message that has 2"),
      (.rescind(index: 5, reason: "x"), 0, "the rescission of a channel that it never offered"),
    ])
  func breaches(message: HostSocket.HostMessage, bellCount: Int, line: String) throws {
    let folder = try TemporaryFolder()
    let listening = try ListeningSocket(path: folder.path("host"))
    let thread = try WorkerThread {
      guard let connection = listening.accept(), let channel = try? Channel(index: 0) else { return }
      let bells = [channel.toHost.share(), channel.toGuest.share()]
      try? connection.send(.welcome(version: 1, .double))
      try? connection.send(.offer(index: 0), bells)
      WorkerThread.sleep(50_000_000)
      try? connection.send(message, Array(bells.prefix(bellCount)))
      _ = try? connection.receive()
      _ = try? connection.receive()
    }
    let offer = try DeviceOffer.attach(path: listening.path)
    let channel = offer.bus.channels[0]
    let reason = Mutex<String?>(nil)
    channel.whenRescinded { reason.withLock { $0 = channel.rescindReason } }
    waitUntil { reason.withLock { $0 != nil } }
    let reasonNow = reason.withLock { $0 }
    #expect(reasonNow == "\(listening.path): it sent \(line)")
    #expect(offer.report() == nil)
    listening.close()
    thread.join()
  }
}
