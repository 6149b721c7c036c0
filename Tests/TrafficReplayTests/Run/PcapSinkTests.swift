import PacketCapture
import TestSupport
import Testing
import TrafficReplay
import WireFormats

@Suite("What a pcap sink keeps")
struct PcapSinkTests {
  private let sample = PackageFolders.firstRun

  @Test("with one queue: the same frames, in the same order, byte for byte", arguments: HostMode.allCases)
  func identity(hostMode: HostMode) throws {
    let folder = try TemporaryFolder()
    let copy = folder.path("copy.pcap")
    let result = replay([sample]) {
      $0.sink = .pcap(path: copy)
      $0.hostMode = hostMode
    }
    #expect(ReplayStatus(of: result) == .complete)
    #expect(result.host.delivered == result.ledger.completed)
    #expect(try frames(of: copy) == frames(of: sample))
  }

  @Test("with several queues: all frames, each flow in its order", arguments: [2, 7], HostMode.allCases)
  func flows(queueCount: Int, hostMode: HostMode) throws {
    let folder = try TemporaryFolder()
    let copy = folder.path("copy.pcap")
    _ = replay([sample]) {
      $0.queueCount = queueCount
      $0.sink = .pcap(path: copy)
      $0.hostMode = hostMode
    }
    let (sent, kept) = (try frames(of: sample), try frames(of: copy))
    #expect(sent.count == kept.count)
    #expect(Dictionary(grouping: sent, by: flow) == Dictionary(grouping: kept, by: flow))
  }

  @Test("real captures come back as libpcap gives them", .enabled(if: SharedCaptures.arePresent))
  func realCaptures() throws {
    let folder = try TemporaryFolder()
    for name in ["vlan-and-qinq.pcap", "two-interfaces-us-ns.pcapng", "ip-fragments.pcap", "snaplen-truncated.pcap"] {
      let (path, copy) = (try SharedCaptures.path(name), folder.path(name))
      _ = replay([path]) { $0.sink = .pcap(path: copy) }
      #expect(try frames(of: copy) == frames(of: path))
    }
  }

  /// What belongs together: the addresses and ports, or everything that is not IP.
  private func flow(_ frame: [UInt8]) -> FlowTuple? { FlowTuple(parsing: frame.span.bytes) }
}
