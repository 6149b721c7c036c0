import Foundation
import PacketCapture
import TestSupport
import Testing

@Suite("writing a capture")
struct CaptureWriterTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let records = (0..<500).map { index in
    PacketRecord(
      bytes: (0..<(index * 7) % 1515).map { UInt8(truncatingIfNeeded: $0 &+ index) },
      originalByteCount: (index * 7) % 1515 + (index % 3 == 0 ? 1000 : 0),
      timestamp: 1_700_000_000_000_000_000 + Int64(index) * 1_000_000_007)
  }

  private func write(_ records: [PacketRecord], to path: String, snapLength: Int = 262_144) throws {
    var writer = try CaptureWriter(path: path, snapLength: snapLength)
    for record in records {
      try writer.append(
        record.bytes.span.bytes, timestamp: record.timestamp, originalByteCount: record.originalByteCount)
    }
    try writer.close()
  }

  @Test("what is written is read again, to the nanosecond")
  func roundTrip() throws {
    let path = folder.path("round.pcap")
    try write(Self.records, to: path)
    let capture = try ReadCapture(path: path)
    #expect(capture.packets == Self.records)
    #expect(capture.error == nil && capture.linkType == .ethernet && capture.snapLength == 262_144)
  }

  @Test("tshark reads the same", .peer("tshark"))
  func readByTShark() throws {
    let path = folder.path("round.pcap")
    try write(Self.records, to: path)
    let theirs = try TSharkFrame.all(of: path)
    #expect(theirs.map(\.capturedByteCount) == Self.records.map(\.bytes.count))
    #expect(theirs.map(\.originalByteCount) == Self.records.map(\.originalByteCount))
    #expect(theirs.map(\.time) == Self.records.map(\.time))
  }

  @Test("capinfos calls it a nanosecond capture of Ethernet", .peer("capinfos"))
  func typeByCapinfos() throws {
    let path = folder.path("round.pcap")
    try write(Self.records, to: path)
    let output = try Peer("capinfos").run(["-t", "-E", "-c", "-M", path])
    #expect(output.standardOutput.contains("nsecpcap"))
    #expect(output.standardOutput.contains("ether"))
    #expect(output.lines.contains { $0.hasPrefix("Number of packets") && $0.hasSuffix(" 500") })
  }

  @Test("a longer frame is cut to the snap length and its length kept")
  func snapLength() throws {
    let path = folder.path("snap.pcap")
    try write(Self.records, to: path, snapLength: 96)
    let capture = try ReadCapture(path: path)
    #expect(capture.snapLength == 96)
    #expect(capture.packets.map(\.bytes) == Self.records.map { Array($0.bytes.prefix(96)) })
    #expect(capture.packets.map(\.originalByteCount) == Self.records.map(\.originalByteCount))
  }

  @Test("a time the format cannot hold becomes the nearest it can")
  func timesOutOfRange() throws {
    let path = folder.path("times.pcap")
    let last: Int64 = 4_294_967_295_999_999_999
    let times: [Int64] = [.min, -1, 0, 2_147_483_648_000_000_001, last, last + 1, .max]
    try write(times.map { PacketRecord(bytes: [1], originalByteCount: 1, timestamp: $0) }, to: path)
    #expect(
      try ReadCapture(path: path).packets.map(\.timestamp) == [0, 0, 0, 2_147_483_648_000_000_001, last, last, last])
  }

  @Test("after a flush the packets are in the file")
  func flush() throws {
    let path = folder.path("flush.pcap")
    var writer = try CaptureWriter(path: path)
    try writer.append([1, 2, 3], timestamp: 5)
    try writer.flush()
    #expect(
      try ReadCapture(path: path).packets == [PacketRecord(bytes: [1, 2, 3], originalByteCount: 3, timestamp: 5)])
    try writer.close()
  }

  @Test("a writer that is dropped completes its file")
  func dropped() throws {
    let path = folder.path("dropped.pcap")
    do {
      var writer = try CaptureWriter(path: path)
      try writer.append([1], timestamp: 1)
    }
    #expect(try ReadCapture(path: path).packets.count == 1)
  }

  @Test("where no file can be made, opening fails")
  func cannotCreate() {
    let missing = folder.path("missing/out.pcap")
    #expect(throws: CaptureError.writeFailed(path: missing, reason: "No such file or directory")) {
      _ = try CaptureWriter(path: missing)
    }
    #expect(throws: CaptureError.writeFailed(path: folder.url.path, reason: "Is a directory")) {
      _ = try CaptureWriter(path: folder.url.path)
    }
  }

  private static let full = CaptureError.writeFailed(path: "/dev/full", reason: "No space left on device")

  @Test("a full disk shows at the latest when the writer is closed")
  func fullAtClose() throws {
    var writer = try CaptureWriter(path: "/dev/full")
    try writer.append([1, 2, 3], timestamp: 0)
    let errorAtClose = Self.errorAtClose(of: writer)
    #expect(errorAtClose == Self.full)
  }

  @Test("a full disk shows when flushed, and from then on")
  func fullAtFlush() throws {
    var writer = try CaptureWriter(path: "/dev/full")
    try writer.append([1, 2, 3], timestamp: 0)
    #expect(Self.caught { () throws(CaptureError) in try writer.flush() } == Self.full)
    #expect(Self.caught { () throws(CaptureError) in try writer.append([1], timestamp: 0) } == Self.full)
    #expect(Self.caught { () throws(CaptureError) in try writer.flush() } == Self.full)
    let errorAtClose = Self.errorAtClose(of: writer)
    #expect(errorAtClose == Self.full)
  }

  @Test("a full disk shows while packets are added")
  func fullAtAppend() throws {
    var writer = try CaptureWriter(path: "/dev/full")
    let frame = [UInt8](repeating: 0, count: 1514)
    var error: CaptureError?
    var count = 0
    while error == nil && count < 100_000 {
      error = Self.caught { () throws(CaptureError) in try writer.append(frame, timestamp: 0) }
      count += 1
    }
    #expect(error == Self.full)
    let errorAtClose = Self.errorAtClose(of: writer)
    #expect(errorAtClose == Self.full)
  }

  @Test("a frame longer than it was on the wire is our own mistake")
  func impossibleLength() async {
    await #expect(processExitsWith: .failure) {
      var writer = try CaptureWriter(path: "/dev/null")
      try writer.append([UInt8](repeating: 0, count: 60).span.bytes, timestamp: 0, originalByteCount: 59)
    }
  }

  private static func errorAtClose(of writer: consuming CaptureWriter) -> CaptureError? {
    do {
      try writer.close()
      return nil
    } catch {
      return error
    }
  }

  private static func caught(_ body: () throws(CaptureError) -> Void) -> CaptureError? {
    do {
      try body()
      return nil
    } catch {
      return error
    }
  }
}
