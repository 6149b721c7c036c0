/// What generated traffic is to be like.
package struct TrafficPlan: Sendable, Equatable {
  package enum AddressFamilies: String, Sendable, CaseIterable {
    case v4
    case v6
    case both
  }

  package enum Transports: String, Sendable, CaseIterable {
    case tcp
    case udp
    case both
  }

  package enum Amount: Sendable, Equatable {
    case packets(UInt64)
    /// As many packets as fit a capture file of so many bytes.
    case fileBytes(UInt64)
  }

  /// At the highest rate, all their times can be written.
  package static let packetCounts: ClosedRange<UInt64> = 1...1_000_000_000_000_000
  /// For each flow a client and port of its own.
  package static let flowCounts = 1...1_000_000
  package static let packetRates: ClosedRange<UInt64> = 1...1_000_000_000

  package var amount: Amount
  package var sizes: FrameSizes
  package var flowCount: Int
  package var addressFamilies: AddressFamilies
  package var transports: Transports
  /// The VLAN of an 802.1Q tag that all frames have.
  package var vlan: UInt16?
  package var packetsPerSecond: UInt64
  package var seed: UInt64

  package init(
    amount: Amount, sizes: FrameSizes = .imix, flowCount: Int = 64, addressFamilies: AddressFamilies = .v4,
    transports: Transports = .udp, vlan: UInt16? = nil, packetsPerSecond: UInt64 = 1_000_000, seed: UInt64 = 1
  ) {
    self.amount = amount
    self.sizes = sizes
    self.flowCount = flowCount
    self.addressFamilies = addressFamilies
    self.transports = transports
    self.vlan = vlan
    self.packetsPerSecond = packetsPerSecond
    self.seed = seed
  }
}

extension TrafficPlan {
  /// Why a plan cannot be followed. The description says what can.
  package enum Problem: Error, Equatable {
    /// The headers alone are longer than the shortest frame asked for.
    case framesTooShort(least: Int)
    case fileTooSmall(least: UInt64)
    /// A pcap file holds times until February 2106.
    case tooLong(leastPacketsPerSecond: UInt64)
  }

  /// What stands against the plan, if anything does.
  package var problem: Problem? {
    if case .range(let range) = sizes, range.lowerBound < mostHeaderBytes {
      return .framesTooShort(least: mostHeaderBytes)
    }
    if case .fileBytes(let byteCount) = amount, byteCount < leastFileByteCount {
      return .fileTooSmall(least: leastFileByteCount)
    }
    let leastRate = mostPackets / Self.mostSeconds + 1
    return packetsPerSecond < leastRate ? .tooLong(leastPacketsPerSecond: leastRate) : nil
  }

  /// The first frame's time, in nanoseconds since 1970: the beginning of 2025.
  static let startTime: Int64 = 1_735_689_600_000_000_000
  /// From there a pcap file has room for somewhat more.
  private static let mostSeconds: UInt64 = 2_500_000_000

  /// The longest headers that a flow of the plan has.
  private var mostHeaderBytes: Int {
    // What follows the first four flows is like them.
    (0..<min(flowCount, 4)).map(headerByteCount(ofFlow:)).max() ?? 0
  }

  /// A file of one packet, however long that is.
  private var leastFileByteCount: UInt64 {
    UInt64(
      CaptureWriter.fileHeaderByteCount + CaptureWriter.recordHeaderByteCount + max(sizes.longest, mostHeaderBytes))
  }

  private var mostPackets: UInt64 {
    switch amount {
    case .packets(let count): count
    case .fileBytes(let byteCount):
      byteCount / UInt64(CaptureWriter.recordHeaderByteCount + FrameSizes.allowed.lowerBound)
    }
  }
}

extension TrafficPlan {
  /// Of four flows in a row, two are IPv6 and two TCP, in all four combinations; two flows have both of each.
  func isIPv6(flow: Int) -> Bool {
    switch addressFamilies {
    case .v4: false
    case .v6: true
    case .both: flow & 1 == 1
    }
  }

  func transport(ofFlow flow: Int) -> SampleFlow.Transport {
    switch transports {
    case .tcp: .tcp
    case .udp: .udp
    case .both: (flow ^ flow >> 1) & 1 == 0 ? .tcp : .udp
    }
  }

  /// All that comes before the payload.
  func headerByteCount(ofFlow flow: Int) -> Int {
    let ethernet = vlan == nil ? 14 : 18
    let transport = transport(ofFlow: flow) == .tcp ? 20 : 8
    return ethernet + (isIPv6(flow: flow) ? 40 : 20) + transport
  }
}
