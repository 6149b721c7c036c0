import NetVSC
import PacketCapture
import TestSupport
import Testing
import TrafficReplay

@Suite("A replay that leaves work to the host")
struct OffloadedReplayTests {
  /// A capture of frames, in a folder that lives as long as the test.
  private func capture(_ frames: [[UInt8]], in folder: TemporaryFolder) throws -> String {
    let path = folder.path("frames.pcap")
    var writer = try CaptureWriter(path: path)
    for frame in frames { try writer.append(frame, timestamp: 0) }
    try writer.close()
    return path
  }

  private func frame(_ payloadByteCount: Int, _ change: (inout TestFrame) -> Void = { _ in }) -> TestFrame {
    var frame = TestFrame()
    frame.payload = (0..<payloadByteCount).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) }
    change(&frame)
    return frame
  }

  @Test("has TCP frames above the MTU cut into segments", arguments: CopyChoice.allCases, [nil, 1000])
  func largeSends(copy: CopyChoice, segmentByteCount: Int?) throws {
    let folder = try TemporaryFolder()
    let sent = [
      frame(100), frame(20_000), frame(1460), frame(1461), frame(5000) { $0.isIPv6 = true },
      frame(9000) { $0.tags = [0x2003] }, frame(65_000) { $0.tcpOptions = [1, 1, 1, 1] }, frame(60),
    ]
    let path = try capture(sent.map { $0.bytes() }, in: folder)
    let out = folder.path("out.pcap")
    let result = replay([path]) {
      $0.sink = .pcap(path: out)
      $0.frameLimit = 1514
      $0.copy = copy
      $0.segmentByteCount = segmentByteCount
    }
    let expected = sent.flatMap { frame in
      let byteCount = frame.bytes().count
      guard byteCount > 1514 else { return [frame] }
      return frame.segments(min(segmentByteCount ?? .max, 1514 - frame.payloadOffset))
    }
    #expect(try frames(of: out) == expected.map { $0.bytes() })
    #expect(ReplayStatus(of: result) == .complete)
    #expect(result.ledger.completed.bytes == UInt64(sent.reduce(0) { $0 + $1.bytes().count }))
    #expect(result.host.delivered.packets == UInt64(expected.count))
  }

  @Test("still refuses what no host could cut")
  func refusals() throws {
    let folder = try TemporaryFolder()
    let frames = [
      frame(3000) { $0.isUDP = true }.bytes(), Array(frame(3000).bytes().dropLast(4)),
      frame(3000) { $0.padding = [0, 0, 0, 0] }.bytes(), frame(1460).bytes(),
    ]
    let result = replay([try capture(frames, in: folder)]) { $0.frameLimit = 1514 }
    #expect(result.queues[0].refusedByReason == [.tooLarge: 3])
    #expect(result.ledger.completed.packets == 1)
    #expect(result.verify?.match == true)
  }

  @Test("gets a tag back where it was, and counts it", arguments: CopyChoice.allCases, [false, true])
  func tags(copy: CopyChoice, isOffloaded: Bool) throws {
    let folder = try TemporaryFolder()
    var sent = [[0xA123], [], [0x0001, 0x0FFF]].map { tags in frame(400) { $0.tags = tags }.bytes() }
    // Another kind of tag stays in its frame, and so does half a tag.
    var service = sent[0]
    service[12...13] = [0x88, 0xA8]
    sent += [service, Array(sent[0].prefix(17)), Array(sent[0].prefix(18))]
    let path = try capture(sent, in: folder)
    let out = folder.path("out.pcap")
    for sink in [SinkChoice.pcap(path: out), .verify] {
      let result = replay([path]) {
        $0.sink = sink
        $0.copy = copy
        $0.vlanOffload = isOffloaded
      }
      #expect(result.ledger.completed.bytes == UInt64(sent.reduce(0) { $0 + $1.count }))
      #expect(ReplayStatus(of: result) == .complete)
      #expect(result.verify?.match != false)
    }
    #expect(try frames(of: out) == sent)
  }

  @Test("copies what it is told to copy", arguments: CopyChoice.allCases, HostMode.allCases)
  func copyChoices(copy: CopyChoice, hostMode: HostMode) {
    let result = replay([PackageFolders.firstRun]) {
      $0.copy = copy
      $0.hostMode = hostMode
      $0.queueCount = 2
      $0.loopCount = 3
    }
    #expect(result.ledger.completed.packets == 6000)
    #expect(result.verify?.match == true)
    #expect(ReplayStatus(of: result) == .complete)
    let lent = result.queues.reduce(0) { $0 + ($1.counters.first { $0.name == "lent_frames" }?.value ?? 0) }
    #expect(copy == .never ? lent == 6000 : copy == .always ? lent == 0 : lent < 6000)
  }
}

@Suite("Offloads of real captures", .enabled(if: SharedCaptures.arePresent, "the shared captures are not here"))
struct OffloadedSharedCaptureTests {
  @Test("make segments with right checksums", .peer("tshark"), arguments: CopyChoice.allCases)
  func checksums(copy: CopyChoice) throws {
    let folder = try TemporaryFolder()
    let (path, out) = (try SharedCaptures.path("tso-superframes.pcap"), folder.path("out.pcap"))
    let result = replay([path]) {
      $0.sink = .pcap(path: out)
      $0.frameLimit = 1514
      $0.copy = copy
    }
    #expect(ReplayStatus(of: result) == .complete)
    let fields = ["ip.checksum.status", "tcp.checksum.status", "udp.checksum.status"].flatMap { ["-e", $0] }
    let checks = ["ip", "tcp", "udp"].flatMap { ["-o", "\($0).check_checksum:TRUE"] }
    let lines = try Peer("tshark").run(["-n", "-r", out, "-T", "fields"] + checks + fields).lines
    // All of it was captured in front of a network card that computes checksums: what is sent as it is has wrong ones.
    let unchanged = Set(try frames(of: path))
    let received = try frames(of: out)
    #expect(lines.count == received.count)
    let made = zip(lines, received).filter { !unchanged.contains($1) }.map(\.0)
    // Eight frames, in pieces of 1448 bytes.
    #expect(made.count == 174)
    // 1 is a checksum that was looked at and is right.
    #expect(made.allSatisfy { $0 == "1\t1\t" })
  }

  @Test("leave frames with tags as they were")
  func tags() throws {
    let folder = try TemporaryFolder()
    let out = folder.path("out.pcap")
    let path = try SharedCaptures.path("vlan-and-qinq.pcap")
    let result = replay([path]) {
      $0.sink = .pcap(path: out)
      $0.vlanOffload = true
    }
    #expect(result.ledger.completed == Tally(packets: 42, bytes: 18_429))
    #expect(result.host.delivered == result.ledger.completed)
    #expect(try frames(of: out) == frames(of: path))
  }
}
