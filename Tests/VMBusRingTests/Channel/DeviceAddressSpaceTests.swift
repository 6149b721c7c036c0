import SharedMemory
import TestSupport
import Testing
import VMBusRing

@Suite("A device's address space")
struct DeviceAddressSpaceTests {
  private static let page = DeviceAddressSpace.pageByteCount

  /// A space of three regions of 1, 3 and 2 pages, whose bytes all hold the region's number.
  private static func space() throws -> (DeviceAddressSpace, [DeviceMemory]) {
    let space = DeviceAddressSpace()
    let memories = try [1, 3, 2].map { try space.allocate(byteCount: $0 * page) }
    for (index, memory) in memories.enumerated() {
      memory.region.bytes.write([UInt8](repeating: UInt8(index + 1), count: memory.region.byteCount), at: 0)
    }
    return (space, memories)
  }

  @Test("gives memory whole pages of its own, none of them low, none of them neighbours")
  func allocation() throws {
    let space = DeviceAddressSpace()
    let memories = try [1, 4096, 4097, 100_000].map { try space.allocate(byteCount: $0) }
    #expect(memories.map(\.pages.count) == [1, 1, 2, 25])
    #expect(memories.map(\.region.byteCount) == [4096, 4096, 8192, 25 * 4096])
    #expect(memories[0].pages.lowerBound >= 1)
    for (lower, upper) in zip(memories, memories.dropFirst()) {
      #expect(lower.pages.upperBound < upper.pages.lowerBound, "a gap follows every region")
    }
  }

  @Test("resolves every run of pages of one region, and no other run")
  func resolution() throws {
    let (space, memories) = try Self.space()
    let (low, high) = (memories[0].pages.lowerBound - 2, memories[2].pages.upperBound + 2)
    for start in low...high {
      for end in start...high {
        let owner = memories.firstIndex { start < end && $0.pages.contains(start) && $0.pages.contains(end - 1) }
        let found = space.resolve(start..<end)
        #expect((found != nil) == (owner != nil), "pages \(start)..<\(end)")
        guard let found, let owner else { continue }
        #expect(found.byteCount == Int(end - start) * Self.page)
        #expect(found.array == [UInt8](repeating: UInt8(owner + 1), count: found.byteCount))
      }
    }
  }

  @Test("resolves a page to its own bytes")
  func pageBytes() throws {
    let (space, memories) = try Self.space()
    let memory = memories[1]
    for index in 0..<3 { memory.region.bytes.write([UInt8(0x70 + index)], at: index * Self.page + 5) }
    for (index, page) in memory.pages.enumerated() {
      let bytes = try #require(space.resolve(page..<page + 1))
      #expect(bytes.array(4..<7) == [2, UInt8(0x70 + index), 2])
    }
  }

  @Test("knows the whole memory that a page belongs to")
  func memoryAround() throws {
    let (space, memories) = try Self.space()
    for page in memories[0].pages.lowerBound - 1...memories[2].pages.upperBound {
      let owner = memories.first { $0.pages.contains(page) }
      let found = space.memory(around: page)
      #expect(found?.pages == owner?.pages, "page \(page)")
      #expect(found?.region === owner?.region)
    }
    #expect(space.memory(around: 0)?.pages == nil)
    #expect(space.memory(around: .max)?.pages == nil)
  }

  @Test("resolves nothing at the ends of the number space, nor an empty run")
  func extremes() throws {
    let (space, memories) = try Self.space()
    let first = memories[0].pages.lowerBound
    let nobody = [0..<1, 0..<first, 0..<UInt64.max, UInt64.max - 1..<UInt64.max, first..<UInt64.max, first..<first]
    for pages in nobody + [first + 1..<first + 1, UInt64.max..<UInt64.max] {
      #expect(space.resolve(pages) == nil, "\(pages)")
    }
    #expect(DeviceAddressSpace().resolve(first..<first + 1) == nil)
  }

  @Test("forgets memory that is released, while what was resolved stays")
  func release() throws {
    let (space, memories) = try Self.space()
    let resolved = try #require(space.resolve(memories[1].pages))
    space.release(memories[1])
    #expect(space.resolve(memories[1].pages) == nil)
    #expect(resolved.array(0..<1) == [2])
    #expect(space.resolve(memories[0].pages) != nil && space.resolve(memories[2].pages) != nil)
    space.release(memories[1])
    let next = try space.allocate(byteCount: 4096)
    #expect(next.pages.lowerBound > memories[2].pages.upperBound)
    #expect(space.resolve(next.pages) != nil)
  }

  @Test("makes rings of pages, control page first", arguments: RingMapping.allCases)
  func ring(mapping: RingMapping) throws {
    let (space, memories) = try Self.space()
    let pages = memories[1].pages
    let view = try space.ring(in: pages.lowerBound + 1..<pages.upperBound, mapping: mapping)
    #expect(view.ring.dataByteCount == 4096)
    view.ring.readIndex.storeRelaxed(0x1234_5678)
    view.ring.storeWord(0x99, at: 8)
    #expect(memories[1].region.bytes.array(4096 + 4..<4096 + 8) == [0x78, 0x56, 0x34, 0x12])
    #expect(memories[1].region.bytes.array(8192 + 8..<8192 + 10) == [0x99, 0])
  }

  @Test("makes no ring of pages that are too few, nobody's, or two regions'", arguments: RingMapping.allCases)
  func badRing(mapping: RingMapping) throws {
    let (space, memories) = try Self.space()
    let (first, second) = (memories[0].pages, memories[1].pages)
    for pages in [
      first, second.lowerBound..<second.lowerBound + 1, second.lowerBound..<second.lowerBound,
      second.lowerBound..<second.upperBound + 1, second.lowerBound - 1..<second.upperBound,
      first.lowerBound..<second.upperBound, 0..<2, UInt64.max - 2..<UInt64.max,
    ] {
      #expect(throws: ChannelError.badPages(pages)) { _ = try space.ring(in: pages, mapping: mapping) }
    }
  }
}

@Suite("A channel error")
struct ChannelErrorTests {
  @Test("tells what was asked for")
  func description() {
    #expect("\(ChannelError.badPages(5..<7))".contains("5..<7"))
    #expect("\(ChannelError.unknownGPADL(77))".contains("77"))
    #expect("\(ChannelError.notOffered(3))".contains("3"))
    #expect("\(ChannelError.alreadyOpen(4))".contains("4"))
    #expect("\(ChannelError.refused("no rings"))".contains("no rings"))
    let error = SystemError(call: "mmap", code: 12)
    #expect("\(ChannelError.system(error))" == "\(error)")
  }
}
