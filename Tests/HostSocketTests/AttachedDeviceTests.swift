import Foundation
import HostSocket
import NetVSC
import NetVSP
import SharedMemory
import TestSupport
import Testing
import VirtualSwitch
import WireFormats

@Suite("A device whose host is at a socket")
struct AttachedDeviceTests {
  struct Shape: Sendable, CustomTestStringConvertible {
    let mode: RingMode
    let queueCount: Int
    let senderCount: Int
    var testDescription: String { "\(mode), \(queueCount) queues, \(senderCount) senders each" }
  }

  @Test(
    "carries every frame as it is, in every mode of its rings",
    arguments: [
      Shape(mode: .exclusive, queueCount: 1, senderCount: 1), Shape(mode: .exclusive, queueCount: 4, senderCount: 1),
      Shape(mode: .ordered, queueCount: 2, senderCount: 2), Shape(mode: .cooperative, queueCount: 3, senderCount: 3),
    ])
  func carries(shape: Shape) throws {
    let served = try ServedGuests()
    let offer = try DeviceOffer.attach(path: served.path)
    var configuration = DeviceConfiguration()
    configuration.queueCount = shape.queueCount
    configuration.sendersPerQueue = shape.senderCount
    configuration.ringMode = shape.mode
    let device = try Device.open(offer, configuration)
    #expect(device.queueCount == shape.queueCount)
    let tallies = Tallies()
    try runConcurrently(shape.queueCount * shape.senderCount) { lane in
      tallies.add(try! sendFrames(500, lane: lane, through: device, queue: lane / shape.senderCount))
    }
    device.close()
    let report = try #require(offer.report())
    #expect(tallies.completed == UInt64(500 * shape.queueCount * shape.senderCount))
    #expect(report.receivedPackets == tallies.completed)
    #expect(report.digest == tallies.digest)
    #expect(report.violations == 0)
    #expect(report.problem == nil)
  }

  @Test("can be opened again, over the same attachment")
  func again() throws {
    let served = try ServedGuests()
    let offer = try DeviceOffer.attach(path: served.path)
    for round in 1...3 {
      let device = try Device.open(offer)
      _ = try sendFrames(10, lane: 0, through: device, queue: 0)
      device.close()
      #expect(offer.report()?.receivedPackets == UInt64(10 * round))
    }
  }

  @Test("can be opened again although threads still held a sender of the one before")
  func abandoned() throws {
    let served = try ServedGuests()
    let offer = try DeviceOffer.attach(path: served.path)
    let first = try Device.open(offer)
    var sender = try first.makeSender(queue: 0)
    let second = try first.reopen(DeviceConfiguration(), timeout: 100_000_000)
    #expect(throws: SenderError.self) {
      _ = try sender.send(testFrame(0, lane: 0).span.bytes)
      try sender.flush()
      _ = try sender.drain(timeout: 1_000_000_000)
    }
    _ = sender.finish()
    let tally = try sendFrames(10, lane: 0, through: second, queue: 0)
    #expect(tally.completed == 10)
    second.close()
  }

  @Test("sends from memory that was allocated before")
  func lentMemory() throws {
    let served = try ServedGuests()
    let offer = try DeviceOffer.attach(path: served.path)
    let device = try Device.open(offer)
    let memory = try device.allocate(byteCount: 1 << 16)
    memory.write([UInt8](repeating: 7, count: 1 << 16).span.bytes, at: 0)
    var sender = try device.makeSender(queue: 0)
    #expect(try sender.send([FrameRange(byteOffset: 100, byteCount: 9000)].span, of: memory) == 1)
    #expect(try sender.drain(timeout: 5_000_000_000))
    _ = sender.finish()
    device.close()
    #expect(offer.report()?.digest == FrameDigest.hash([UInt8](repeating: 7, count: 9000).span.bytes))
  }

  @Test("leaves nothing behind on either side")
  func leavesNothing() async {
    await #expect(processExitsWith: .success) {
      let served = try ServedGuests()
      func use() throws {
        let offer = try DeviceOffer.attach(path: served.path)
        var configuration = DeviceConfiguration()
        configuration.queueCount = 4
        let device = try Device.open(offer, configuration)
        _ = try sendFrames(10, lane: 0, through: device, queue: 3)
        device.close()
      }
      func waitForEnd(of number: Int) {
        _ = served.waitFor { if case .left(guest: number, _) = $0 { true } else { false } }
      }
      try use()
      waitForEnd(of: 1)
      let before = Holdings()
      for number in 2...6 {
        try use()
        waitForEnd(of: number)
      }
      guard Holdings() == before, served.server.report().receivedPackets == 60 else { exit(1) }
    }
  }

  @Test("is told why its host was ended, and is opened again once there is another at the path")
  func hostComesBack() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("host")
    let first = try HostServer(path: path, HostConfiguration(sink: .verify))
    let firstThread = try WorkerThread { first.run() }
    let offer = try DeviceOffer.attach(path: path)
    var device = try Device.open(offer)
    let memory = try device.allocate(byteCount: 4096)
    var sender = try device.makeSender(queue: 0)
    _ = try sender.send(testFrame(0, lane: 0).span.bytes)
    #expect(try sender.drain(timeout: 5_000_000_000))
    first.stop()
    firstThread.join()
    #expect(throws: SenderError.rescinded("\(path): the host was ended")) {
      for _ in 0..<100 {
        try sender.wait(timeout: 100_000_000)
        try sender.poll()
      }
    }
    #expect(sender.finish().counters.lost.packets == 0)
    #expect(offer.report() == nil)

    let second = try HostServer(path: path, HostConfiguration(sink: .verify))
    let secondThread = try WorkerThread { second.run() }
    device = try device.reopen(DeviceConfiguration(), timeout: 10_000_000_000)
    memory.write([UInt8](repeating: 9, count: 100).span.bytes, at: 0)
    sender = try device.makeSender(queue: 0)
    #expect(try sender.send([FrameRange(byteOffset: 0, byteCount: 100)].span, of: memory) == 1)
    #expect(try sender.drain(timeout: 5_000_000_000))
    _ = sender.finish()
    device.close()
    #expect(offer.report()?.receivedPackets == 1)
    second.stop()
    secondThread.join()
  }

  @Test("serves several guests at once, each with its own account")
  func severalGuests() throws {
    let served = try ServedGuests()
    let offers = try (0..<3).map { _ in try DeviceOffer.attach(path: served.path) }
    try runConcurrently(3) { index in
      let device = try! Device.open(offers[index])
      _ = try! sendFrames(100 * (index + 1), lane: index, through: device, queue: 0)
      device.close()
    }
    #expect(offers.map { $0.report()?.receivedPackets } == [100, 200, 300])
    #expect(served.server.report().receivedPackets == 600)
    #expect(served.server.guestCount == 3)
  }
}

@Suite("The path that a host listens at")
struct HostPathTests {
  @Test("is for its owner, is refused while a host is there, and is gone with it")
  func life() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("host")
    #expect(throws: SocketError.nobodyListens(path: path)) { _ = try DeviceOffer.attach(path: path) }
    let server = try HostServer(path: path, HostConfiguration())
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    #expect(throws: SocketError.isInUse(path: path)) { _ = try HostServer(path: path, HostConfiguration()) }
    let thread = try WorkerThread { server.run() }
    server.stop()
    thread.join()
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(server.guestCount == 0)
  }

  @Test("is not listened at by a host that would read this process's memory for whoever asks")
  func privateMemory() async {
    await #expect(processExitsWith: .trap) {
      let folder = try TemporaryFolder()
      var configuration = HostConfiguration()
      configuration.readsPrivateMemory = true
      _ = try HostServer(path: folder.path("host"), configuration)
    }
  }

  @Test("that a dead host left is taken over, and anything else is left alone")
  func stale() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("host")
    // A socket that was bound and is closed: what remains of a host that was killed.
    let dead = socket(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(dead, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
    }
    #expect(result == 0)
    close(dead)
    #expect(throws: SocketError.nobodyListens(path: path)) { _ = try DeviceOffer.attach(path: path) }
    _ = try HostServer(path: path, HostConfiguration())
    let file = try folder.write([1, 2, 3], to: "file")
    #expect(throws: SocketError.isNoSocket(path: file)) { _ = try HostServer(path: file, HostConfiguration()) }
    #expect(FileManager.default.contents(atPath: file) == Data([1, 2, 3]))
  }
}
