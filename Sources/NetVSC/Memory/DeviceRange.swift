internal import WireFormats

/// Bytes in a row in the device's address space: as a message names them, a range of pages that follow each other.
struct DeviceRange: Equatable, BitwiseCopyable {
  /// The first page's number times its size, and the byte in it.
  let address: UInt64
  let byteCount: UInt32

  /// The same without its pages' numbers.
  var pageRange: PageRange {
    PageRange(byteCount: byteCount, byteOffset: UInt32(address % UInt64(VMBusPage.byteCount)))
  }

  /// The first of them; the others count on from it.
  var firstPage: UInt64 { address / UInt64(VMBusPage.byteCount) }
}
