import NetVSP
import TestSupport
import Testing
import VMBusRing
import WireFormats

/// What hosts of other makers were found to do wrong, each named by its report. Others are tested where they belong: these
/// numbers are in the names of those tests.
@Suite("Faults of other hosts")
struct KnownHostFaultTests {
  @Test("an error in a message of a sub-channel fails it alone (openvmm 3558)", arguments: HostVariant.all)
  func subchannelError(variant: HostVariant) throws {
    let host = try variant.host(sink: .verify)
    let guest = try ScriptedGuest(settingUp: host.offer)
    _ = try guest.requestSubchannels(1)
    let channel = try GuestChannel(host.offer, 1)
    _ = try guest.primary.awaitAll()
    guest.fill(section: 0, GoldenVectors.sectionImage.bytes)
    guest.fill(section: 1, GoldenVectors.sectionImage.bytes.replacing(at: 4, with: 43))
    let foreign = PageRun(byteCount: 60, byteOffset: 0, pages: [1 << 40])
    var ids: [UInt64] = []
    for _ in 0..<20 {
      ids.append(try guest.send(section: 1, byteCount: 120, on: channel))
      ids.append(try guest.send(ranges: [foreign], on: channel))
      ids.append(try guest.send(section: 0, byteCount: 120, on: channel))
    }
    let completions = try channel.awaitAll()
    #expect(completions.map(\.transactionID) == ids)
    #expect(completions.map(\.status) == (0..<20).flatMap { _ in [.failure, .failure, .success] as [NVSPStatus?] })
    #expect(host.statistics().problem == nil)
    channel.close()
    guest.primary.close()
  }

  @Test("headers of more than 255 bytes in front of a large send are copied whole (openvmm 3275)")
  func longHeader() throws {
    let run = try OffloadRun()
    var frame = TestFrame(isIPv6: true, payloadByteCount: 2500)
    frame.extensionHeaderCount = 2
    frame.extensionHeaderByteCount = 104
    frame.tcpOptions = [UInt8](repeating: 1, count: 40)
    #expect(frame.payloadOffset > 255)
    #expect(try run.send(rndisPacket(frame.bytes(.largeSend), .largeSend(of: frame, 1000))) == .success)
    #expect(run.sink.frames == frame.segments(1000).map { $0.bytes() })
  }
}
