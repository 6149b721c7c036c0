internal import SharedMemory
internal import VMBusRing

/// The guest's memory as one channel reads it, by addresses of the device (page number times 4096, and the byte).
///
/// This is the one place where page numbers become memory. A guest sends from few regions again and again, so the last
/// ones are kept at hand: the address space, which all channels share, is asked for the others only.
struct GuestMemory: ~Copyable, Sendable {
  private struct Window: Sendable {
    var addresses: Range<UInt64>
    var bytes: SharedBytes
  }

  /// Bytes found in guest memory; good until the next `find`.
  struct Place {
    fileprivate let window: Int
    fileprivate let offset: Int
  }

  /// Page numbers of 50 bits are far beyond any address space, and leave room for sums.
  private static let pageLimit: UInt64 = 1 << 50
  private static let windowCount = 4

  private let addressSpace: DeviceAddressSpace
  /// The first one stays; the others are replaced in turn.
  private var windows: InlineArray<4, Window>
  private var nextReplaced = 1

  /// `home` is what the channel reads most: the send buffer, or any memory of the device if there is none.
  init(_ addressSpace: DeviceAddressSpace, home: DeviceMemory) {
    self.addressSpace = addressSpace
    windows = InlineArray(repeating: Self.window(on: home))
  }

  private static func window(on memory: DeviceMemory) -> Window {
    Window(addresses: addresses(ofPages: memory.pages), bytes: memory.region.bytes)
  }

  /// Makes other memory the home.
  mutating func settle(at home: DeviceMemory) { windows[0] = Self.window(on: home) }

  /// Where pages lie, in bytes of the device's address space.
  static func addresses(ofPages pages: Range<UInt64>) -> Range<UInt64> {
    let pageByteCount = UInt64(DeviceAddressSpace.pageByteCount)
    return pages.lowerBound * pageByteCount..<pages.upperBound * pageByteCount
  }

  /// The address of a byte of a page, or nil where there can be no memory.
  static func address(ofPage page: UInt64, byteOffset: UInt32) -> UInt64? {
    page < pageLimit ? page * UInt64(DeviceAddressSpace.pageByteCount) + UInt64(byteOffset) : nil
  }

  /// Finds bytes of one region. Returns nil where some of them belong to nobody.
  mutating func find(_ address: UInt64, _ byteCount: Int) -> Place? {
    for index in 0..<Self.windowCount where windows[index].addresses.contains(address) {
      return place(in: index, address, byteCount)
    }
    guard let memory = addressSpace.memory(around: address / UInt64(DeviceAddressSpace.pageByteCount)) else {
      return nil
    }
    let index = nextReplaced
    nextReplaced = index + 1 < Self.windowCount ? index + 1 : 1
    windows[index] = Self.window(on: memory)
    return place(in: index, address, byteCount)
  }

  private func place(in window: Int, _ address: UInt64, _ byteCount: Int) -> Place? {
    let addresses = windows[window].addresses
    guard UInt64(byteCount) <= addresses.upperBound - address else { return nil }
    return Place(window: window, offset: Int(address - addresses.lowerBound))
  }

  /// The bytes as they are now; the guest may change them meanwhile, so each is looked at once.
  @_lifetime(borrow self)
  func span(_ place: Place, _ byteCount: Int) -> RawSpan {
    windows[place.window].bytes.span(place.offset..<place.offset + byteCount)
  }

  /// Copies bytes out, so that what is judged is what is used.
  func copy(_ place: Place, into out: inout MutableRawSpan) {
    windows[place.window].bytes.copy(place.offset..<place.offset + out.byteCount, into: &out)
  }
}
