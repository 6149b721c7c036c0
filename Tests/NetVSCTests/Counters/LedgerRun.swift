import NetVSC
import SharedMemory
import TestSupport
import VMBusRing
import WireFormats

/// A guest and a host that act at random, and what the guest's counters must be because of it.
struct LedgerRun: ~Copyable {
  /// What the host has put into the ring and the guest has not looked at.
  private enum Event {
    /// A completion, and the frame size in bytes that goes with its id where that is in flight.
    case completion(id: UInt64, payload: [UInt8])
    case received
    case unknown
  }

  private static let sectionCount = 80
  private static let frameByteCount = 1514
  private static let success = ExpectedPacket.halves([108, 1])
  /// Payloads of completions: success most often, other states, and what has no state.
  private static let payloads = [
    success, success, success + [UInt8](repeating: 0, count: 32), ExpectedPacket.halves([108, 2]),
    ExpectedPacket.halves([108, 0]), ExpectedPacket.halves([107, 1]), [],
  ]

  private var chance: SeededGenerator
  private let bench: GuestBench
  private var sender: Sender

  private var offered = PacketCount()
  private var tooLarge = PacketCount()
  private var tooShort = PacketCount()
  private var completed = PacketCount()
  private var failed = PacketCount()
  private var completions: UInt64 = 0
  private var unknown: UInt64 = 0
  private var malformed: UInt64 = 0
  private var ignored: UInt64 = 0
  private var received: UInt64 = 0
  private var noSection: UInt64 = 0

  /// Frame sizes of the messages that the host has read, by id, until the guest saw their completion.
  private var inFlight: [UInt64: UInt64] = [:]
  /// Messages that the host has read and not completed, or not for the last time.
  private var open: [UInt64] = []
  private var done: [UInt64] = []
  private var events: [Event] = []

  init(mode: RingMode, mapping: RingMapping) throws {
    let bench = try GuestBench(
      ringMode: mode, mapping: mapping, ringByteCount: 2 * 4096, sectionsPerQueue: Self.sectionCount
    ) { host, configuration in
      configuration.frameByteCount = Self.frameByteCount
      host.terms.sectionByteCount = 1600
    }
    sender = try bench.device.makeSender(queue: 0)
    self.bench = bench
    chance = SeededGenerator(for: "ledger, \(mode), \(mapping)")
  }

  /// Whether every counter is what it must be.
  var isExact: Bool {
    let counters = sender.counters
    return counters.offered == offered && counters.refusedTooLarge == tooLarge && counters.refusedTooShort == tooShort
      && counters.completed == completed && counters.failed == failed && counters.completions == completions
      && counters.unknownCompletions == unknown && counters.malformedCompletions == malformed
      && counters.ignoredPackets == ignored && counters.receivesAcknowledged <= received
      && counters.noSection == noSection
      && counters.reserved.packets == offered.packets - tooLarge.packets - tooShort.packets
      && counters.published.packets <= counters.reserved.packets
      && UInt64(sender.inFlightCount) == counters.reserved.packets - completed.packets - failed.packets
  }

  /// For a failure: the seed, and both sides of the account.
  var history: String {
    """
    NETVSC_SEED=\(chance.seed) offered \(offered) refused \(tooLarge) \(tooShort) completed \(completed) failed \(failed) \
    completions \(completions) unknown \(unknown) malformed \(malformed) ignored \(ignored) but \(sender.counters)
    """
  }

  /// One thing happens.
  mutating func step() throws {
    switch Int.random(in: 0..<16, using: &chance) {
    case 0..<6: try send()
    case 6: try reserve()
    case 7: try sender.flush()
    case 8: try read()
    case 9..<13: try complete()
    case 13: try annoy()
    default: try poll()
    }
  }

  /// Some frames are completed, others never: what the sender leaves behind.
  consuming func end() throws -> QueueCounters {
    _ = try sender.send(Frames.golden)
    try poll()
    let inFlight = UInt64(sender.inFlightCount)
    let counters = sender.finish().counters
    guard counters.lost.packets == inFlight else { throw NotLost(expected: inFlight, found: counters.lost.packets) }
    return counters
  }

  struct NotLost: Error { let expected: UInt64, found: UInt64 }
  struct WrongOutcome: Error { let outcome: SendOutcome, byteCount: Int, free: Int, counters: QueueCounters }

  // MARK: The guest

  private mutating func randomSize() -> Int {
    switch Int.random(in: 0..<12, using: &chance) {
    case 0: Int.random(in: 0..<14, using: &chance)
    case 1: Int.random(in: 1515...3000, using: &chance)
    case 2: 14
    case 3: 1514
    default: Int.random(in: 14...1514, using: &chance)
    }
  }

  private mutating func send() throws {
    let byteCount = randomSize()
    let free = Self.sectionCount - sender.inFlightCount
    let outcome = try sender.send(Frames.numbered(byteCount, byteCount: byteCount))
    switch outcome {
    case .taken where (14...Self.frameByteCount).contains(byteCount) && free > 0:
      offered += PacketCount(1, UInt64(byteCount))
    case .tooLarge where byteCount > Self.frameByteCount:
      offered += PacketCount(1, UInt64(byteCount))
      tooLarge += PacketCount(1, UInt64(byteCount))
    case .tooShort where byteCount < 14:
      offered += PacketCount(1, UInt64(byteCount))
      tooShort += PacketCount(1, UInt64(byteCount))
    case .wouldBlock where sender.counters.noSection > noSection && free == 0: noSection += 1
    case .wouldBlock where sender.counters.published.packets < sender.counters.reserved.packets:
      // The ring is full, and what is gathered waits for it.
      break
    // The ring was nearly full after the last frame, and the host has not read enough of it since.
    case .wouldBlock where sender.isStopped: break
    default: throw WrongOutcome(outcome: outcome, byteCount: byteCount, free: free, counters: sender.counters)
    }
  }

  private mutating func reserve() throws {
    guard sender.hasRoom else { return }
    let byteCount = Int.random(in: 14...Self.frameByteCount, using: &chance)
    let committed = Int.random(in: 14...byteCount, using: &chance)
    let drops = Bool.random(using: &chance)
    do {
      let reservation = try sender.reserve(byteCount)
      if !drops {
        reservation.commit(byteCount: committed)
        offered += PacketCount(1, UInt64(committed))
      }
    }
    try sender.flush()
  }

  private mutating func poll() throws {
    try sender.poll()
    for event in events {
      switch event {
      case .received: received += 1
      case .unknown: ignored += 1
      case .completion(let id, let payload):
        completions += 1
        guard let byteCount = inFlight.removeValue(forKey: id) else {
          unknown += 1
          continue
        }
        if payload.starts(with: Self.success) {
          completed += PacketCount(1, byteCount)
        } else {
          failed += PacketCount(1, byteCount)
          if payload.first != 108 { malformed += 1 }
        }
      }
    }
    events = []
  }

  // MARK: The host

  private mutating func read() throws {
    for packet in try bench.takeAll() where packet.isFrame {
      inFlight[packet.transactionID] = UInt64(packet.carried.count - 44)
      open.append(packet.transactionID)
    }
  }

  private mutating func complete() throws {
    guard !open.isEmpty else { return }
    let id = open.remove(at: Int.random(in: 0..<open.count, using: &chance))
    let payload = Self.payloads.randomElement(using: &chance) ?? []
    done.append(id)
    try send(.completion(of: id, payload: payload), .completion(id: id, payload: payload))
  }

  /// Something that no honest host sends, or that means nothing to a sender.
  private mutating func annoy() throws {
    switch Int.random(in: 0..<4, using: &chance) {
    case 0:
      guard let id = done.randomElement(using: &chance) else { return }
      try send(.completion(of: id, payload: Self.success), .completion(id: id, payload: Self.success))
    case 1:
      // A generation that no slot reaches here.
      let id = chance.next() | 1 << 63
      try send(.completion(of: id, payload: Self.success), .completion(id: id, payload: Self.success))
    case 2:
      try send(.received([], transactionID: chance.next(), channelType: .data, ranges: []), .received)
    default:
      try send(.inBand(SendVFAssociation(isAllocated: true, serialNumber: 0)), .unknown)
    }
  }

  /// Sends, after a poll when the ring is full.
  private mutating func send(_ message: HostMessage, _ event: Event) throws {
    do {
      try bench.host.send(message, on: bench.channel())
    } catch RingError.full {
      try poll()
      try bench.host.send(message, on: bench.channel())
    }
    events.append(event)
  }
}
