import TestSupport

/// The packets of a set-up, in order and byte for byte, written down from the protocol and not by the guest's code.
struct ExpectedHandshake {
  // Page numbers and handles are given out in order: the request page is the first of the address space, handle 1
  // names the rings.
  private static let requestPage: UInt64 = 0x1000
  private static let receiveBufferHandle: UInt32 = 2
  private static let sendBufferHandle: UInt32 = 3
  /// The hash key of Linux.
  private static let key: [UInt8] = [
    0x6D, 0x5A, 0x56, 0xDA, 0x25, 0x5B, 0x0E, 0xC2, 0x41, 0x67, 0x25, 0x3D, 0x43, 0xA3, 0x8F, 0xB0, 0xD0, 0xCA, 0x2B,
    0xCB, 0xAE, 0x7B, 0x30, 0xB4, 0x77, 0xCB, 0x2D, 0xA3, 0x80, 0x30, 0xF2, 0x0C, 0x6A, 0x42, 0xB7, 0x3B, 0xBE, 0xAC,
    0x01, 0xFA,
  ]

  private(set) var packets: [[UInt8]] = []
  /// What each packet speaks of, in guest memory.
  private(set) var carried: [[UInt8]] = []
  private var acknowledged: ArraySlice<UInt64>
  private var transactionCount: UInt64 = 0
  private var requestCount: UInt32 = 0

  /// The set-up with a version that the host takes at once. `acknowledged` are the ids of the host's RNDIS answers.
  init(version: UInt32, queueCount: UInt32 = 1, frameByteCount: UInt32 = 9216, acknowledged: [UInt64]) {
    self.acknowledged = acknowledged[...]
    let isVersion5 = version >= 0x0005_0000
    ask([1, version, version])
    if version >= 0x0003_0002 { tell([125, frameByteCount, 0, 8, 0]) }
    tell([100, 6, isVersion5 ? 30 : 1])
    ask([101, Self.receiveBufferHandle, 0xCAFE])
    ask([104, Self.sendBufferHandle, 0xFACE])
    control(GoldenVectors.rndisInitialize.bytes)
    requestCount = 1
    query(0x0101_0101)
    query(0x0001_0106)
    query(0x0001_0114)
    // The input is a structure of which the header alone is filled: type 0xA7, revision, size.
    query(0xFC01_020D, isVersion5 ? [0xA7, 3, 156, 0] : [0xA7, 2, 144, 0], byteCount: isVersion5 ? 156 : 144)
    // Five checksums on transmission (2), large sends of version 1 off (1), of version 2 on (2).
    let offloads: [UInt8] = [2, 2, 2, 2, 2, 1, 0, 2, 2]
    set(0xFC01_020C, (isVersion5 ? [0x80, 3, 28, 0] : [0x80, 2, 22, 0]) + offloads, byteCount: isVersion5 ? 28 : 22)
    if queueCount > 1, isVersion5 { openSubchannels(queueCount) }
    set(0x0001_010E, [0x0B, 0, 0, 0], byteCount: 4)
  }

  private mutating func openSubchannels(_ queueCount: UInt32) {
    query(0x0001_0203, [0x88, 2, 20, 0], byteCount: 20)
    ask([133, 1, queueCount - 1])
    for flags in [0x10, 0] as [UInt32] {
      // Toeplitz over IPv4, TCP over IPv4, and IPv6; 512 bytes of table at 40, 40 bytes of key behind it.
      let fixed: [UInt32] = [0x0028_0289, flags, 0x0701, 512, 40, 40, 552, 0, 0, 0]
      let table = (0..<128).map { $0 % queueCount }
      set(0x0001_0204, ExpectedPacket.halves(fixed + table) + Self.key, byteCount: 592)
    }
  }

  private var start: UInt32 { packets.reduce(0) { $0 + UInt32($1.count) } }

  private mutating func takeTransactionID() -> UInt64 {
    transactionCount += 1
    return ExpectedPacket.requestID(transactionCount)
  }

  private mutating func append(_ packet: [UInt8], carrying bytes: [UInt8] = []) {
    packets.append(packet)
    carried.append(bytes)
  }

  /// A message that is answered in its completion.
  private mutating func ask(_ message: [UInt32]) {
    let id = takeTransactionID()
    append(ExpectedPacket.inBand(message, id: id, asksForCompletion: true, start: start))
  }

  /// A message without an answer.
  private mutating func tell(_ message: [UInt32]) {
    append(ExpectedPacket.inBand(message, id: ExpectedPacket.noAnswer, asksForCompletion: false, start: start))
  }

  /// An RNDIS message and, once it is answered, what gives the answer's buffer back.
  private mutating func control(_ message: [UInt8]) {
    let id = takeTransactionID()
    append(
      ExpectedPacket.control(byteCount: UInt32(message.count), page: Self.requestPage, id: id, start: start),
      carrying: message)
    append(ExpectedPacket.acknowledgement(of: acknowledged.popFirst() ?? .max, start: start))
  }

  private mutating func query(_ oid: UInt32, _ input: [UInt8] = [], byteCount: Int = 0) {
    object(4, oid, input, byteCount: byteCount)
  }

  private mutating func set(_ oid: UInt32, _ value: [UInt8], byteCount: Int) {
    object(5, oid, value, byteCount: byteCount)
  }

  /// A request about an object; its data is right behind the fixed part, filled with zeros to its size.
  private mutating func object(_ type: UInt32, _ oid: UInt32, _ data: [UInt8], byteCount: Int) {
    requestCount += 1
    let count = UInt32(byteCount)
    control(
      ExpectedPacket.halves([type, 28 + count, requestCount, oid, count, 20, 0]) + data
        + [UInt8](repeating: 0, count: byteCount - data.count))
  }
}
