import NetVSP
import TestSupport
import VMBusRing
import WireFormats

/// A host whose sink keeps its frames, and a guest that asks for work on those it sends.
struct OffloadRun {
  let sink: CollectingSink
  let host: Host
  let guest: ScriptedGuest

  init(_ variant: HostVariant? = nil, frameByteCount: UInt32 = 1514, refusing: Set<Int> = []) throws {
    sink = CollectingSink(refusing: refusing)
    host =
      try variant?.host(sink: .frames(sink)) ?? Host(HostConfiguration(execution: .inline, sink: .frames(sink)))
    guest = try ScriptedGuest(settingUp: host.offer, frameByteCount: frameByteCount, sendBufferByteCount: 1 << 20)
  }

  var total: ChannelStatistics { host.statistics().total }

  /// Sends a message in a section, several of them if it is longer. Returns how it was completed.
  func send(_ message: [UInt8]) throws -> NVSPStatus? {
    guest.fill(section: 0, message)
    try guest.send(section: 0, byteCount: message.count)
    return try guest.primary.await()?.status
  }

  /// Sends a frame by ranges that end at `cuts`, with its head in a section. Returns how it was completed.
  func send(_ frame: [UInt8], _ offload: PacketOffload, cuts: [Int]) throws -> NVSPStatus? {
    let head = Array(rndisPacket(frame, offload).dropLast(frame.count))
    guest.fill(section: 0, head)
    let bounds = [0] + cuts + [frame.count]
    let pieces = zip(bounds, bounds.dropFirst()).filter { $0 < $1 }.map { Array(frame[$0..<$1]) }
    try guest.send(ranges: pieces.map { try guest.lend($0, byteOffset: 0xFF8) }, section: (0, head.count))
    return try guest.primary.await()?.status
  }
}

extension PacketOffload {
  /// All checksums of a frame.
  static func checksums(of frame: TestFrame) -> Self {
    let work: TransmitChecksumInfo.Work = [
      frame.isIPv6 ? .isIPv6 : [.isIPv4, .ipv4Header], frame.isUDP ? .udp : .tcp,
    ]
    return Self(
      transport: .checksum(TransmitChecksumInfo(work, transportHeaderOffset: UInt32(frame.transportOffset))))
  }

  /// A large send of a frame.
  static func largeSend(of frame: TestFrame, _ segmentByteCount: Int) -> Self {
    Self(
      transport: .largeSend(
        LargeSendInfo(
          segmentByteCount: UInt32(segmentByteCount), tcpHeaderOffset: UInt32(frame.transportOffset),
          isIPv6: frame.isIPv6)))
  }

  func tagged(_ tag: UInt16?) -> Self {
    var offload = self
    offload.vlanTag = tag.map { VLANTagInfo(tagControlInformation: $0) }
    return offload
  }
}

extension TestFrame {
  /// A frame whose payload is `payloadByteCount` bytes that differ.
  init(isIPv6: Bool = false, isUDP: Bool = false, payloadByteCount: Int) {
    self.init()
    self.isIPv6 = isIPv6
    self.isUDP = isUDP
    payload = (0..<payloadByteCount).map { UInt8(truncatingIfNeeded: 11 * $0 + $0 >> 8) }
  }
}
