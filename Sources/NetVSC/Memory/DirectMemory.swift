internal import SharedMemory
internal import VMBusRing

/// A sender's own memory for messages that use no section: slots for the headers of frames that are lent, and large
/// buffers for frames that are copied, with their headers in front.
///
/// As with sections, each is given back by the completion of its message only.
struct DirectMemory: ~Copyable {
  /// How many there are of each.
  struct Layout: Equatable, Sendable {
    var headerCount: Int
    var bufferCount: Int

    /// Whole pages.
    var byteCount: Int { headersByteCount + bufferCount * bufferByteCount }

    fileprivate var headersByteCount: Int {
      let page = DeviceAddressSpace.pageByteCount
      return (headerCount * headerSlotByteCount + page - 1) / page * page
    }
  }

  /// Room for a header with all its info, 92 bytes, such that it never lies on two pages: hosts want it in one.
  static let headerSlotByteCount = 128
  /// Room for the longest IP packet with header, info, Ethernet header and tags.
  static let bufferByteCount = 17 * DeviceAddressSpace.pageByteCount

  private let keeper: SharedBytes
  /// Where both lie, for writing.
  let bytes: MappedBytes
  /// Where `bytes` begin for the device.
  private let address: UInt64
  private let headersByteCount: Int
  private var freeHeaders: PrivateList<UInt32>
  private var freeBuffers: PrivateList<UInt32>

  /// The part of `memory` that begins at `offset`, a multiple of the page size.
  init(_ memory: DeviceMemory, at offset: Int, _ layout: Layout) {
    keeper = memory.region.bytes(offset..<offset + layout.byteCount)
    bytes = keeper.mapped
    address = memory.pages.lowerBound * UInt64(DeviceAddressSpace.pageByteCount) + UInt64(offset)
    headersByteCount = layout.headersByteCount
    freeHeaders = PrivateList(capacity: max(layout.headerCount, 1))
    for slot in (0..<layout.headerCount).reversed() { freeHeaders.append(UInt32(slot)) }
    freeBuffers = PrivateList(capacity: max(layout.bufferCount, 1))
    for buffer in (0..<layout.bufferCount).reversed() { freeBuffers.append(UInt32(buffer)) }
  }

  /// How many are free.
  var freeHeaderCount: Int { freeHeaders.count }
  var freeBufferCount: Int { freeBuffers.count }

  /// Takes one that is free, if there is one.
  mutating func takeHeader() -> UInt32? { freeHeaders.count > 0 ? freeHeaders.removeLast() : nil }
  mutating func takeBuffer() -> UInt32? { freeBuffers.count > 0 ? freeBuffers.removeLast() : nil }

  /// Gives one back.
  mutating func give(backHeader slot: UInt32) { freeHeaders.append(slot) }
  mutating func give(backBuffer buffer: UInt32) { freeBuffers.append(buffer) }

  /// Where one begins in `bytes`.
  func offset(ofHeader slot: UInt32) -> Int { Int(slot) * Self.headerSlotByteCount }
  func offset(ofBuffer buffer: UInt32) -> Int { headersByteCount + Int(buffer) * Self.bufferByteCount }

  /// Bytes of ours as the device knows them.
  func deviceRange(at offset: Int, byteCount: UInt32) -> DeviceRange {
    DeviceRange(address: address + UInt64(offset), byteCount: byteCount)
  }
}
