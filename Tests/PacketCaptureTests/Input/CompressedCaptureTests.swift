import Foundation
import PacketCapture
import TestSupport
import Testing

/// One small capture, in all the formats there are.
private enum Sample {
  /// Three packets of sixty bytes: 1, 2 and 3.
  static let plain: [UInt8] = {
    var image = PcapImage(magic: 0xa1b2_3c4d)
    for index in 1...3 as ClosedRange<UInt32> {
      image.appendRecord(seconds: index, fraction: 5, [UInt8](repeating: UInt8(index), count: 60))
    }
    return image.bytes
  }()

  static let compressed: [String: [UInt8]] = [
    "gzip": "H4sIAAAAAAACA/O12bSQiYGFAQFYGBiBJAizArENFDNSAJjQzGKiADCjmcVMAQAAaUiilPwAAAA=",
    "bzip2":
      "QlpoOTFBWSZTWdNKDUoAACdMGH6AAEQAAiAAEAAgAFRA0DQG1DRT1MOdId2zCUGQlcCMN5TKnSP4Sy3SOZ3vF3JFOFCQ00oNSg==",
    "xz":
      "/Td6WFoAAATm1rRGAgAhAQwAAACPmEGc4AD7ACddACaPEkoQD/wKNTa1TYIyn1GPNbcx9S7BrBS9ZQXIr/FDQiqQ479rAAAA0pPGd7aUNR8AAUP8AQAAACZ24X+xxGf7AgAAAAAEWVo=",
    "zstd": "KLUv/QRYbQEAuE08sqECAAQABAABAAAFAAAAPAECAgMDCADAJXlCd8Al9oROgJMXpN41DQMuhacONw==",
  ].mapValues { [UInt8](Data(base64Encoded: $0) ?? Data()) }

  static let names = compressed.keys.sorted()

  static func compressed(_ name: String) throws -> [UInt8] { try #require(compressed[name]) }
}

@Suite("compressed captures")
struct CompressedCaptureTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("are read like those that are not, whatever their name", arguments: Sample.names)
  func sample(format: String) throws {
    let plain = try ReadCapture(path: folder.write(Sample.plain, to: "plain"))
    let capture = try ReadCapture(path: folder.write(Sample.compressed(format), to: "capture.pcap"))
    #expect(plain.packets.count == 3)
    #expect(capture.packets == plain.packets && capture.error == nil && capture.endsForGood)
  }

  @Test("are known by their bytes in a pipe as well, however few come at a time", arguments: Sample.names + ["plain"])
  func pipe(format: String) throws {
    let bytes = try format == "plain" ? Sample.plain : Sample.compressed(format)
    let path = folder.path("pipe")
    #expect(mkfifo(path, 0o600) == 0)
    Thread.detachNewThread {
      let handle = FileHandle(forWritingAtPath: path)
      for byte in bytes { try? handle?.write(contentsOf: Data([byte])) }
      try? handle?.close()
    }
    let capture = try ReadCapture(path: path)
    #expect(capture.packets.count == 3 && capture.error == nil)
  }

  @Test("cut anywhere give packets, then the damage", arguments: Sample.names)
  func cut(format: String) throws {
    let bytes = try Sample.compressed(format)
    for count in 6..<bytes.count {
      let path = try folder.write(Array(bytes.prefix(count)), to: "cut")
      do throws(CaptureError) {
        let capture = try ReadCapture(path: path)
        guard case .damaged(path, capture.packets.count, let reason) = capture.error else {
          Issue.record("cut at \(count): \(String(describing: capture.error))")
          continue
        }
        #expect(reason == "its \(format) data ends too early")
        #expect(capture.endsForGood)
      } catch {
        #expect(error == .damaged(path: path, afterPackets: 0, reason: "its \(format) data ends too early"))
      }
    }
  }

  @Test("with a wrong byte end, and never give other packets behind it without a word", arguments: Sample.names)
  func damaged(format: String) throws {
    let bytes = try Sample.compressed(format)
    for position in 10..<bytes.count {
      var changed = bytes
      changed[position] ^= 0x55
      let path = try folder.write(changed, to: "damaged")
      do throws(CaptureError) {
        #expect(try ReadCapture(path: path).endsForGood)
      } catch {
        guard [.damaged, .notACapture].contains(error.kind) else { throw error }
      }
    }
  }

  @Test("go on where one compressed stream follows another", arguments: Sample.names)
  func several(format: String) throws {
    let bytes = try Sample.compressed(format)
    let path = try folder.write(bytes + bytes, to: "twice")
    let capture = try ReadCapture(path: path)
    // Two captures in a row are none: the second one's header is taken for a record, and what follows for damage.
    #expect(capture.packets.count >= 3)
    #expect(capture.error != nil, "what is in the second stream was not read")
  }

  @Test("with other bytes behind are damaged there, and with zeros are not", arguments: Sample.names)
  func trailingBytes(format: String) throws {
    let bytes = try Sample.compressed(format)
    let more = try ReadCapture(path: folder.write(bytes + Array("behind".utf8), to: "more"))
    #expect(more.packets.count == 3)
    #expect(more.error?.kind == .damaged)
    let filled = try ReadCapture(path: folder.write(bytes + Array(repeating: 0, count: 512), to: "filled"))
    #expect(filled.packets.count == 3)
    #expect(filled.error == nil)
  }

  @Test("with nothing in them are empty", .peer("gzip"))
  func nothing() throws {
    let path = try compress("gzip", try folder.write([], to: "none"), suffix: ".gz")
    #expect(throws: CaptureError.notACapture(path: path, reason: "the file is empty")) { try ReadCapture(path: path) }
  }

  @Test("within others are none", .peer("gzip"))
  func twice() throws {
    let path = try compress("gzip", try folder.write(Sample.compressed("gzip"), to: "once"), suffix: ".gz")
    #expect(throws: CaptureError.notACapture(path: path, reason: "unknown file format")) {
      try ReadCapture(path: path)
    }
  }

  @Test("of the programs that make them", .peer("gzip"), .peer("bzip2"), .peer("xz"), .peer("zstd"))
  func realPrograms() throws {
    let plain = folder.path("sample.pcap")
    try FileManager.default.copyItem(atPath: PackageFolders.firstRun, toPath: plain)
    let packets = try ReadCapture(path: plain).packets
    for (program, suffix) in [("gzip", ".gz"), ("bzip2", ".bz2"), ("xz", ".xz"), ("zstd", ".zst")] {
      let path = try compress(program, plain, suffix: suffix)
      #expect(try ReadCapture(path: path).packets == packets, "\(program)")
      // Cut in two, each half compressed by itself: two streams in one file.
      let bytes = [UInt8](try Data(contentsOf: URL(filePath: plain)))
      let halves = [bytes[..<300_000], bytes[300_000...]].map(Array.init)
      let joined = try halves.flatMap { half in
        let part = try folder.write(half, to: "half")
        return [UInt8](try Data(contentsOf: URL(filePath: try compress(program, part, suffix: suffix))))
      }
      #expect(try ReadCapture(path: folder.write(joined, to: "joined")).packets == packets, "\(program)")
      // Cut short, most of it is there.
      let whole = [UInt8](try Data(contentsOf: URL(filePath: path)))
      let cut = try ReadCapture(path: folder.write(Array(whole.dropLast(whole.count / 20)), to: "cut"))
      #expect(!cut.packets.isEmpty && cut.packets == Array(packets.prefix(cut.packets.count)), "\(program)")
      #expect(cut.error?.kind == .damaged, "\(program)")
    }
  }

  /// Compresses a file beside it, and returns the path of that. Quickly, which gives bzip2 several blocks.
  private func compress(_ program: String, _ path: String, suffix: String) throws -> String {
    #expect(try Peer(program).run(["-1", "-k", "-f", path]).status == 0)
    return path + suffix
  }
}

extension CaptureError {
  fileprivate enum Kind { case damaged, notACapture, other }
  fileprivate var kind: Kind {
    switch self {
    case .damaged, .secondLinkType: .damaged
    case .notACapture: .notACapture
    default: .other
    }
  }
}
