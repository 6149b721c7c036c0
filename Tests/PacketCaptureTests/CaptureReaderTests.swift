import Foundation
import PacketCapture
import TestSupport
import Testing

@Suite("reading a capture")
struct CaptureReaderTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("a file that is not there is not found", arguments: ["missing.pcap", "missing/in.pcap"])
  func missing(name: String) {
    let path = folder.path(name)
    #expect(throws: CaptureError.notFound(path: path)) { try ReadCapture(path: path) }
  }

  @Test("a path through a file is not found")
  func throughAFile() throws {
    let path = try folder.write([], to: "file") + "/in.pcap"
    #expect(throws: CaptureError.notFound(path: path)) { try ReadCapture(path: path) }
  }

  @Test("a directory is none")
  func directory() {
    #expect(throws: CaptureError.isDirectory(path: folder.url.path)) { try ReadCapture(path: folder.url.path) }
  }

  @Test("a file without permission is not readable", .enabled(if: geteuid() != 0, "root may read everything"))
  func unreadable() throws {
    let path = try folder.write(PcapImage().bytes, to: "secret.pcap")
    try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: path)
    #expect(throws: CaptureError.notReadable(path: path, reason: "Permission denied")) { try ReadCapture(path: path) }
  }

  @Test("a name the system refuses is not readable")
  func nameTooLong() {
    let path = folder.path(String(repeating: "n", count: 300))
    #expect(throws: CaptureError.notReadable(path: path, reason: "File name too long")) { try ReadCapture(path: path) }
  }

  @Test("a file the system cannot read from is said to fail")
  func readFailure() throws {
    // Nothing is mapped at the beginning of our memory.
    let path = "/proc/self/mem"
    let error = try #require(throws: CaptureError.self) { try ReadCapture(path: path) }
    guard case .readFailed(path, afterPackets: 0, let reason) = error else { throw error }
    #expect(reason.contains("Input/output error"))
  }

  @Test("a text is not a capture")
  func text() throws {
    let path = try folder.write(Array("this is not a capture, but a text\n".utf8), to: "notes.pcap")
    #expect(throws: CaptureError.notACapture(path: path, reason: "unknown file format")) {
      try ReadCapture(path: path)
    }
  }

  @Test("an empty file is not a capture")
  func emptyFile() throws {
    let path = try folder.write([], to: "empty.pcap")
    #expect(throws: CaptureError.notACapture(path: path, reason: "the file is empty")) { try ReadCapture(path: path) }
  }

  @Test("a capture without packets ends at once")
  func noPackets() throws {
    let capture = try ReadCapture(path: folder.write(PcapImage().bytes, to: "none.pcap"))
    #expect(capture.packets.isEmpty && capture.error == nil && capture.endsForGood)
    #expect(capture.linkType == .ethernet && capture.snapLength == 262_144)
  }

  @Test("both byte orders and both precisions give nanoseconds", arguments: [false, true])
  func byteOrders(isBigEndian: Bool) throws {
    for (magic, fraction) in [(0xa1b2_3c4d, 123_456_789), (0xa1b2_c3d4, 123_456)] as [(UInt32, UInt32)] {
      var image = PcapImage(isBigEndian: isBigEndian, magic: magic)
      image.appendRecord(seconds: 1_700_000_000, fraction: fraction, originalByteCount: 1514, [1, 2, 3])
      let capture = try ReadCapture(path: folder.write(image.bytes, to: "order.pcap"))
      let nanoseconds: Int64 = magic == 0xa1b2_3c4d ? 123_456_789 : 123_456_000
      #expect(
        capture.packets == [
          PacketRecord(
            bytes: [1, 2, 3], originalByteCount: 1514, timestamp: 1_700_000_000_000_000_000 + nanoseconds)
        ])
    }
  }

  @Test("a packet said to be shorter on the wire than in the file was as long as in the file")
  func originalLengthTooSmall() throws {
    var image = PcapImage()
    image.appendRecord(seconds: 1, fraction: 0, originalByteCount: 2, [1, 2, 3])
    let capture = try ReadCapture(path: folder.write(image.bytes, to: "wire.pcap"))
    #expect(capture.packets.map(\.originalByteCount) == [3] && capture.truncatedCount == 0)
  }

  @Test("a pipe is read like a file")
  func pipe() throws {
    let path = folder.path("pipe")
    #expect(mkfifo(path, 0o600) == 0)
    var image = PcapImage()
    for index in 0..<1000 as Range<UInt32> {
      image.appendRecord(seconds: index, fraction: 0, [UInt8](repeating: 7, count: 100))
    }
    let bytes = Data(image.bytes)
    Thread.detachNewThread {
      let handle = FileHandle(forWritingAtPath: path)
      try? handle?.write(contentsOf: bytes)
      try? handle?.close()
    }
    let capture = try ReadCapture(path: path)
    #expect(capture.packets.count == 1000 && capture.error == nil)
  }

  @Test("the link type is that of the file's header, in libpcap's numbers")
  func linkTypes() throws {
    let codes: [(UInt32, LinkType)] = [(101, .rawIP), (113, .linuxCooked), (105, LinkType(rawValue: 105))]
    for (code, linkType) in codes {
      let capture = try ReadCapture(path: folder.write(PcapImage(linkType: code).bytes, to: "link.pcap"))
      #expect(capture.linkType == linkType)
    }
  }
}
