/// Turns packets into Ethernet frames, with every length and checksum right.
///
/// The capture is as if taken at the client: what the client sends is not padded yet, what it receives has at least
/// the 60 bytes of the shortest Ethernet frame.
struct FrameComposer {
  /// Of Ethernet with a tag, IPv6, and a TCP SYN.
  private static let longestHeaders = 18 + 40 + 24

  /// The headers, with room for the longest; from the payload on all that there is.
  private var frame: [UInt8]
  /// Where the next header goes.
  private var end = 0
  private let route: SampleRoute
  private let packet: SamplePacket

  /// Replaces what is in `frame`.
  static func compose(_ packet: SamplePacket, on route: SampleRoute, into frame: inout [UInt8]) {
    frame.removeAll(keepingCapacity: true)
    frame.append(contentsOf: repeatElement(0, count: longestHeaders))
    var composer = FrameComposer(route: route, packet: packet, frame: frame)
    frame = []  // one owner, so that the composer writes in place
    composer.writeFrame()
    frame = composer.frame
  }

  private init(route: SampleRoute, packet: SamplePacket, frame: [UInt8]) {
    self.route = route
    self.packet = packet
    self.frame = frame
  }

  private mutating func writeFrame() {
    switch packet.content {
    case .arpRequest: writeARP(operation: 1, target: 0)
    case .arpReply: writeARP(operation: 2, target: route.clientMAC)
    case .udp: writeIP(protocolNumber: 17, transportHeaderByteCount: 8) { $0.writeUDPHeader() }
    case .tcp(let flags, let sequence, let acknowledgement):
      // A SYN carries one option, the maximum segment size.
      let byteCount = flags.contains(.syn) ? 24 : 20
      writeIP(protocolNumber: 6, transportHeaderByteCount: byteCount) {
        $0.writeTCPHeader(
          byteCount: byteCount, flags: flags, sequence: sequence, acknowledgement: acknowledgement)
      }
    }
    if !packet.isFromClient && frame.count < 60 {
      frame.append(contentsOf: repeatElement(0, count: 60 - frame.count))
    }
  }

  private mutating func writeEthernetHeader(destination: UInt64, source: UInt64, etherType: UInt16) {
    append(destination, byteCount: 6)
    append(source, byteCount: 6)
    if let tag = route.tag {
      append(UInt16(0x8100))
      append(tag)
    }
    append(etherType)
  }

  /// Between the client and its gateway; `target` is the hardware address asked for, or that of who asked.
  private mutating func writeARP(operation: UInt16, target: UInt64) {
    guard case .v4(let client) = route.client else { preconditionFailure("IPv6 has no ARP") }
    let isRequest = operation == 1
    let sender = isRequest ? route.clientMAC : route.gatewayMAC
    writeEthernetHeader(
      destination: isRequest ? 0xffff_ffff_ffff : route.clientMAC, source: sender, etherType: 0x0806)
    append(UInt16(1))  // Ethernet
    append(UInt16(0x0800))  // IPv4
    append(UInt16(0x0604))  // lengths of the two kinds of address
    append(operation)
    append(sender, byteCount: 6)
    append(isRequest ? client : route.gateway)
    append(target, byteCount: 6)
    append(isRequest ? route.gateway : client)
    endHeaders()
  }

  /// Everything from the Ethernet header to the end of the payload.
  private mutating func writeIP(
    protocolNumber: UInt8, transportHeaderByteCount: Int, transportHeader: (inout Self) -> Void
  ) {
    let transportByteCount = transportHeaderByteCount + packet.payloadByteCount
    let isIPv6 = route.ipHeaderByteCount == 40
    writeEthernetHeader(
      destination: packet.isFromClient ? route.gatewayMAC : route.clientMAC,
      source: packet.isFromClient ? route.clientMAC : route.gatewayMAC,
      etherType: isIPv6 ? 0x86dd : 0x0800)
    // Hops between server and client have taken some off what the server's packets live.
    let timeToLive: UInt8 = packet.isFromClient ? 64 : 57
    var checksum = InternetChecksum()
    if isIPv6 {
      append(UInt32(0x6000_0000) | route.flowLabel)
      append(UInt16(transportByteCount))
      append(UInt16(protocolNumber) << 8 | UInt16(timeToLive))
      appendAddresses(to: &checksum)
    } else {
      let start = end
      append(UInt16(0x4500))
      append(UInt16(20 + transportByteCount))
      append(packet.identification)
      append(UInt16(0x4000))  // don't fragment
      append(UInt16(timeToLive) << 8 | UInt16(protocolNumber))
      append(UInt16(0))
      appendAddresses(to: &checksum)
      var headerChecksum = InternetChecksum()
      headerChecksum.add(frame[start..<end])
      put(headerChecksum.value, at: start + 10)
    }
    let transport = end
    transportHeader(&self)
    checksum.add(UInt16(protocolNumber))
    checksum.add(UInt16(transportByteCount))
    checksum.add(frame[transport..<end])
    let payload = PrintablePayload.first(packet.payloadByteCount)
    checksum.add(sum: payload.sum)
    let isUDP = protocolNumber == 17
    // In UDP a zero says that there is no checksum; a sum of zero is sent as its other form.
    put(isUDP && checksum.value == 0 ? 0xffff : checksum.value, at: transport + (isUDP ? 6 : 16))
    endHeaders()
    frame.append(contentsOf: payload.bytes)
  }

  /// Source and destination, which the pseudo header of TCP and UDP holds as well.
  private mutating func appendAddresses(to checksum: inout InternetChecksum) {
    let start = end
    append(packet.isFromClient ? route.client : route.server)
    append(packet.isFromClient ? route.server : route.client)
    checksum.add(frame[start..<end])
  }

  private mutating func appendPorts() {
    append(packet.isFromClient ? packet.clientPort : packet.serverPort)
    append(packet.isFromClient ? packet.serverPort : packet.clientPort)
  }

  private mutating func writeUDPHeader() {
    appendPorts()
    append(UInt16(8 + packet.payloadByteCount))
    append(UInt16(0))
  }

  private mutating func writeTCPHeader(
    byteCount: Int, flags: SamplePacket.TCPFlags, sequence: UInt32, acknowledgement: UInt32
  ) {
    appendPorts()
    append(sequence)
    append(acknowledgement)
    append(UInt16(byteCount / 4) << 12 | UInt16(flags.rawValue))
    append(UInt16(0xffff))  // window
    append(UInt32(0))  // checksum, urgent pointer
    if flags.contains(.syn) {
      append(UInt16(0x0204))
      append(UInt16(route.longestIPPacket - route.ipHeaderByteCount - 20))
    }
  }

  private mutating func append(_ address: IPAddress) {
    switch address {
    case .v4(let value): append(value)
    case .v6(let value): append(value)
    }
  }

  private mutating func append(_ value: some FixedWidthInteger & UnsignedInteger, byteCount: Int? = nil) {
    let byteCount = byteCount ?? value.bitWidth / 8
    let start = end
    end += byteCount
    var bytes = frame.mutableSpan
    for index in 0..<byteCount {
      bytes[start + index] = UInt8(truncatingIfNeeded: value &>> (8 * (byteCount - 1 - index)))
    }
  }

  /// From here on bytes are added to the frame.
  private mutating func endHeaders() { frame.removeLast(frame.count - end) }

  private mutating func put(_ value: UInt16, at offset: Int) {
    frame[offset] = UInt8(value >> 8)
    frame[offset + 1] = UInt8(value & 0xff)
  }
}
