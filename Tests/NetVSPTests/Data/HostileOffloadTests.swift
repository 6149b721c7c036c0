import NetVSP
import TestSupport
import Testing
import VMBusRing
import WireFormats

/// Chance as a guest that asks for work: its info, its frame's headers, or both are wrong.
@Suite struct HostileOffloadTests {
  @Test("every wish is granted whole or refused whole, and nothing is made up", arguments: [false, true])
  func spoiled(headersToo: Bool) throws {
    var generator = SeededGenerator()
    let run = try OffloadRun()
    var granted = 0
    for round in 0..<3000 {
      var frame = TestFrame(
        isIPv6: .random(using: &generator), isUDP: .random(using: &generator),
        payloadByteCount: .random(in: 1...200, using: &generator))
      frame.extensionHeaderCount = .random(in: 0...2, using: &generator)
      let isLarge = !frame.isUDP && round % 2 == 0
      let offload = isLarge ? PacketOffload.largeSend(of: frame, 50) : .checksums(of: frame)
      var message = rndisPacket(frame.bytes(isLarge ? .largeSend : .withoutChecksums), offload.tagged(7))
      let (infoEnd, end) = (44 + 32, headersToo ? 44 + 32 + frame.payloadOffset : 44 + 32)
      let spoiled = HostileBytes.spoiled(Array(message[44..<end]), using: &generator)
      // What was cut off stays as it was.
      message.replaceSubrange(44..<44 + spoiled.count, with: spoiled)
      let before = (run.sink.frames.count, run.total)
      let status = try run.send(message)
      let made = run.sink.frames[before.0...]
      guard status == .success else {
        #expect(status == .failure && made.isEmpty, "seed \(generator.seed)")
        #expect(run.total.receivedPackets == before.1.receivedPackets)
        continue
      }
      granted += 1
      let byteCount = made.reduce(0) { $0 + $1.count }
      #expect(run.total.deliveredBytes - before.1.deliveredBytes == UInt64(byteCount))
      #expect(made.allSatisfy { $0.count <= message.count - infoEnd + 4 }, "seed \(generator.seed)")
      // Whatever the info is now, the frame's last byte leaves last.
      if !headersToo, let byte = message.last { #expect(made.last?.last == byte, "seed \(generator.seed)") }
    }
    #expect(granted > 100, "seed \(generator.seed)")
    #expect(run.host.statistics().problem == nil)
    #expect(run.total.violations == 0)
  }
}
