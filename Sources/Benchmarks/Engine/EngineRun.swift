internal import NetVSC
internal import NetVSP
internal import SharedMemory

/// A device opened against a host on the same thread, with a sender for each queue.
final class EngineRun {
  /// The nanoseconds that the host has for what is in flight in the end: far more than it needs.
  private static let patience: UInt64 = 1_000_000_000

  private let engineCase: EngineCase
  private let host: Host
  private let device: Device
  private let batch: EngineBatch
  private var senders: EngineSenders
  private let clock: MonotonicClock
  private var sentCount: UInt64 = 0

  init(_ engineCase: EngineCase, clock: MonotonicClock) throws {
    self.engineCase = engineCase
    self.clock = clock
    host = try Host(HostConfiguration(execution: .inline, sink: .null))
    let device = try Device.open(host.offer, Self.configuration(of: engineCase))
    guard device.queueCount == engineCase.queueCount else { throw EngineBenchmarkError("a queue did not open") }
    self.device = device
    batch = try EngineBatch(engineCase, in: device)
    senders = try EngineSenders { (index) throws(DeviceError) in
      index < device.queueCount ? try device.makeSender(queue: index) : nil
    }
  }

  deinit {
    for index in senders.indices { _ = senders[index].take()?.finish() }
    device.close()
    host.shutDown()
  }

  private static func configuration(of engineCase: EngineCase) -> DeviceConfiguration {
    var configuration = DeviceConfiguration()
    configuration.queueCount = engineCase.queueCount
    switch engineCase.way {
    case .copy: break
    case .direct, .directParts: configuration.copyThreshold = 0
    case .directSlot:
      configuration.copyThreshold = 0
      // All but the first of a batch find no section for their headers.
      configuration.sectionsPerQueue = 1
      configuration.spareSections = 0
    case .plain: configuration.packetsPerMessage = 1
    }
    return configuration
  }

  /// Sends so many batches. Returns the nanoseconds that a packet took.
  @discardableResult
  func send(batchCount: Int) throws -> Double {
    let start = clock.now()
    try batch.send(engineCase.way, times: batchCount, through: &senders, queueCount: engineCase.queueCount)
    let nanoseconds = clock.now() - start
    // The last batches may have left something in flight.
    for queue in 0..<engineCase.queueCount { _ = try senders[queue]?.drain(timeout: Self.patience) }
    let packetCount = UInt64(batchCount * engineCase.batchCount)
    sentCount += packetCount
    guard counters.completed.packets == sentCount else {
      throw EngineBenchmarkError("the host completed \(counters.completed.packets) of \(sentCount) packets")
    }
    return Double(nanoseconds) / Double(packetCount)
  }

  /// How many completions came for each packet: fewer than one where several share a message.
  var completionsPerPacket: Double { Double(counters.completions) / Double(counters.completed.packets) }

  private var counters: (completed: PacketCount, completions: UInt64) {
    var completed = PacketCount()
    var completions: UInt64 = 0
    for index in 0..<engineCase.queueCount {
      guard let counters = senders[index]?.counters else { continue }
      completed += counters.completed
      completions += counters.completions
    }
    return (completed, completions)
  }
}

/// Why there are no figures, in one line.
package struct EngineBenchmarkError: Error, CustomStringConvertible {
  package let description: String
  init(_ description: String) { self.description = description }
}
