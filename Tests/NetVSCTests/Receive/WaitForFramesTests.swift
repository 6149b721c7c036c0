import NetVSC
import NetVSP
import Synchronization
import Testing

@Suite("Waiting for frames, with an inline host")
struct WaitForFramesTests {
  /// A source with some frames to all stations, which counts how often somebody waits for more.
  private final class CountedSource: FrameSource {
    let left = Atomic<Int>(0)
    let waits = Atomic<Int>(0)

    func receive(into buffer: inout MutableRawSpan) throws(SourceError) -> Int? {
      guard left.load(ordering: .relaxed) > 0 else { return nil }
      left.subtract(1, ordering: .relaxed)
      for index in 0..<60 { buffer.storeBytes(of: 0xFF, toByteOffset: index, as: UInt8.self) }
      return 60
    }

    func wait(timeout: UInt64) -> Bool {
      waits.add(1, ordering: .relaxed)
      return false
    }
  }

  @Test("nobody waits for the source while frames are there that were found and not taken", arguments: [1, 2])
  func heldFrames(senderCount: Int) throws {
    let source = CountedSource()
    var hostConfiguration = HostConfiguration(execution: .inline, sink: .null)
    hostConfiguration.source = source
    let host = try Host(hostConfiguration)
    var configuration = DeviceConfiguration()
    configuration.receivesFrames = true
    configuration.queueCount = 1
    configuration.sendersPerQueue = senderCount
    let device = try Device.open(host.offer, configuration)
    var sender = try device.makeSender(queue: 0)
    source.left.store(5, ordering: .relaxed)
    try sender.wait(timeout: 0)
    try sender.poll()
    try sender.wait(timeout: 1_000_000)
    #expect(source.waits.load(ordering: .relaxed) == 0)
    let taken = try sender.receive { _ in }
    #expect(taken == 5)
    // The host first takes the frames back; then there is nothing left to do but wait.
    for _ in 0..<2 { try sender.wait(timeout: 1_000_000) }
    #expect(source.waits.load(ordering: .relaxed) > 0)
    _ = sender.finish()
    device.close()
    host.shutDown()
  }
}
