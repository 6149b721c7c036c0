package import SharedMemory
internal import Synchronization

/// The pages a device can reach: shared regions, each at base pages of its own.
///
/// A page number in a message is a page of this space. The host reads guest memory through `resolve` and nothing else,
/// so a guest in another process differs here only.
package final class DeviceAddressSpace: Sendable {
  /// The size of a page in everything that both sides see.
  package static let pageByteCount = 4096
  /// Page 0 and its neighbours belong to nobody, so that a zeroed page number is an error.
  private static let firstPage: UInt64 = 0x1000
  /// Where another process may have memory: below this.
  private static let pageLimit: UInt64 = 1 << 40

  /// From this address on, page numbers name pages of the process that the guest runs in, by their own numbers: for a host
  /// in the same process that was made to believe them. They are within the 50 bits that page numbers have, and beyond all
  /// that is ever given out.
  package static let privateStart: UInt64 = (1 << 49) * UInt64(pageByteCount)

  /// Where bytes of this process lie for such a host.
  @inlinable @inline(__always)
  package static func privateAddress(of bytes: MappedBytes) -> UInt64 { privateStart + bytes.address }

  private struct Placement {
    let pages: Range<UInt64>
    let region: SharedRegion
  }
  private struct Placements {
    /// By page.
    var sorted: [Placement] = []
    /// Page numbers are not given out twice: a reader may still hold what they meant before.
    var nextPage = DeviceAddressSpace.firstPage
  }
  private let placements = Mutex(Placements())
  private let observer: BusObservation

  init(_ observer: BusObservation) { self.observer = observer }

  package convenience init() { self.init(BusObservation()) }

  /// New zeroed memory that the device can reach.
  package func allocate(byteCount: Int) throws(SystemError) -> DeviceMemory {
    place(try SharedRegion(byteCount: byteCount))
  }

  /// Brings memory into the device's reach: whole pages.
  package func place(_ region: SharedRegion) -> DeviceMemory {
    precondition(region.byteCount % Self.pageByteCount == 0, "what a device reaches are whole pages")
    let pageCount = UInt64(region.byteCount / Self.pageByteCount)
    let pages = placements.withLock { placements in
      let pages = placements.nextPage..<placements.nextPage + pageCount
      placements.sorted.append(Placement(pages: pages, region: region))
      // A page between regions belongs to nobody, so that running off a region's end is an error.
      placements.nextPage = pages.upperBound + 1
      return pages
    }
    let memory = DeviceMemory(region: region, pages: pages)
    observer.current?.placed(memory)
    return memory
  }

  /// Puts memory where the guest has it, which is in another process. Throws where there is some already, or there can be
  /// none.
  package func place(_ memory: DeviceMemory) throws(ChannelError) {
    let isFree = placements.withLock { placements in
      let pages = memory.pages
      guard pages.lowerBound >= Self.firstPage, pages.upperBound <= Self.pageLimit,
        pages.count == memory.region.byteCount / Self.pageByteCount,
        !placements.sorted.contains(where: { $0.pages.overlaps(pages) })
      else { return false }
      let index = placements.sorted.firstIndex { $0.pages.lowerBound > pages.lowerBound } ?? placements.sorted.count
      placements.sorted.insert(Placement(pages: pages, region: memory.region), at: index)
      return true
    }
    guard isFree else { throw .badPages(memory.pages) }
  }

  /// All memory that the device can reach, by page.
  package var memory: [DeviceMemory] {
    placements.withLock { $0.sorted.map { DeviceMemory(region: $0.region, pages: $0.pages) } }
  }

  /// Takes memory out of the device's reach. Whoever resolved it before keeps it mapped.
  package func release(_ memory: DeviceMemory) {
    release(memory.pages)
  }

  /// The same, for memory that lies at these pages. Returns whether there was such.
  @discardableResult
  package func release(_ pages: Range<UInt64>) -> Bool {
    let count = placements.withLock { placements in
      let count = placements.sorted.count
      placements.sorted.removeAll { $0.pages == pages }
      return count - placements.sorted.count
    }
    if count > 0 { observer.current?.released(pages) }
    return count > 0
  }

  /// The bytes of consecutive pages, or nil where a page belongs to nobody or they span two regions.
  package func resolve(_ pages: Range<UInt64>) -> SharedBytes? {
    guard let found = place(of: pages), !pages.isEmpty else { return nil }
    let start = Int(pages.lowerBound - found.pages.lowerBound) * Self.pageByteCount
    return found.region.bytes(start..<start + pages.count * Self.pageByteCount)
  }

  /// The memory that a page belongs to, whole, or nil where it belongs to nobody: for a reader that looks at many of its
  /// pages and asks once.
  package func memory(around page: UInt64) -> DeviceMemory? {
    guard page < .max else { return nil }
    return place(of: page..<page + 1).map { DeviceMemory(region: $0.region, pages: $0.pages) }
  }

  /// The ring whose control page is the first of `pages` and whose data pages are the others.
  package func ring(in pages: Range<UInt64>, mapping: RingMapping) throws(ChannelError) -> RingView {
    guard let found = place(of: pages), pages.count >= 2 else { throw .badPages(pages) }
    do {
      return try found.region.ring(
        at: Int(pages.lowerBound - found.pages.lowerBound) * Self.pageByteCount,
        dataByteCount: (pages.count - 1) * Self.pageByteCount, mapping: mapping)
    } catch {
      throw .system(error)
    }
  }

  private func place(of pages: Range<UInt64>) -> (pages: Range<UInt64>, region: SharedRegion)? {
    placements.withLock { state in
      let placements = state.sorted
      var (low, high) = (0, placements.count)
      while low < high {
        let middle = (low + high) / 2
        if placements[middle].pages.upperBound <= pages.lowerBound { low = middle + 1 } else { high = middle }
      }
      guard low < placements.count, placements[low].pages.lowerBound <= pages.lowerBound,
        pages.upperBound <= placements[low].pages.upperBound
      else { return nil }
      return (placements[low].pages, placements[low].region)
    }
  }
}

/// Memory in a device's address space.
package struct DeviceMemory: Sendable {
  package let region: SharedRegion
  /// The page numbers by which the device knows it.
  package let pages: Range<UInt64>

  package init(region: SharedRegion, pages: Range<UInt64>) {
    self.region = region
    self.pages = pages
  }
}

/// Why a channel cannot be opened or used.
package enum ChannelError: Error, Equatable, Sendable, CustomStringConvertible {
  case system(SystemError)
  /// Page numbers that are not one run of the device's address space.
  case badPages(Range<UInt64>)
  /// A GPADL handle that was never given out, or was taken back.
  case unknownGPADL(UInt32)
  /// A channel that the host did not offer.
  case notOffered(Int)
  /// The channel is open already.
  case alreadyOpen(Int)
  /// The host would not open it.
  case refused(String)
  /// The channel was taken away, for this reason, before it was open.
  case rescinded(String)

  package var description: String {
    switch self {
    case .system(let error): "\(error)"
    case .badPages(let pages): "pages \(pages) are not one run of the device's address space"
    case .unknownGPADL(let handle): "GPADL \(handle) is not known"
    case .notOffered(let index): "channel \(index) was not offered"
    case .alreadyOpen(let index): "channel \(index) is open already"
    case .refused(let reason): "the host refused the channel: \(reason)"
    case .rescinded(let reason): "the channel was taken away: \(reason)"
    }
  }
}
