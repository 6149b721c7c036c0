import Foundation
import PacketCapture
import TestSupport
import Testing

/// What is known of a shared capture from outside our code, as libpcap must give it.
struct KnownCapture: CustomTestStringConvertible, Sendable {
  enum Ending: Sendable {
    case clean
    case damaged(reason: String)
    case secondLinkType(LinkType)
  }

  var name: String
  var packetCount: Int
  var capturedByteCount: Int
  var sizes: ClosedRange<Int>?
  var truncatedCount = 0
  var linkType = LinkType.ethernet
  var ending = Ending.clean

  var testDescription: String { name }

  static let all = [
    KnownCapture(name: "mixed-5012.pcap", packetCount: 5012, capturedByteCount: 1_970_363, sizes: 42...1514),
    KnownCapture(name: "ipv6-dualstack-tls.pcap", packetCount: 7451, capturedByteCount: 2_734_637, sizes: 60...1514),
    KnownCapture(name: "vlan-and-qinq.pcap", packetCount: 42, capturedByteCount: 18_429, sizes: 66...1522),
    KnownCapture(name: "tso-superframes.pcap", packetCount: 38, capturedByteCount: 247_320, sizes: 66...32_834),
    KnownCapture(name: "ip-fragments.pcap", packetCount: 53, capturedByteCount: 71_754, sizes: 178...1514),
    KnownCapture(name: "two-interfaces-us-ns.pcapng", packetCount: 6, capturedByteCount: 798, sizes: 70...214),
    // The second interface, with 100 packets more, is of another link type.
    KnownCapture(
      name: "two-linktypes.pcapng", packetCount: 59, capturedByteCount: 8227, sizes: 66...1261,
      ending: .secondLinkType(.linuxCooked)),
    KnownCapture(name: "big-endian.pcap", packetCount: 23, capturedByteCount: 2072, sizes: 54...222),
    KnownCapture(name: "nanosecond.pcap", packetCount: 9, capturedByteCount: 1230, sizes: 60...671),
    KnownCapture(
      name: "snaplen-truncated.pcap", packetCount: 878, capturedByteCount: 78_694, sizes: 66...96, truncatedCount: 691),
    KnownCapture(
      name: "linux-sll.pcap", packetCount: 518, capturedByteCount: 451_558, sizes: 44...1456, linkType: .linuxCooked),
    KnownCapture(name: "empty.pcap", packetCount: 0, capturedByteCount: 0, sizes: nil),
    KnownCapture(
      name: "cut-short.pcap", packetCount: 6718, capturedByteCount: 429_040, sizes: 42...692,
      ending: .damaged(reason: "truncated dump file; tried to read 42 captured bytes, only got 8")),
    // Two packets are longer than the file's own snap length, to which libpcap cuts them.
    KnownCapture(
      name: "runts-to-64k.pcap", packetCount: 245, capturedByteCount: 271_808, sizes: 38...65_535, truncatedCount: 2),
  ]

  func error(path: String) -> CaptureError? {
    switch ending {
    case .clean: nil
    case .damaged(let reason): .damaged(path: path, afterPackets: packetCount, reason: reason)
    case .secondLinkType(let second):
      .secondLinkType(path: path, afterPackets: packetCount, first: linkType, second: second)
    }
  }
}

@Suite("shared captures", .enabled(if: SharedCaptures.arePresent, "NETVSC_CAPTURES names no folder of captures"))
struct SharedCaptureTests {
  @Test("every packet of a real capture is delivered, then its end or its damage", arguments: KnownCapture.all)
  func knownCounts(known: KnownCapture) throws {
    let path = try SharedCaptures.path(known.name)
    let capture = try ReadCapture(path: path)
    #expect(capture.packets.count == known.packetCount)
    #expect(capture.capturedByteCount == known.capturedByteCount)
    #expect(capture.packets.map(\.bytes.count).min() == known.sizes?.lowerBound)
    #expect(capture.packets.map(\.bytes.count).max() == known.sizes?.upperBound)
    #expect(capture.truncatedCount == known.truncatedCount)
    #expect(capture.linkType == known.linkType)
    #expect(capture.error == known.error(path: path))
    #expect(capture.endsForGood)
  }

  @Test("no capture of the folder is without a test")
  func allAreKnown() throws {
    let folder = try #require(SharedCaptures.folder)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.contains(".pcap") }
    #expect(Set(names) == Set(KnownCapture.all.map(\.name)))
  }

  @Test("lengths, times and order are those tshark sees", .peer("tshark"), arguments: KnownCapture.all)
  func agreesWithTShark(known: KnownCapture) throws {
    let path = try SharedCaptures.path(known.name)
    let capture = try ReadCapture(path: path)
    let theirs = try TSharkFrame.all(of: path)
    if case .secondLinkType = known.ending {
      #expect(theirs.count == 159)
    } else {
      #expect(theirs.count == capture.packets.count)
    }
    for (ours, theirs) in zip(capture.packets, theirs) {
      #expect(ours.bytes.count == min(theirs.capturedByteCount, capture.snapLength))
      #expect(ours.originalByteCount == theirs.originalByteCount)
      #expect(ours.time == theirs.time)
    }
  }

  @Test("the bytes are those tshark sees", .peer("tshark"), arguments: ["mixed-5012.pcap", "big-endian.pcap"])
  func sameBytesAsTShark(name: String) throws {
    let path = try SharedCaptures.path(name)
    let folder = try TemporaryFolder()
    let copy = folder.path("copy.pcap")
    let conversion = try Peer("tshark").run(["-n", "-r", path, "-F", "nsecpcap", "-w", copy])
    #expect(conversion.status == 0, "\(conversion.standardError)")
    #expect(try ReadCapture(path: path).packets == ReadCapture(path: copy).packets)
  }
}
