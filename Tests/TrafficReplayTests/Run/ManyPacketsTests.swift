import NetVSP
import PacketCapture
import SharedMemory
import TestSupport
import Testing
import TrafficReplay

@Suite("A replay of many packets on two queues")
struct ManyPacketsTests {
  private static let flowCount = 64
  private static let packetsPerFlow: UInt64 = 250

  /// A hundred million where time is no matter.
  private static let packetCount: UInt64 = LongTests.areWanted ? 100_000_000 : 60_000

  /// Packets of 60 bytes in 64 flows, a microsecond apart, numbered in each flow.
  private static func capture(_ path: String) throws -> String {
    var writer = try CaptureWriter(path: path)
    for number in 0..<packetsPerFlow * UInt64(flowCount) {
      let flow = UInt8(number % UInt64(flowCount))
      try writer.append(
        frame(flow: flow, number: UInt16(number / UInt64(flowCount))), timestamp: Int64(number) * 1000)
    }
    try writer.close()
    return path
  }

  private static func frame(flow: UInt8, number: UInt16) -> [UInt8] {
    let ethernet: [UInt8] = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0]
    let internet: [UInt8] = [0x45, 0, 0, 46, 0, 0, 0, 0, 64, 17, 0, 0, 198, 18, 0, flow, 192, 0, 2, 1]
    let datagram: [UInt8] = [0x13, 0x88, 0x13, 0x89, 0, 26, 0, 0]
    return ethernet + internet + datagram + [flow, UInt8(number >> 8), UInt8(number & 0xFF)]
      + Array(repeating: 0, count: 15)
  }

  /// Follows the numbers of each flow, which begin anew with each pass.
  private final class OrderSink: FrameSink {
    /// The number that each flow is to have next. A flow keeps to one queue, so one thread at a time is at it.
    private let next = PrivateWords(count: ManyPacketsTests.flowCount)
    let mistakes = PrivateWords(count: 1)

    func deliver(_ frame: RawSpan, timestamp: Int64) throws(SinkError) {
      let flow = Int(frame.unsafeLoadUnaligned(fromByteOffset: 42, as: UInt8.self))
      let number = UInt64(frame.unsafeLoadUnaligned(fromByteOffset: 43, as: UInt16.self).byteSwapped)
      if number != next[flow].loadRelaxed() { mistakes[0].storeRelaxed(mistakes[0].loadRelaxed() + 1) }
      next[flow].storeRelaxed((number + 1) % ManyPacketsTests.packetsPerFlow)
    }
  }

  @Test("keeps the order of every flow and the times of all, and loses and doubles none")
  func order() throws {
    let folder = try TemporaryFolder()
    let options = ReplayOptions(
      capturePaths: [try Self.capture(folder.path("numbered.pcap"))], queueCount: 2, loopCount: 0,
      packetLimit: Self.packetCount, pace: .timed(speed: Rate(1000)), sink: .null)
    let sink = OrderSink()
    let result = ReplayRun(options, control: ReplayControl(senderCount: 2), frameSink: sink).run()
    #expect(result.problems == [])
    #expect(sink.mistakes[0].loadRelaxed() == 0)
    #expect(result.ledger.completed.packets == Self.packetCount)
    #expect(result.host.delivered.packets == Self.packetCount)
    #expect(result.queues.allSatisfy { $0.completed.packets > Self.packetCount / 4 })
    // Each of them had its time; one that left before it would be a problem.
    #expect(result.pacing?.packetCount == Self.packetCount)
  }
}
