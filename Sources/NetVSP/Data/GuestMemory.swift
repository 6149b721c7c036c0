internal import SharedMemory
internal import VMBusRing

/// The guest's memory as one channel reads it, by addresses of the device (page number times 4096, and the byte).
///
/// This is the one place where page numbers become memory. A guest sends from few regions again and again, so these are
/// kept at hand: the address space, which all channels share, is asked for the others only.
struct GuestMemory: ~Copyable, Sendable {
  struct Window: BitwiseCopyable, Sendable {
    let start: UInt64
    let end: UInt64
    let bytes: MappedBytes
  }

  /// Page numbers of 50 bits are far beyond any address space, and leave room for sums.
  private static let pageLimit: UInt64 = 1 << 50
  /// More regions than any guest's message touches. One that does, fails.
  private static let windowLimit = 32

  /// Whether addresses of this process are believed, too.
  private let isPrivateRead: Bool
  private let addressSpace: DeviceAddressSpace
  /// The first one stays.
  private var windows = PrivateList<Window>(capacity: Self.windowLimit)
  /// What keeps the windows' bytes, in the same order.
  private var regions: [SharedRegion] = []

  /// `home` is what the channel reads most: the send buffer, or any memory of the device if there is none.
  /// `isPrivateRead`: the guest runs in this process, and may name all of its memory.
  init(_ addressSpace: DeviceAddressSpace, home: DeviceMemory, isPrivateRead: Bool) {
    self.isPrivateRead = isPrivateRead
    self.addressSpace = addressSpace
    keep(home)
  }

  private mutating func keep(_ memory: DeviceMemory) {
    let addresses = Self.addresses(ofPages: memory.pages)
    regions.append(memory.region)
    windows.append(
      Window(start: addresses.lowerBound, end: addresses.upperBound, bytes: memory.region.bytes.mapped))
  }

  /// Makes other memory the home, and forgets the rest.
  mutating func settle(at home: DeviceMemory) {
    windows.removeAll()
    regions.removeAll()
    keep(home)
  }

  /// What was found for the message before is out of use.
  mutating func beginMessage() {
    guard windows.count > Self.windowLimit / 2 else { return }
    let home = windows[0]
    windows.removeAll()
    windows.append(home)
    regions.removeLast(regions.count - 1)
  }

  /// Finds bytes of one region; they are good until the next message. nil: some of them belong to nobody.
  mutating func find(_ address: UInt64, _ byteCount: Int) -> MappedBytes? {
    if address >= DeviceAddressSpace.privateStart { return findPrivate(address, byteCount) }
    for index in 0..<windows.count {
      let window = windows[index]
      if address >= window.start, address < window.end { return Self.part(of: window, address, byteCount) }
    }
    guard windows.count < Self.windowLimit,
      let memory = addressSpace.memory(around: address / UInt64(DeviceAddressSpace.pageByteCount))
    else { return nil }
    keep(memory)
    return Self.part(of: windows[windows.count - 1], address, byteCount)
  }

  /// Bytes of this process, where the guest may name them.
  private func findPrivate(_ address: UInt64, _ byteCount: Int) -> MappedBytes? {
    guard isPrivateRead else { return nil }
    return MappedBytes(ofThisProcessAt: address - DeviceAddressSpace.privateStart, byteCount: byteCount)
  }

  private static func part(of window: Window, _ address: UInt64, _ byteCount: Int) -> MappedBytes? {
    guard UInt64(byteCount) <= window.end - address else { return nil }
    return window.bytes.part(Int(address - window.start), byteCount)
  }

  /// Where pages lie, in bytes of the device's address space.
  static func addresses(ofPages pages: Range<UInt64>) -> Range<UInt64> {
    let pageByteCount = UInt64(DeviceAddressSpace.pageByteCount)
    return pages.lowerBound * pageByteCount..<pages.upperBound * pageByteCount
  }

  /// The address of a byte of a page; nil where there can be no memory.
  static func address(ofPage page: UInt64, byteOffset: UInt32) -> UInt64? {
    page < pageLimit ? page * UInt64(DeviceAddressSpace.pageByteCount) + UInt64(byteOffset) : nil
  }
}
