import Glibc
import SharedMemory
import TestSupport
import Testing

@Suite("A shared region")
struct SharedRegionTests {
  @Test("is rounded up to whole pages", arguments: [(1, 4096), (4095, 4096), (4096, 4096), (4097, 8192)])
  func rounding(asked: Int, given: Int) throws {
    let region = try SharedRegion(byteCount: asked)
    #expect(region.byteCount == given)
    #expect(region.bytes.byteCount == given)
    var status = stat()
    #expect(fstat(region.descriptor, &status) == 0)
    #expect(Int(status.st_size) == given)
  }

  @Test("is zeroed")
  func zeroed() throws {
    let bytes = try SharedRegion(byteCount: 3 * 4096).bytes
    #expect(bytes.array.allSatisfy { $0 == 0 })
  }

  @Test("can neither shrink, nor grow, nor be unsealed", arguments: [0, 4096, 3 * 4096])
  func sealed(byteCount: Int) throws {
    let region = try SharedRegion(byteCount: 2 * 4096)
    #expect(ftruncate(region.descriptor, byteCount) == -1)
    #expect(errno == EPERM)
    // F_ADD_SEALS, F_SEAL_WRITE
    #expect(fcntl(region.descriptor, 1033, 0x8) == -1)
    #expect(errno == EPERM)
    var status = stat()
    #expect(fstat(region.descriptor, &status) == 0 && status.st_size == 2 * 4096)
  }

  @Test("can be mapped by whoever gets its descriptor")
  func descriptor() throws {
    let region = try SharedRegion(byteCount: 4096)
    region.bytes.write([1, 2, 3], at: 100)
    var seen = [UInt8](repeating: 0, count: 3)
    #expect(pread(region.descriptor, &seen, 3, 100) == 3)
    #expect(seen == [1, 2, 3])
    #expect(fcntl(region.descriptor, F_GETFD) & FD_CLOEXEC != 0)
  }

  @Test("is the same memory for whoever takes its descriptor over")
  func sharing() throws {
    let region = try SharedRegion(byteCount: 2 * 4096)
    let other = try SharedRegion(sharing: dup(region.descriptor))
    #expect(other.byteCount == region.byteCount)
    other.word(at: 4096).storeReleasing(0x0403_0201)
    #expect(region.word(at: 4096).loadAcquiring() == 0x0403_0201)
    #expect(region.bytes(4095..<4101).array == [0, 1, 2, 3, 4, 0])
  }

  @Test("is not made of a file that could still be cut")
  func unsealed() throws {
    let descriptor = memoryFileWithoutSeals()
    defer { Glibc.close(descriptor) }
    #expect(throws: SystemError(call: "fcntl(F_GET_SEALS)", code: EPERM)) { _ = try SharedRegion(sharing: descriptor) }
    #expect(throws: SystemError(call: "fcntl(F_GET_SEALS)", code: EBADF)) { _ = try SharedRegion(sharing: -1) }
  }

  private func memoryFileWithoutSeals() -> Int32 {
    let descriptor = open("/dev/shm", O_RDWR | O_CLOEXEC | 0o20200000 /* O_TMPFILE */, 0o600)
    ftruncate(descriptor, 4096)
    return descriptor
  }

  @Test("traps on a word that does not lie inside it")
  func wordOutside() async {
    await #expect(processExitsWith: .trap) { _ = try SharedRegion(byteCount: 4096).word(at: 4096) }
    await #expect(processExitsWith: .trap) { _ = try SharedRegion(byteCount: 4096).word(at: 2) }
  }

  @Test("lives as long as a window on it")
  func window() throws {
    func window() throws -> SharedBytes { try SharedRegion(byteCount: 4096).bytes(8..<16) }
    let bytes = try window()
    bytes.write([7], at: 7)
    #expect(bytes.array == [0, 0, 0, 0, 0, 0, 0, 7])
  }

  @Test("closes its descriptor with its last owner")
  func close() throws {
    var region: SharedRegion? = try SharedRegion(byteCount: 4096)
    let descriptor = try #require(region?.descriptor)
    var before = stat()
    #expect(fstat(descriptor, &before) == 0)
    region = nil
    // The number may be another file's by now.
    var after = stat()
    #expect(fstat(descriptor, &after) == -1 || after.st_ino != before.st_ino)
  }

  @Test("traps on a window that does not lie inside it")
  func windowOutside() async {
    await #expect(processExitsWith: .trap) { _ = try SharedRegion(byteCount: 4096).bytes(0..<4097) }
    await #expect(processExitsWith: .trap) { _ = try SharedRegion(byteCount: 4096).bytes(-1..<1) }
  }

  @Test("traps on a ring that is not made of whole pages of it")
  func ringOutside() async {
    await #expect(processExitsWith: .trap) {
      _ = try SharedRegion(byteCount: 8192).ring(at: 4096, dataByteCount: 4096, mapping: .single)
    }
    await #expect(processExitsWith: .trap) {
      _ = try SharedRegion(byteCount: 16384).ring(at: 8, dataByteCount: 4096, mapping: .single)
    }
    await #expect(processExitsWith: .trap) {
      _ = try SharedRegion(byteCount: 16384).ring(at: 0, dataByteCount: 4104, mapping: .double)
    }
    await #expect(processExitsWith: .trap) {
      _ = try SharedRegion(byteCount: 16384).ring(at: 0, dataByteCount: 0, mapping: .single)
    }
  }
}
