import Testing
import TestSupport
import WireFormats

@Suite("Answers about buffers")
struct BufferCompletesTests {
  private func complete(_ section: [UInt32], count: UInt32 = 1) throws -> SendReceiveBufferComplete {
    let bytes = poisoned(40) { out in
      for (index, field) in ([102, 1, count] + section).enumerated() { out.storeLittleEndian(field, at: 4 * index) }
    }
    return try SendReceiveBufferComplete(parsing: bytes.span.bytes)
  }

  @Test("one section that fits is taken")
  func section() throws {
    let section = try complete([0, 1728, 10, 17_280]).validatedSection(bufferByteCount: 17_280)
    #expect(section.subAllocationByteCount == 1728 && section.subAllocationCount == 10)
    #expect(try complete([0, 68, 1, 68]).validatedSection(bufferByteCount: 68).subAllocationByteCount == 68)
  }

  @Test("any other number of sections is refused", arguments: [0, 2, .max] as [UInt32])
  func sectionCounts(count: UInt32) throws {
    let complete = try complete([0, 1728, 10, 17_280], count: count)
    #expect(throws: WireError.fieldOutOfRange(.sectionCount, value: UInt64(count))) {
      try complete.validatedSection(bufferByteCount: 1 << 20)
    }
  }

  @Test("a section that does not fit is refused")
  func hostileSections() throws {
    func check(_ section: [UInt32]) throws { _ = try complete(section).validatedSection(bufferByteCount: 17_280) }
    #expect(throws: WireError.fieldOutOfRange(.sectionOffset, value: 8)) { try check([8, 1728, 9, 0]) }
    #expect(throws: WireError.fieldOutOfRange(.sectionByteCount, value: 67)) { try check([0, 67, 9, 0]) }
    #expect(throws: WireError.partOutOfBounds(.sections, offset: 0, byteCount: 19_008, limit: 17_280)) {
      try check([0, 1728, 11, 0])
    }
    // The product is 0 in 32 bits.
    #expect(throws: WireError.partOutOfBounds(.sections, offset: 0, byteCount: 1 << 32, limit: 17_280)) {
      try check([0, 1 << 16, 1 << 16, 0])
    }
    #expect(throws: WireError.self) { try check([0, 1728, 0, 0]) }
  }

  @Test("a section that is told but not there is refused")
  func missingSection() {
    let bytes = poisoned(27) { out in
      for (index, field) in [102, 1, 1].enumerated() { out.storeLittleEndian(UInt32(field), at: 4 * index) }
    }
    #expect(throws: WireError.truncated(needed: 28, got: 27)) {
      _ = try SendReceiveBufferComplete(parsing: bytes.span.bytes)
    }
  }

  @Test("send-buffer sections are of whole words and fit", arguments: [72, 6144, 1 << 20] as [UInt32])
  func sendSections(byteCount: UInt32) throws {
    let complete = SendSendBufferComplete(status: .success, sectionByteCount: byteCount)
    #expect(try complete.validatedSectionByteCount(bufferByteCount: 1 << 20) == byteCount)
  }

  @Test("other send-buffer sections are refused", arguments: [0, 64, 68, 6148, 1 << 20 + 8, .max] as [UInt32])
  func hostileSendSections(byteCount: UInt32) {
    let complete = SendSendBufferComplete(status: .success, sectionByteCount: byteCount)
    #expect(throws: WireError.fieldOutOfRange(.sectionByteCount, value: UInt64(byteCount))) {
      try complete.validatedSectionByteCount(bufferByteCount: 1 << 20)
    }
  }
}
