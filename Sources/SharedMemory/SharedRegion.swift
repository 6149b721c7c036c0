/// Memory that guest and host both see: a sealed memory file, mapped once, flat.
///
/// The file cannot shrink or grow, so neither side can make the other fault by cutting it. The region unmaps itself
/// when its last owner lets go; whatever points into it (`SharedBytes`, `MappedRing`) says who keeps it.
@safe
package final class SharedRegion: Sendable {
  /// The size, a multiple of the page size.
  package let byteCount: Int
  /// The memory file, for handing it to another process.
  package let descriptor: Int32
  // SAFETY: set once; what it points to is shared by design and ordered by the words of the rings.
  nonisolated(unsafe) private let base: UnsafeMutableRawPointer

  /// The region behind a descriptor that another process handed over, which is the region's own from now on. A file that
  /// could still be cut is refused.
  package init(sharing descriptor: Int32) throws(SystemError) {
    byteCount = try SystemCalls.sealedByteCount(of: descriptor)
    unsafe base = try SystemCalls.map(descriptor, byteCount: byteCount)
    self.descriptor = descriptor
  }

  /// The same for a descriptor that stays the caller's.
  package convenience init(duplicating descriptor: Int32) throws(SystemError) {
    let own = try SystemCalls.duplicate(descriptor)
    do {
      try self.init(sharing: own)
    } catch {
      SystemCalls.closeDescriptor(own)
      throw error
    }
  }

  /// Zeroed memory of at least `byteCount` bytes, rounded up to whole pages.
  package init(byteCount: Int) throws(SystemError) {
    precondition(byteCount > 0)
    let page = SystemCalls.pageByteCount
    let rounded = (byteCount + page - 1) / page * page
    let descriptor = try SystemCalls.makeMemoryFile(named: "netvsc", byteCount: rounded)
    do {
      unsafe base = try SystemCalls.map(descriptor, byteCount: rounded)
    } catch {
      SystemCalls.closeDescriptor(descriptor)
      throw error
    }
    self.byteCount = rounded
    self.descriptor = descriptor
  }

  deinit {
    unsafe SystemCalls.unmap(base, byteCount: byteCount)
    SystemCalls.closeDescriptor(descriptor)
  }

  /// A window on the region's bytes; it keeps the region alive.
  package func bytes(_ range: Range<Int>) -> SharedBytes {
    precondition(range.lowerBound >= 0 && range.upperBound <= byteCount, "a window lies inside its region")
    return unsafe SharedBytes(start: base + range.lowerBound, byteCount: range.count, owner: self)
  }

  /// A word both sides see, outside of any ring; valid as long as the region lives.
  package func word(at offset: Int) -> SharedWord {
    precondition(offset >= 0 && offset % 4 == 0 && offset <= byteCount - 4, "a word lies inside its region")
    return unsafe SharedWord(base + offset)
  }

  /// All of the region's bytes.
  package var bytes: SharedBytes { bytes(0..<byteCount) }

  /// The ring whose control page is at `offset`, with `dataByteCount` bytes of data behind it.
  ///
  /// A `single` ring lies in the region's flat mapping, so both sides see it at the same address. A `double` one gets
  /// a mapping of its own, in which the data pages follow themselves.
  package func ring(at offset: Int, dataByteCount: Int, mapping: RingMapping) throws(SystemError) -> RingView {
    let page = SystemCalls.pageByteCount
    precondition(offset % page == 0 && dataByteCount % page == 0 && dataByteCount > 0, "rings are made of whole pages")
    precondition(offset >= 0 && offset + page + dataByteCount <= byteCount, "a ring lies inside its region")
    switch mapping {
    case .single:
      return unsafe RingView(flatMapping: base + offset, of: self, dataByteCount: dataByteCount)
    case .double:
      return try RingView(doubleMappingOf: self, at: offset, dataByteCount: dataByteCount)
    }
  }
}

/// How a ring's data pages are mapped.
package enum RingMapping: String, Sendable, CaseIterable {
  /// Once: a packet may come in two parts.
  case single
  /// Twice in a row: a packet is always one part.
  case double
}

/// The mapping that a `MappedRing` points into.
@safe
package final class RingView: Sendable {
  /// The ring; valid as long as this object lives.
  package let ring: MappedRing
  private let region: SharedRegion
  // SAFETY: set once, to a mapping that only this object unmaps.
  nonisolated(unsafe) private let ownMapping: UnsafeMutableRawBufferPointer?

  fileprivate init(flatMapping control: UnsafeMutableRawPointer, of region: SharedRegion, dataByteCount: Int) {
    unsafe ring = MappedRing(control: control, dataByteCount: dataByteCount, contiguousByteCount: dataByteCount)
    self.region = region
    unsafe ownMapping = nil
  }

  fileprivate init(doubleMappingOf region: SharedRegion, at offset: Int, dataByteCount: Int) throws(SystemError) {
    let data = offset + SystemCalls.pageByteCount
    let base = unsafe try SystemCalls.mapInARow(
      region.descriptor, offset..<data, twice: data..<data + dataByteCount)
    unsafe ring = MappedRing(control: base, dataByteCount: dataByteCount, contiguousByteCount: 2 * dataByteCount)
    self.region = region
    unsafe ownMapping = UnsafeMutableRawBufferPointer(
      start: base, count: SystemCalls.pageByteCount + 2 * dataByteCount)
  }

  deinit {
    if let mapping = unsafe ownMapping, let base = mapping.baseAddress {
      unsafe SystemCalls.unmap(base, byteCount: mapping.count)
    }
  }
}
