/// Packets, and their bytes as they were offered.
public struct PacketCount: Equatable, Sendable {
  /// How many.
  public var packets: UInt64 = 0
  /// What they have together, as they were offered.
  public var bytes: UInt64 = 0

  /// Nothing.
  public init() {}

  /// Adds one packet of `byteCount` bytes.
  @inline(__always)
  mutating func add(_ byteCount: Int) { add(1, bytes: UInt32(truncatingIfNeeded: byteCount)) }

  /// Adds another count.
  @inline(__always)
  public static func += (left: inout PacketCount, right: PacketCount) {
    left.packets &+= right.packets
    left.bytes &+= right.bytes
  }

  /// Adds `packets` packets of `bytes` bytes together.
  @inline(__always)
  mutating func add(_ packets: UInt32, bytes: UInt32) {
    self.packets &+= UInt64(packets)
    self.bytes &+= UInt64(bytes)
  }
}

/// What became of the packets of one sender, or of several together, and how often they had to wait for what.
///
/// At rest `offered = refused + completed + failed + lost`, in packets and in bytes.
public struct QueueCounters: Equatable, Sendable {
  /// Handed to the sender, for good: taken, or refused. A frame that would block was not offered.
  public internal(set) var offered = PacketCount()
  /// Refused because the device does not carry so large a frame.
  public internal(set) var refusedTooLarge = PacketCount()
  /// Refused because it is shorter than an Ethernet header.
  public internal(set) var refusedTooShort = PacketCount()
  /// Framed: in a section or in page ranges.
  public internal(set) var reserved = PacketCount()
  /// Visible to the host.
  public internal(set) var published = PacketCount()
  /// Completed by the host with success.
  public internal(set) var completed = PacketCount()
  /// Completed by the host with another status.
  public internal(set) var failed = PacketCount()
  /// Given up: not completed when the drain's deadline passed or the host went away.
  public internal(set) var lost = PacketCount()

  /// How often a message found no room in the ring.
  public internal(set) var ringFull: UInt64 = 0
  /// How often a frame found no free section.
  public internal(set) var noSection: UInt64 = 0
  /// How often a frame found neither a section nor a header slot or large buffer.
  public internal(set) var noMemory: UInt64 = 0
  /// How often the sender stopped because the ring was nearly full.
  public internal(set) var stops: UInt64 = 0
  /// How often it went on.
  public internal(set) var wakes: UInt64 = 0
  /// How often a receive packet could not be acknowledged at once, for want of room in the ring.
  public internal(set) var acknowledgementsDelayed: UInt64 = 0
  /// Frames that were lent to the host where they lie.
  public internal(set) var lentFrames: UInt64 = 0
  /// Frames that were copied into large buffers: no section holds them, or none was free.
  public internal(set) var largeCopies: UInt64 = 0
  /// Doorbells rung for the host.
  public internal(set) var signals: UInt64 = 0
  /// Publications that needed no doorbell.
  public internal(set) var signalsElided: UInt64 = 0
  /// Messages published; one may carry several packets.
  public internal(set) var messages: UInt64 = 0
  /// Completions that came, whatever they said.
  public internal(set) var completions: UInt64 = 0
  /// Completions that name nothing in flight: foreign, duplicate, or late. They account for no packet.
  public internal(set) var unknownCompletions: UInt64 = 0
  /// Completions too short to hold a status; they count as failures.
  public internal(set) var malformedCompletions: UInt64 = 0
  /// Frames that the host delivered and somebody took.
  public internal(set) var received = PacketCount()
  /// Frames that the host delivered and nobody wanted: the device does not receive, or more came than it has room for.
  public internal(set) var receiveUnwanted = PacketCount()
  /// What the host delivered and was no frame, or contradicted itself.
  public internal(set) var receiveMalformed: UInt64 = 0
  /// Packets of the receive path that were acknowledged; one may bring several frames.
  public internal(set) var receivesAcknowledged: UInt64 = 0
  /// Other packets from the host that mean nothing here.
  public internal(set) var ignoredPackets: UInt64 = 0
  /// How often the sender waited for the host.
  public internal(set) var waits: UInt64 = 0

  /// All that was refused.
  public var refused: PacketCount {
    var sum = refusedTooLarge
    sum += refusedTooShort
    return sum
  }

  /// Nothing yet.
  public init() {}

  /// Adds what another sender counted.
  public static func += (left: inout QueueCounters, right: QueueCounters) {
    left.offered += right.offered
    left.refusedTooLarge += right.refusedTooLarge
    left.refusedTooShort += right.refusedTooShort
    left.reserved += right.reserved
    left.published += right.published
    left.completed += right.completed
    left.failed += right.failed
    left.lost += right.lost
    left.ringFull &+= right.ringFull
    left.noSection &+= right.noSection
    left.noMemory &+= right.noMemory
    left.stops &+= right.stops
    left.wakes &+= right.wakes
    left.acknowledgementsDelayed &+= right.acknowledgementsDelayed
    left.lentFrames &+= right.lentFrames
    left.largeCopies &+= right.largeCopies
    left.signals &+= right.signals
    left.signalsElided &+= right.signalsElided
    left.messages &+= right.messages
    left.completions &+= right.completions
    left.unknownCompletions &+= right.unknownCompletions
    left.malformedCompletions &+= right.malformedCompletions
    left.received += right.received
    left.receiveUnwanted += right.receiveUnwanted
    left.receiveMalformed &+= right.receiveMalformed
    left.receivesAcknowledged &+= right.receivesAcknowledged
    left.ignoredPackets &+= right.ignoredPackets
    left.waits &+= right.waits
  }
}
