import NetVSC
import NetVSP
import TestSupport

/// A guest that sends at random to a host that does wrong, both stepped by hand.
struct FaultRun {
  /// What it came to.
  struct Outcome: Equatable {
    var counters = QueueCounters()
    /// Whether every event left offered = refused + completed + failed + in flight.
    var wasExact = true
    /// How many frames were lent, and what became of each cookie.
    var lentCount: UInt64 = 0
    var fates: [UInt64: [ReturnedFrame.Fate]] = [:]
    /// Why the queue could not be used any more.
    var error: SenderError?

    /// Whether each frame that was lent came back once.
    var everyLoanCameBack: Bool {
      fates.count == Int(lentCount) && fates.values.allSatisfy { $0.count == 1 }
    }
  }

  static let sectionCount = 24
  private static let memoryByteCount = 1 << 16

  let host: Host
  let device: Device
  private let memory: FrameMemory

  init(_ faults: HostFaults, ringMode: RingMode = .exclusive) throws {
    var hosting = HostConfiguration(execution: .inline, sink: .verify)
    hosting.faults = faults
    host = try Host(hosting)
    var configuration = DeviceConfiguration()
    configuration.frameByteCount = 1514
    configuration.ringMode = ringMode
    configuration.ringByteCount = 3 * 4096
    configuration.sectionsPerQueue = Self.sectionCount
    configuration.packetsPerMessage = 1
    configuration.lentFramesPerQueue = 8
    configuration.largeBuffersPerQueue = 0
    device = try Device.open(host.offer, configuration)
    memory = try device.allocate(byteCount: Self.memoryByteCount)
  }

  /// Offers frames until so many events have happened, then waits as long as anything comes. Some frames are lent if
  /// `lends`, the others are copied.
  func send(eventCount: Int, lends: Bool, seed: UInt64) throws -> Outcome {
    var chance = SeededGenerator(seed: seed)
    var outcome = Outcome()
    var sender = try device.makeSender(queue: 0)
    do throws(SenderError) {
      for _ in 0..<eventCount {
        switch Int.random(in: 0..<10, using: &chance) {
        case 0..<6:
          let byteCount = Int.random(in: 10...1530, using: &chance)
          if lends, Bool.random(using: &chance) {
            let offset = Int.random(in: 0..<Self.memoryByteCount - byteCount, using: &chance)
            let range = FrameRange(byteOffset: UInt32(offset), byteCount: UInt32(byteCount))
            if try sender.submit(range, of: memory, cookie: outcome.lentCount) == .taken { outcome.lentCount += 1 }
          } else {
            _ = try sender.send(Frames.numbered(byteCount, byteCount: byteCount))
          }
        case 6..<8: try sender.flush()
        case 8: try sender.wait(timeout: 0)
        default: try poll(&sender, &outcome)
        }
        outcome.wasExact = outcome.wasExact && isExact(sender)
      }
      var idleRounds = 0
      while sender.inFlightCount > 0, idleRounds < 200 {
        let before = sender.counters.completions
        try sender.flush()
        try sender.wait(timeout: 0)
        try poll(&sender, &outcome)
        idleRounds = sender.counters.completions > before ? 0 : idleRounds + 1
      }
    } catch {
      outcome.error = error
    }
    outcome.wasExact = outcome.wasExact && isExact(sender)
    outcome.counters = sender.finish { outcome.fates[$0.cookie, default: []].append($0.fate) }.counters
    return outcome
  }

  private func poll(_ sender: inout Sender, _ outcome: inout Outcome) throws(SenderError) {
    var returned: [ReturnedFrame] = []
    defer { for frame in returned { outcome.fates[frame.cookie, default: []].append(frame.fate) } }
    try sender.poll { returned.append($0) }
  }

  private func isExact(_ sender: borrowing Sender) -> Bool {
    let counters = sender.counters
    let settled = counters.refused.packets + counters.completed.packets + counters.failed.packets
    // A message carries one packet here.
    return counters.offered.packets == settled + UInt64(sender.inFlightCount)
  }

  /// How many frames a new sender can send before a section comes back.
  func freeSectionCount() throws -> Int {
    var sender = try device.makeSender(queue: 0)
    let count = try sender.fill()
    _ = sender.finish()
    return count
  }
}
