import Testing
import WireFormats

@Suite("RNDIS transmit limits")
struct RNDISInitializeTests {
  private func limits(packets: UInt32 = 8, transfer: UInt32 = 0xEFFF_FFFF, factor: UInt32 = 3) throws(WireError)
    -> RNDISTransmitLimits
  {
    try RNDISInitializeComplete(
      requestID: 1, status: .success, maximumPacketsPerMessage: packets, maximumTransferByteCount: transfer,
      packetAlignmentFactor: factor
    ).validatedTransmitLimits()
  }

  @Test("a usual answer is taken as it is")
  func usual() throws {
    let limits = try limits()
    #expect(limits.maximumPacketsPerMessage == 8)
    #expect(limits.maximumTransferByteCount == 0xEFFF_FFFF)
    #expect(limits.alignment == 8)
  }

  @Test("no packet per message means one")
  func noPacket() throws { #expect(try limits(packets: 0).maximumPacketsPerMessage == 1) }

  @Test(
    "an alignment is at least 4 and at most a page",
    arguments: zip(0...12, [4, 4, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096]))
  func alignments(factor: UInt32, alignment: UInt32) throws {
    #expect(try limits(factor: factor).alignment == alignment)
  }

  @Test("an alignment beyond a page is refused", arguments: [13, 31, 32, 63, 64, .max] as [UInt32])
  func hugeAlignments(factor: UInt32) {
    #expect(throws: WireError.fieldOutOfRange(.alignmentFactor, value: UInt64(factor))) { try limits(factor: factor) }
  }

  @Test("a transfer holds a packet", arguments: [0, 1, 44] as [UInt32])
  func smallTransfers(byteCount: UInt32) {
    #expect(throws: WireError.fieldOutOfRange(.transferByteCount, value: UInt64(byteCount))) {
      try limits(transfer: byteCount)
    }
  }
}
