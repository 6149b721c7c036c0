import Glibc
import SharedMemory
import Testing

@Suite("A system error")
struct SystemErrorTests {
  @Test("tells the call and the system's reason")
  func description() {
    let error = SystemError(call: "mmap", code: ENOMEM)
    #expect(error.description == "mmap: Cannot allocate memory")
    #expect(error == SystemError(call: "mmap", code: ENOMEM))
    #expect(error != SystemError(call: "mmap", code: EPERM))
  }

  @Test("is thrown for a region that cannot be had")
  func tooLarge() {
    // Near the largest file size: neither file nor address space can be had.
    let error = #expect(throws: SystemError.self) { try SharedRegion(byteCount: Int.max / 4096 * 4096 - 4096) }
    #expect(error?.call == "ftruncate" || error?.call == "mmap")
  }
}
