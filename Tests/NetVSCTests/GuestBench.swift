import NetVSC
import SharedMemory
import TestSupport
import VMBusRing
import WireFormats

/// A device on a scripted host, with the set-up behind it.
final class GuestBench {
  let host: ScriptedHost
  let device: Device
  /// What the guest sent to open the device.
  let opening: [GuestPacket]
  var clock: ManualClock { host.clock }

  /// Opens a device. `prepare` changes what the host does and what the guest asks for, before.
  init(
    ringMode: RingMode = .exclusive, mapping: RingMapping = .double, runsInline: Bool = true,
    ringByteCount: Int = 64 * 4096, sectionsPerQueue: Int = 256, packetsPerMessage: Int = 1,
    prepare: (ScriptedHost, inout DeviceConfiguration) -> Void = { _, _ in }
  ) throws {
    host = try ScriptedHost(mapping: mapping, runsInline: runsInline)
    var configuration = Self.configuration(clock: host.clock)
    configuration.ringMode = ringMode
    configuration.ringByteCount = ringByteCount
    configuration.sectionsPerQueue = sectionsPerQueue
    configuration.packetsPerMessage = packetsPerMessage
    prepare(host, &configuration)
    device = try Device.open(host.offer, configuration)
    // The last acknowledgement: nobody waited any more.
    if let primary = host.channels[0] { while try host.take(from: primary) != nil {} }
    opening = host.log
  }

  /// The configuration of tests: as by default, but for the clock, one packet in each message, and sections only, so that
  /// a test says where there is more.
  static func configuration(clock: ManualClock) -> DeviceConfiguration {
    var configuration = DeviceConfiguration()
    configuration.clock = clock.clock
    configuration.packetsPerMessage = 1
    configuration.largeBuffersPerQueue = 0
    configuration.spareSections = 0
    return configuration
  }

  /// The host's ends of a channel, which must be open.
  func channel(_ index: Int = 0) -> ScriptedChannel { host.channels[index]! }

  /// Everything the guest has sent on a channel that the host did not take yet.
  func takeAll(_ index: Int = 0) throws -> [GuestPacket] {
    let seen = host.log.count
    while try host.take(from: channel(index)) != nil {}
    return Array(host.log[seen...])
  }

  /// Completes messages in the order given, with a status.
  func complete(_ packets: some Sequence<GuestPacket>, status: NVSPStatus = .success) throws {
    for packet in packets { try host.send(host.complete(packet, status: status), on: channel(packet.channel)) }
  }
}

extension Sender {
  mutating func send(_ frame: [UInt8]) throws(SenderError) -> SendOutcome { try send(frame.span.bytes) }
  mutating func send(_ frame: [UInt8], offload: FrameOffload) throws(SenderError) -> SendOutcome {
    try send(frame.span.bytes, offload: offload)
  }

  /// Sends frames that must all be taken, and publishes them.
  mutating func publish(_ frames: [[UInt8]]) throws {
    for frame in frames {
      guard try send(frame) == .taken else { throw NotTaken(byteCount: frame.count) }
    }
    try flush()
  }

  /// Sends and publishes frames until the next one would block. Returns how many were taken.
  mutating func fill() throws -> Int {
    var count = 0
    while try send(Frames.numbered(count)) == .taken {
      count += 1
      try flush()
    }
    return count
  }

  struct NotTaken: Error { let byteCount: Int }

  /// Writes a frame into parts of a memory, and lends it, which must be taken.
  mutating func lend(
    _ frame: [UInt8], at parts: [Range<Int>], of memory: FrameMemory, cookie: UInt64 = 0, offload: FrameOffload = .none,
    flushes: Bool = true
  ) throws {
    var rest = frame[...]
    for part in parts {
      memory.write(Array(rest.prefix(part.count)), at: part.lowerBound)
      rest = rest.dropFirst(part.count)
    }
    let ranges = parts.map { FrameRange(byteOffset: UInt32($0.lowerBound), byteCount: UInt32($0.count)) }
    guard try submit(ranges.span, of: memory, cookie: cookie, offload: offload) == .taken else {
      throw NotTaken(byteCount: frame.count)
    }
    if flushes { try flush() }
  }

  /// Lends a frame in one part.
  mutating func submit(_ frame: FrameRange, of memory: FrameMemory, cookie: UInt64, offload: FrameOffload = .none)
    throws(SenderError) -> SendOutcome
  {
    let parts: InlineArray<1, FrameRange> = [frame]
    return try submit(parts.span, of: memory, cookie: cookie, offload: offload)
  }
}

extension FrameMemory {
  func write(_ bytes: [UInt8], at offset: Int) { write(bytes.span.bytes, at: offset) }
}

extension QueueCounters {
  /// What must hold at rest, packets and bytes alike.
  var balances: Bool {
    var sum = refused
    sum += completed
    sum += failed
    sum += lost
    return sum == offered
  }
}

extension PacketCount {
  /// A count of `packets` and `bytes`.
  init(_ packets: UInt64, _ bytes: UInt64) {
    self.init()
    self.packets = packets
    self.bytes = bytes
  }
}

/// Frames that differ from each other.
enum Frames {
  /// The frame of the golden vectors: 60 bytes.
  static let golden = GoldenVectors.frame.bytes

  /// A frame of `byteCount` bytes that are all `number`, so that any byte tells whose it is.
  static func numbered(_ number: Int, byteCount: Int = 60) -> [UInt8] {
    [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: byteCount)
  }

  static func numbered(_ numbers: Range<Int>, byteCount: Int = 60) -> [[UInt8]] {
    numbers.map { numbered($0, byteCount: byteCount) }
  }
}
