import Testing
import TestSupport
import WireFormats

@Suite("Packet descriptor")
struct PacketDescriptorTests {
  private func decoded(type: UInt16 = 6, offset8: UInt16, length8: UInt16, flags: UInt16 = 0) -> PacketDescriptor {
    PacketDescriptor(
      firstWord: UInt64(type) | UInt64(offset8) << 16 | UInt64(length8) << 32 | UInt64(flags) << 48, transactionID: 7)
  }

  @Test("sizes are bytes, and the trailer counts only in the ring")
  func sizes() throws {
    let descriptor = PacketDescriptor(
      type: .dataInBand, payloadOffset: 16, byteCount: 56, completionRequested: true, transactionID: 1)
    #expect(descriptor.firstWord == 0x0001_0007_0002_0006)
    #expect(descriptor.type == .dataInBand)
    #expect(descriptor.payloadOffset == 16)
    #expect(descriptor.byteCount == 56)
    #expect(descriptor.payloadByteCount == 40)
    #expect(descriptor.ringByteCount == 64)
    #expect(descriptor.completionRequested)
    try descriptor.validate(available: 64)
  }

  @Test("a packet is refused unless its trailer is there as well")
  func trailerCounts() {
    let descriptor = decoded(offset8: 2, length8: 7)
    #expect(throws: WireError.packetBeyondRing(ringByteCount: 64, available: 63)) {
      try descriptor.validate(available: 63)
    }
    #expect(throws: WireError.packetBeyondRing(ringByteCount: 524_288, available: 520_192)) {
      try decoded(offset8: 2, length8: .max).validate(available: 520_192)
    }
    #expect(throws: Never.self) { try decoded(offset8: .max, length8: .max).validate(available: 524_288) }
  }

  @Test("a payload begins behind the headers of its type", arguments: [6, 0xB, 7, 9, 0, 0xFFFF] as [UInt16])
  func minimumOffsets(type: UInt16) {
    let least: UInt16 = type == 7 || type == 9 ? 3 : 2
    for offset8 in 0..<least {
      #expect(
        throws: WireError.payloadOffsetTooSmall(byteOffset: UInt32(offset8) * 8, minimum: UInt32(least) * 8)
      ) { try decoded(type: type, offset8: offset8, length8: 9).validate(available: 4096) }
    }
    #expect(throws: Never.self) { try decoded(type: type, offset8: least, length8: 9).validate(available: 80) }
  }

  @Test("a packet ends where its payload begins, at the earliest")
  func payloadBeyondPacket() {
    #expect(throws: Never.self) { try decoded(offset8: 2, length8: 2).validate(available: 24) }
    #expect(throws: WireError.payloadOffsetBeyondPacket(byteOffset: 24, packetByteCount: 16)) {
      try decoded(offset8: 3, length8: 2).validate(available: 4096)
    }
    #expect(throws: WireError.payloadOffsetBeyondPacket(byteOffset: 524_280, packetByteCount: 524_272)) {
      try decoded(offset8: .max, length8: .max - 1).validate(available: .max)
    }
  }

  @Test("one flag has a meaning", arguments: 0..<16)
  func flags(bit: UInt16) {
    let descriptor = decoded(offset8: 2, length8: 2, flags: 1 << bit)
    if bit == 0 {
      #expect(throws: Never.self) { try descriptor.validate(available: 24) }
    } else {
      #expect(throws: WireError.unknownFlags(1 << bit)) { try descriptor.validate(available: 24) }
    }
  }

  @Test("what validation lets pass is inside the ring, whatever the word")
  func anyWord() {
    var generator = SeededGenerator()
    for _ in 0..<100_000 {
      // Small numbers in every field, or most words would fail at the first check.
      let mask = generator.next() & generator.next() | 0x0001_FFFF_001F_000F
      let descriptor = PacketDescriptor(firstWord: generator.next() & mask, transactionID: 0)
      let available = UInt32.random(in: 0...600_000, using: &generator) & ~7
      guard (try? descriptor.validate(available: available)) != nil else { continue }
      #expect(descriptor.payloadOffset >= 16 && descriptor.payloadOffset <= descriptor.byteCount)
      #expect(descriptor.byteCount + 8 <= available)
    }
  }

  @Test("a descriptor that breaks the rules is our own mistake")
  func misuse() async {
    await #expect(processExitsWith: .failure) {
      _ = PacketDescriptor(
        type: .dataInBand, payloadOffset: 16, byteCount: 44, completionRequested: true, transactionID: 1)
    }
    await #expect(processExitsWith: .failure) {
      _ = PacketDescriptor(
        type: .dataUsingGPADirect, payloadOffset: 16, byteCount: 56, completionRequested: true, transactionID: 1)
    }
  }
}
