import NetVSC
import NetVSP
import SharedMemory
import Synchronization
import TestSupport
import Testing

/// A source that tells how often somebody slept over it.
private final class WatchedSource: FrameSource {
  private let frames = Mutex<[[UInt8]]>([])
  private let waits = Atomic<Int>(0)

  var waitCount: Int { waits.load(ordering: .relaxed) }

  func add(_ frame: [UInt8]) { frames.withLock { $0.append(frame) } }

  func receive(into buffer: inout MutableRawSpan) -> Int? {
    guard let frame = frames.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else { return nil }
    for index in frame.indices { buffer.storeBytes(of: frame[index], toByteOffset: index, as: UInt8.self) }
    return frame.count
  }

  func wait(timeout: UInt64) -> Bool {
    waits.add(1, ordering: .relaxed)
    return false
  }
}

@Suite("A sender whose host runs inline")
struct AttendedSourceTests {
  private let source = WatchedSource()
  private let broadcast = [UInt8](repeating: 0xFF, count: 6) + [UInt8](repeating: 0, count: 54)

  private func open(sendersPerQueue: Int) throws -> Device {
    var hostConfiguration = HostConfiguration(execution: .inline)
    hostConfiguration.source = source
    let host = try Host(hostConfiguration)
    var configuration = DeviceConfiguration()
    configuration.sendersPerQueue = sendersPerQueue
    configuration.receivesFrames = true
    return try Device.open(host.offer, configuration)
  }

  @Test("does not sleep over a frame that its wait delivered", arguments: [1, 2])
  func delivered(sendersPerQueue: Int) throws {
    let device = try open(sendersPerQueue: sendersPerQueue)
    var sender = try device.makeSender(queue: 0)
    // What is left of the set-up.
    try sender.wait(timeout: 1)
    try sender.poll()
    let waitCount = source.waitCount
    source.add(broadcast)
    try sender.wait(timeout: 1)
    #expect(source.waitCount == waitCount)
    try sender.poll()
    #expect(try sender.receive { _ in } == 1)
    // Once for the acknowledgement, which is work for the host, and then there is nothing to do.
    try sender.wait(timeout: 1)
    try sender.wait(timeout: 1)
    #expect(source.waitCount == waitCount + 1)
  }

  @Test("does not sleep over a frame that another sender of its queue found")
  func found() throws {
    let device = try open(sendersPerQueue: 2)
    var finder = try device.makeSender(queue: 0)
    var receiver = try device.makeSender(queue: 0)
    source.add(broadcast)
    try finder.wait(timeout: 1)
    try finder.poll()
    let waitCount = source.waitCount
    try receiver.wait(timeout: 1)
    #expect(source.waitCount == waitCount)
    #expect(try receiver.receive { _ in } == 1)
  }
}
