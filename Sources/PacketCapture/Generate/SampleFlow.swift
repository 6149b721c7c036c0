/// A client talking with a server: it resolves its gateway, then either opens TCP connections, asks and is answered, or
/// sends datagrams, some of which are answered.
struct SampleFlow: Sendable {
  enum Transport: Sendable {
    case tcp
    case udp
  }

  /// One packet to come; the sequence numbers are known when its turn is there.
  private enum Turn: Sendable {
    case arpRequest
    case arpReply
    case datagram(isFromClient: Bool, payloadByteCount: Int)
    case segment(isFromClient: Bool, SamplePacket.TCPFlags, payloadByteCount: Int)
  }

  // The first of the range Linux takes client ports from; the port of iperf3, whose payload no dissector expects to
  // understand.
  private static let firstClientPort: UInt16 = 32_768
  static let serverPort: UInt16 = 5201

  let route: SampleRoute
  private let transport: Transport
  private var clientPort = firstClientPort
  private var isConnected = false
  private var exchangesLeft = 0
  /// What is decided but not sent yet, the next turn last.
  private var turns: [Turn] = []
  private var clientSequence: UInt32 = 0
  private var serverSequence: UInt32 = 0
  private var clientIdentification: UInt16
  private var serverIdentification: UInt16

  init(route: SampleRoute, transport: Transport, numbers: inout SplitMix64) {
    self.route = route
    self.transport = transport
    clientIdentification = UInt16(truncatingIfNeeded: numbers.next())
    serverIdentification = UInt16(truncatingIfNeeded: numbers.next())
    if case .v4 = route.client { turns = [.arpReply, .arpRequest] }
  }

  /// Whether the next packet follows the last one without anything new being decided.
  var isMidBurst: Bool { !turns.isEmpty }

  mutating func next(using numbers: inout SplitMix64) -> SamplePacket {
    if turns.isEmpty {
      let script = transport == .tcp ? nextTCPTurns(using: &numbers) : Self.datagrams(on: route, using: &numbers)
      turns = script.reversed()
    }
    switch turns.removeLast() {
    case .arpRequest: return SamplePacket(content: .arpRequest, isFromClient: true)
    case .arpReply: return SamplePacket(content: .arpReply, isFromClient: false)
    case .datagram(let isFromClient, let payloadByteCount):
      return packet(.udp, isFromClient: isFromClient, payloadByteCount: payloadByteCount)
    case .segment(let isFromClient, let flags, let payloadByteCount):
      return segment(isFromClient: isFromClient, flags, payloadByteCount: payloadByteCount)
    }
  }

  private mutating func packet(
    _ content: SamplePacket.Content, isFromClient: Bool, payloadByteCount: Int
  ) -> SamplePacket {
    if isFromClient { clientIdentification &+= 1 } else { serverIdentification &+= 1 }
    return SamplePacket(
      content: content, isFromClient: isFromClient, clientPort: clientPort, serverPort: Self.serverPort,
      payloadByteCount: payloadByteCount,
      identification: isFromClient ? clientIdentification : serverIdentification)
  }

  private mutating func segment(
    isFromClient: Bool, _ flags: SamplePacket.TCPFlags, payloadByteCount: Int
  ) -> SamplePacket {
    let sequence = isFromClient ? clientSequence : serverSequence
    let acknowledgement = isFromClient ? serverSequence : clientSequence
    // SYN and FIN each take one sequence number.
    let advance = UInt32(payloadByteCount) + (flags.isDisjoint(with: [.syn, .fin]) ? 0 : 1)
    if isFromClient { clientSequence &+= advance } else { serverSequence &+= advance }
    return packet(
      .tcp(
        flags: flags, sequence: sequence, acknowledgement: flags.contains(.acknowledge) ? acknowledgement : 0),
      isFromClient: isFromClient, payloadByteCount: payloadByteCount)
  }

  private mutating func nextTCPTurns(using numbers: inout SplitMix64) -> [Turn] {
    if !isConnected {
      isConnected = true
      exchangesLeft = numbers.next(in: 1...6)
      clientPort = clientPort == .max ? Self.firstClientPort : clientPort + 1
      clientSequence = UInt32(truncatingIfNeeded: numbers.next())
      serverSequence = UInt32(truncatingIfNeeded: numbers.next())
      return [
        .segment(isFromClient: true, .syn, payloadByteCount: 0),
        .segment(isFromClient: false, [.syn, .acknowledge], payloadByteCount: 0),
        .segment(isFromClient: true, .acknowledge, payloadByteCount: 0),
      ]
    }
    if exchangesLeft > 0 {
      exchangesLeft -= 1
      return Self.exchange(on: route, using: &numbers)
    }
    isConnected = false
    return [
      .segment(isFromClient: true, [.fin, .acknowledge], payloadByteCount: 0),
      .segment(isFromClient: false, [.fin, .acknowledge], payloadByteCount: 0),
      .segment(isFromClient: true, .acknowledge, payloadByteCount: 0),
    ]
  }

  /// A question, and an answer of which every second segment is acknowledged.
  private static func exchange(on route: SampleRoute, using numbers: inout SplitMix64) -> [Turn] {
    let longestSegment = route.longestIPPacket - route.ipHeaderByteCount - 20
    var turns: [Turn] = [
      .segment(isFromClient: true, [.push, .acknowledge], payloadByteCount: numbers.next(in: 16...400)),
      .segment(isFromClient: false, .acknowledge, payloadByteCount: 0),
    ]
    // Most answers fit one segment, some take several.
    let fullSegmentCount = max(0, numbers.next(in: 0...9) - 4)
    for index in 0..<fullSegmentCount {
      turns.append(.segment(isFromClient: false, .acknowledge, payloadByteCount: longestSegment))
      if index % 2 == 1 { turns.append(.segment(isFromClient: true, .acknowledge, payloadByteCount: 0)) }
    }
    turns.append(
      .segment(isFromClient: false, [.push, .acknowledge], payloadByteCount: numbers.next(in: 1...longestSegment)))
    turns.append(.segment(isFromClient: true, .acknowledge, payloadByteCount: 0))
    return turns
  }

  /// One datagram of the sizes of the Internet mix, 7 short, 4 middling and 1 long, and for one in four an answer.
  private static func datagrams(on route: SampleRoute, using numbers: inout SplitMix64) -> [Turn] {
    let longest = route.longestIPPacket - route.ipHeaderByteCount - 8
    let payloadByteCount =
      switch numbers.next(in: 1...12) {
      case 1...7: numbers.next(in: 4...64)
      case 8...11: numbers.next(in: 500...560)
      default: longest
      }
    var turns: [Turn] = [.datagram(isFromClient: true, payloadByteCount: payloadByteCount)]
    if numbers.next(in: 1...4) == 1 {
      turns.append(.datagram(isFromClient: false, payloadByteCount: numbers.next(in: 4...64)))
    }
    return turns
  }
}
