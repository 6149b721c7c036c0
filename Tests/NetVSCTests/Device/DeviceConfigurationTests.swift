import NetVSC
import TestSupport
import Testing
import WireFormats

/// One value of a configuration.
struct ConfigurationChange: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let apply: @Sendable (inout DeviceConfiguration) -> Void

  init<Value: Sendable>(
    _ name: String, _ path: WritableKeyPath<DeviceConfiguration, Value> & Sendable, _ value: Value
  ) {
    testDescription = "\(name) \(value)"
    apply = { $0[keyPath: path] = value }
  }

  static let impossible: [ConfigurationChange] =
    [0, -1, 65, .max].map { ConfigurationChange("queues", \.queueCount, $0) }
    + [0, 1513, 9217, .min, .max].map { ConfigurationChange("frame size", \.frameByteCount, $0) }
    + [0, 4096, 8191, 8193, -8192, 1 << 31, .max].map { ConfigurationChange("ring size", \.ringByteCount, $0) }
    + [0, -1, 4097, .max].map { ConfigurationChange("sections per queue", \.sectionsPerQueue, $0) }
    + [0, -1, 4097].map { ConfigurationChange("lent frames per queue", \.lentFramesPerQueue, $0) }
    + [-1, 257].map { ConfigurationChange("large buffers per queue", \.largeBuffersPerQueue, $0) }
    + [-1, .min].map { ConfigurationChange("copy threshold", \.copyThreshold, $0) }
    + [0, 65535, 31 << 20 + 1, .max].map { ConfigurationChange("receive buffer", \.receiveBufferByteCount, $0) }

  static let possible: [ConfigurationChange] =
    [1, 64].map { ConfigurationChange("queues", \.queueCount, $0) }
    + [1514, 9216].map { ConfigurationChange("frame size", \.frameByteCount, $0) }
    + [8192, 1 << 20].map { ConfigurationChange("ring size", \.ringByteCount, $0) }
    + [1, 3, 4096].map { ConfigurationChange("sections per queue", \.sectionsPerQueue, $0) }
    + [1, 4096].map { ConfigurationChange("lent frames per queue", \.lentFramesPerQueue, $0) }
    + [0, 1, 256].map { ConfigurationChange("large buffers per queue", \.largeBuffersPerQueue, $0) }
    + [0, .max].map { ConfigurationChange("copy threshold", \.copyThreshold, $0) }
    + [65536, 31 << 20].map { ConfigurationChange("receive buffer", \.receiveBufferByteCount, $0) }
}

@Suite("What a guest can ask for")
struct DeviceConfigurationTests {
  @Test("is refused where it cannot be, before the host hears of it", arguments: ConfigurationChange.impossible)
  func impossible(change: ConfigurationChange) throws {
    let host = try ScriptedHost()
    var configuration = GuestBench.configuration(clock: host.clock)
    change.apply(&configuration)
    let error = try #require(throws: DeviceError.self) { try Device.open(host.offer, configuration) }
    guard case .badConfiguration(let line) = error else {
      Issue.record("another kind of error: \(error)")
      return
    }
    #expect(error.description == line)
    #expect(line.contains(change.testDescription.prefix(4)))
    #expect(host.openings.isEmpty)
  }

  @Test(
    "is granted at its bounds, whatever the size of frames", arguments: ConfigurationChange.possible, [1514, 9216])
  func possible(change: ConfigurationChange, frameByteCount: Int) throws {
    let host = try ScriptedHost()
    var configuration = GuestBench.configuration(clock: host.clock)
    configuration.frameByteCount = frameByteCount
    change.apply(&configuration)
    let device = try Device.open(host.offer, configuration)
    #expect(device.queueCount == configuration.queueCount)
    for queue in 0..<device.queueCount {
      var sender = try device.makeSender(queue: queue)
      let outcome = try sender.send(Frames.golden)
      #expect(outcome == .taken)
      _ = sender.finish()
    }
    device.close()
    #expect(host.leftovers == [])
  }

  @Test("gives every queue the sections that it wants, at the section size of common hosts")
  func sectionCount() throws {
    let bench = try GuestBench(sectionsPerQueue: 100) { $1.frameByteCount = 1514 }
    var sender = try bench.device.makeSender(queue: 0)
    let count = try sender.fill()
    #expect(count == 100)
    _ = sender.finish()
  }

  @Test(
    "carries the longest frame that all limits leave room for",
    arguments: [
      (frame: 9216, section: 6144, transfer: .max, expected: 6100),
      (frame: 1514, section: 6144, transfer: .max, expected: 1514),
      (frame: 9216, section: 9216 + 48, transfer: .max, expected: 9216),
      (frame: 1514, section: 1558 + 2, transfer: .max, expected: 1514),
      (frame: 1514, section: 72, transfer: .max, expected: 28),
      (frame: 9216, section: 6144, transfer: 2048, expected: 2004),
    ] as [(frame: Int, section: UInt32, transfer: UInt32, expected: Int)])
  func limits(frame: Int, section: UInt32, transfer: UInt32, expected: Int) throws {
    let bench = try GuestBench { host, configuration in
      configuration.frameByteCount = frame
      host.terms.sectionByteCount = section
      host.terms.maximumTransferByteCount = transfer
    }
    #expect(bench.device.maximumFrameByteCount == expected)
  }
}
