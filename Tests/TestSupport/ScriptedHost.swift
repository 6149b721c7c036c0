package import VMBusRing
package import WireFormats
package import SharedMemory

/// A host that does what a test says: by default it answers a guest's set-up honestly and completes every frame, and
/// every answer can be replaced, left out or doubled.
///
/// It runs in the guest's calls (`attend`) or when the test calls `serve`, and has no threads.
package final class ScriptedHost: HostEndpoint, @unchecked Sendable {
  // `@unchecked`: one thread at a time uses it, the test's, which is the guest's as well.

  /// What the guest did that a host may answer.
  package enum Step: Equatable, Sendable {
    case version(NVSPVersion)
    case message(NVSPMessageType)
    case control(RNDISMessageType)
    case query(OID)
    case set(OID)
    case frame
    /// The guest gave a receive packet back.
    case acknowledgement
  }

  package let bus: DeviceBus
  package let runsInline: Bool
  package let clock: ManualClock
  /// What the honest host agrees to.
  package var terms = ScriptedTerms()
  /// Replaces the honest answers to a step.
  package var amend: (ScriptedHost, Step, [HostMessage]) -> [HostMessage] = { $2 }
  /// Replaces serving when the guest waits for a channel.
  package var onAttend: ((ScriptedHost, ScriptedChannel) throws -> Void)?
  /// Looks on when a channel was opened.
  package var onOpen: ((ScriptedHost, Int) -> Void)?
  /// Channels that the host refuses to open.
  package var closedDoors: Set<Int> = []

  /// The channels that are open, by their index.
  package private(set) var channels: [Int: ScriptedChannel] = [:]
  /// Which channels were opened, and closed, in order.
  package private(set) var openings: [Int] = []
  package private(set) var closings: [Int] = []
  /// All that the guest sent, in the order in which it was taken.
  package private(set) var log: [GuestPacket] = []
  /// How often the guest waited.
  package private(set) var attendances = 0
  /// What went wrong on this side: a packet that cannot be read, or that no guest sends.
  package private(set) var problems: [String] = []

  // What was agreed so far.
  var version: NVSPVersion?
  var receiveBuffer: SharedBytes?
  var sendBuffer: SharedBytes?
  var frameByteCount: UInt32 = 1514
  var grantedSubchannelCount = 0

  package init(mapping: RingMapping = .double, runsInline: Bool = true, clock: ManualClock = ManualClock()) throws {
    bus = try DeviceBus(ringMapping: mapping)
    self.runsInline = runsInline
    self.clock = clock
  }

  /// What a guest opens.
  package var offer: DeviceOffer { DeviceOffer(bus: bus, host: self) }

  package func open(_ channel: Channel, rings: ChannelRings) throws(ChannelError) {
    guard !closedDoors.contains(channel.index) else { throw .refused("closed door") }
    do {
      channels[channel.index] = try ScriptedChannel(channel, rings: rings, bus: bus)
    } catch {
      throw .refused("\(error)")
    }
    openings.append(channel.index)
    onOpen?(self, channel.index)
    if grantedSubchannelCount > 0, (1...grantedSubchannelCount).allSatisfy({ channels[$0] != nil }) {
      sendIndirectionTable()
    }
  }

  package func close(_ channel: Channel) {
    channels[channel.index] = nil
    closings.append(channel.index)
  }

  /// Serves the channel. Where the guest sent nothing, all the time it would wait for passes.
  package func attend(_ channel: Channel, timeout: UInt64) {
    attendances += 1
    let seen = log.count
    if let open = channels[channel.index] {
      do {
        if let onAttend { try onAttend(self, open) } else { try serve(open) }
      } catch {
        problems.append("\(error)")
      }
    }
    if log.count == seen { clock.advance(by: timeout) }
  }

  /// Takes everything the guest sent on the channel and answers it.
  package func serve(_ channel: ScriptedChannel) throws {
    while let packet = try take(from: channel) {
      let (step, answers) = answer(packet)
      for message in amend(self, step, answers) { try send(message, on: channel) }
    }
  }

  /// Takes the guest's next packet, with what it speaks of, without answering it.
  package func take(from channel: ScriptedChannel) throws -> GuestPacket? {
    guard var packet = try channel.take() else { return nil }
    packet.carried = try carriedBytes(of: packet)
    log.append(packet)
    return packet
  }

  /// Sends a message, its RNDIS bytes first.
  package func send(_ message: HostMessage, on channel: ScriptedChannel) throws {
    if let (offset, bytes) = message.received { receiveBuffer?.write(bytes.span.bytes, at: offset) }
    try channel.send(message)
  }

  func note(_ problem: String) { problems.append(problem) }
}

/// What an honest scripted host agrees to.
package struct ScriptedTerms: Sendable {
  package var newestVersion = NVSPVersion.v6_1
  package var subAllocationByteCount: UInt32 = 1728
  /// nil: as many as the receive buffer holds.
  package var subAllocationCount: UInt32?
  package var sectionByteCount: UInt32 = 6144
  package var maximumPacketsPerMessage: UInt32 = 8
  package var maximumTransferByteCount: UInt32 = 0xEFFF_FFFF
  package var packetAlignmentFactor: UInt32 = 3
  package var address = EthernetAddress(0x00, 0x15, 0x5D, 0x01, 0x02, 0x03)
  package var linkStatus = MediaConnectStatus.connected
  package var offloads = NDISOffloadCapabilities(
    revision: 3, checksumsIPv4: [.ipOptions, .tcpOptions, .tcp, .udp, .ipHeader],
    checksumsIPv6: [.ipOptions, .tcpOptions, .tcp, .udp],
    largeSendIPv4: NDISOffloadCapabilities.LargeSend(maximumByteCount: 0xF53C, minimumSegmentCount: 2),
    largeSendIPv6: NDISOffloadCapabilities.LargeSend(maximumByteCount: 0xF53C, minimumSegmentCount: 2),
    largeSendIPv6Headers: [.ipOptions, .tcpOptions])
  package var receiveScaling = NDISReceiveScaleCapabilities(
    hash: [.toeplitz, .ipv4, .tcpIPv4, .ipv6], interruptMessageCount: 64, receiveQueueCount: 64,
    indirectionEntryCount: 128)
  /// Objects that the host does not have.
  package var missingObjects: Set<OID> = []
  /// nil: as many as are asked for.
  package var grantedSubchannelCount: Int?
  /// The entries of message 134, by the count of channels; nil: the message is not sent.
  package var indirectionTable: (@Sendable (Int) -> [UInt32])? = { count in (0..<16).map { UInt32($0 % count) } }

  package init() {}
}
