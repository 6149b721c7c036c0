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
  /// Whoever stores them keeps the memory beside them.
  let sections: SendBufferSections

  init(_ buffer: LentBuffer, sectionByteCount: UInt32) {
    memory = buffer.memory
    sections = SendBufferSections(bytes: buffer.bytes.mapped, sectionByteCount: sectionByteCount)
  }
}

/// Where the sections of a send buffer lie: a handful of numbers, looked at for every message.
struct SendBufferSections: BitwiseCopyable, Sendable {
  fileprivate let bytes: MappedBytes
  let sectionByteCount: UInt32

  /// The bytes in a section; nil when they are not all inside the buffer. That they may go beyond the section itself is
  /// the guest's affair: hosts look at the buffer's end only.
  @inline(__always)
  func bytes(of section: UInt32, byteCount: UInt32) -> MappedBytes? {
    // A product of 32-bit numbers leaves room for a third one.
    let start = UInt64(section) &* UInt64(sectionByteCount)
    guard start &+ UInt64(byteCount) <= UInt64(bytes.byteCount) else { return nil }
    return bytes.part(Int(start), Int(byteCount))
  }
}
