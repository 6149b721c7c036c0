internal import SharedMemory
internal import Synchronization
internal import VMBusRing

/// Memory that the device can reach, from which frames are sent without being copied.
///
/// Whoever has it writes frames in it and lends them to the host by `Sender.submit`. It is freed when nobody holds it
/// any more; frames that are in flight hold it as well.
public final class FrameMemory: Sendable {
  /// The size in bytes: what was asked for, rounded up to whole pages of 4096.
  public let byteCount: Int
  private let bytes: MappedBytes
  /// The number of its first page.
  private let firstPage: UInt64
  /// What tells it from all other memory of any device; never 0.
  let identity: UInt64
  private let memory: DeviceMemory
  private let addressSpace: DeviceAddressSpace

  /// What is in the device's reach already, and leaves it with this.
  fileprivate init(_ memory: DeviceMemory, in addressSpace: DeviceAddressSpace) {
    self.memory = memory
    self.addressSpace = addressSpace
    bytes = memory.region.bytes.mapped
    byteCount = bytes.byteCount
    firstPage = memory.pages.lowerBound
    identity = Self.identities.add(1, ordering: .relaxed).newValue
  }

  deinit { addressSpace.release(memory) }

  private static let identities = Atomic<UInt64>(0)

  /// Whether a device with that address space reaches it: one of another device has other memory at its pages.
  func lies(in addressSpace: DeviceAddressSpace) -> Bool { self.addressSpace === addressSpace }

  /// Some of the bytes. Those of a frame that is lent may be read, too. Traps outside of the memory, as do those below.
  @_lifetime(borrow self)
  public func span(_ range: Range<Int>) -> RawSpan {
    bytes.span(range.lowerBound, range.count, keptBy: self)
  }

  /// Some of the bytes, for writing: by one thread at a time, and not while they are lent, or the host sees half of it.
  @_lifetime(borrow self)
  public func mutableSpan(_ range: Range<Int>) -> MutableRawSpan {
    bytes.mutableSpan(range.lowerBound, range.count, keptBy: self)
  }

  /// Copies `source` in at `offset`, on the terms of `mutableSpan`.
  public func write(_ source: RawSpan, at offset: Int) { bytes.write(source, at: offset) }

  /// The bytes of a part, for a holder that keeps this memory.
  func mappedBytes(of part: FrameRange) -> MappedBytes { bytes.part(Int(part.byteOffset), Int(part.byteCount)) }

  /// Where a frame, or a part of one, lies for the device. It must lie in this memory.
  @inline(__always)
  func deviceRange(of part: FrameRange) -> DeviceRange {
    precondition(
      part.byteCount > 0 && part.bytes.upperBound <= byteCount, "a part of a frame has bytes, and lies in its memory")
    return DeviceRange(
      address: firstPage * UInt64(DeviceAddressSpace.pageByteCount) + UInt64(part.byteOffset),
      byteCount: part.byteCount)
  }
}

extension Device {
  /// Zeroed memory to send from without copying, of at least `byteCount` bytes.
  public func allocate(byteCount: Int) throws(DeviceError) -> FrameMemory {
    guard byteCount > 0, byteCount <= UInt32.max else {
      throw .badConfiguration("memory: from 1 byte to 4 GiB, not \(byteCount) bytes")
    }
    do {
      return FrameMemory(try addressSpace.allocate(byteCount: byteCount), in: addressSpace)
    } catch {
      throw .system(error)
    }
  }

  /// Makes a memory file memory to send from without copying: all of it, whole pages, below 4 GiB.
  ///
  /// The caller keeps the descriptor, and may close it at once. The file must be one of `memfd_create` that is sealed
  /// against shrinking and growing, or whoever has it could end the host by cutting it; any other is refused.
  public func register(memoryFile descriptor: Int32) throws(DeviceError) -> FrameMemory {
    let region: SharedRegion
    do {
      region = try SharedRegion(duplicating: descriptor)
    } catch {
      throw .badConfiguration(
        "memory file: one of memfd_create to read and write, sealed with F_SEAL_SHRINK and F_SEAL_GROW (\(error))")
    }
    guard region.byteCount % DeviceAddressSpace.pageByteCount == 0, region.byteCount <= UInt32.max else {
      throw .badConfiguration("memory file: whole pages of 4096 bytes, below 4 GiB, not \(region.byteCount) bytes")
    }
    return FrameMemory(addressSpace.place(region), in: addressSpace)
  }

}
