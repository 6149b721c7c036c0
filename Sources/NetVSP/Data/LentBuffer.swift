internal import SharedMemory
internal import VMBusRing

/// Memory that a guest lends by a page list: one run of pages, in one region.
struct LentBuffer {
  let pages: Range<UInt64>
  let bytes: SharedBytes
  /// The region it is part of.
  let memory: DeviceMemory

  /// The pages that a GPADL names; nil when there is no such list, or its pages are not memory in one run.
  init?(gpadl: UInt32, of bus: DeviceBus) {
    guard let pages = try? bus.pages(ofGPADL: gpadl), let bytes = bus.addressSpace.resolve(pages),
      let memory = bus.addressSpace.memory(around: pages.lowerBound)
    else { return nil }
    self.pages = pages
    self.bytes = bytes
    self.memory = memory
  }
}

/// The send buffer: sections of equal size, in which a guest puts RNDIS messages for the host to read.
struct SendBuffer: Sendable {
  let memory: DeviceMemory
  let sectionByteCount: UInt32
  /// Where the buffer lies, in bytes of the device's address space.
  private let addresses: Range<UInt64>

  init(_ buffer: LentBuffer, sectionByteCount: UInt32) {
    memory = buffer.memory
    addresses = GuestMemory.addresses(ofPages: buffer.pages)
    self.sectionByteCount = sectionByteCount
  }

  /// Where the bytes in a section lie; nil when they are not all inside the buffer. That they may go beyond the section
  /// itself is the guest's affair: hosts look at the buffer's end only.
  func addresses(ofSection index: UInt32, byteCount: UInt32) -> Range<UInt64>? {
    let start = addresses.lowerBound + UInt64(index) * UInt64(sectionByteCount)
    let end = start + UInt64(byteCount)
    return end <= addresses.upperBound ? start..<end : nil
  }
}
