internal import SharedMemory
internal import VMBusRing

/// A part of a frame, where it lies: in memory of the device's, or in memory of the process's own.
///
/// A part of a `FrameMemory` keeps that. Private bytes are kept by whoever has them: see `init(privateBytes:)`.
public struct FramePart: Sendable {
  /// nil where the bytes are private.
  let memory: FrameMemory?
  /// The memory's, to look it up by without counting a reference to it; 0 where the bytes are private.
  let memoryIdentity: UInt64
  private let mapped: MappedBytes
  /// Where it begins for the device.
  private let address: UInt64

  /// A part of a memory. Traps where it is empty, or does not lie in the memory.
  public init(_ range: FrameRange, of memory: FrameMemory) {
    self.memory = memory
    memoryIdentity = memory.identity
    mapped = memory.mappedBytes(of: range)
    address = memory.deviceRange(of: range).address
  }

  /// Bytes of this process. There are some, and fewer than 4 GiB.
  init(private bytes: MappedBytes) {
    precondition(bytes.byteCount > 0 && bytes.byteCount < UInt32.max, "a part of a frame has bytes, below 4 GiB")
    memory = nil
    memoryIdentity = 0
    mapped = bytes
    address = DeviceAddressSpace.privateAddress(of: bytes)
  }

  /// How many bytes it has.
  public var byteCount: Int { mapped.byteCount }

  /// The bytes.
  public var bytes: RawSpan {
    @_lifetime(borrow self)
    get { mapped.span(0, mapped.byteCount, keptBy: self) }
  }

  /// Where it lies for the device.
  var deviceRange: DeviceRange { DeviceRange(address: address, byteCount: UInt32(mapped.byteCount)) }
}

extension Span<FramePart> {
  /// The bytes of all parts together.
  var byteCount: Int { indices.reduce(0) { $0 + self[$1].byteCount } }
}
