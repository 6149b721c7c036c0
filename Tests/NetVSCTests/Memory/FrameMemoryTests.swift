import Foundation
import NetVSC
import TestSupport
import Testing
import WireFormats

@Suite("Memory files of the caller's")
struct FrameMemoryTests {
  /// F_SEAL_SHRINK and F_SEAL_GROW.
  private static let sizeSeals: Int32 = 0x2 | 0x4

  private static func memoryFile(byteCount: Int, seals: Int32 = sizeSeals) -> Int32 {
    // The Glibc module lacks it.
    typealias Create = @convention(c) (UnsafePointer<CChar>, UInt32) -> Int32
    let create = unsafeBitCast(dlsym(nil, "memfd_create"), to: Create.self)
    let descriptor = create("test", 2 /* MFD_ALLOW_SEALING */)
    ftruncate(descriptor, off_t(byteCount))
    if seals != 0 { _ = fcntl(descriptor, 1033 /* F_ADD_SEALS */, seals) }
    return descriptor
  }

  @Test("are sent from, whatever their owner does with the descriptor")
  func registered() throws {
    let bench = try GuestBench()
    var sender = try bench.device.makeSender(queue: 0)
    let before = bench.host.leftovers
    let descriptor = Self.memoryFile(byteCount: 8192)
    let address = try #require(mmap(nil, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0))
    defer { munmap(address, 8192) }
    var memory: FrameMemory? = try bench.device.register(memoryFile: descriptor)
    close(descriptor)
    #expect(memory?.byteCount == 8192)
    (address + 4090).copyMemory(from: Frames.golden, byteCount: Frames.golden.count)
    let range = FrameRange(byteOffset: 4090, byteCount: UInt32(Frames.golden.count))
    let outcome = try sender.submit(range, of: #require(memory), cookie: 1)
    #expect(outcome == .taken)
    try sender.flush()
    let packets = try bench.takeAll()
    #expect(packets.flatMap(\.frames) == [Frames.golden])
    memory = nil
    try bench.complete(packets)
    try sender.poll()
    #expect(bench.host.leftovers == before)
    _ = sender.finish()
  }

  @Test("are refused where they could be cut, or are none", arguments: [0, 0x2, 0x4] as [Int32])
  func unsealed(seals: Int32) throws {
    let bench = try GuestBench()
    let descriptor = Self.memoryFile(byteCount: 4096, seals: seals)
    defer { close(descriptor) }
    expectRefusal(of: descriptor, by: bench, saying: "F_SEAL_SHRINK")
    // It is the caller's still.
    #expect(fcntl(descriptor, F_GETFD) >= 0)
  }

  @Test("are refused where they are no memory files")
  func odd() throws {
    let bench = try GuestBench()
    expectRefusal(of: -1, by: bench, saying: "Bad file descriptor")
    let null = open("/dev/null", O_RDWR)
    defer { close(null) }
    expectRefusal(of: null, by: bench, saying: "Invalid argument")
  }

  @Test("are refused where they are not whole pages", arguments: [0, 100, 4097])
  func size(byteCount: Int) throws {
    let bench = try GuestBench()
    let descriptor = Self.memoryFile(byteCount: byteCount)
    defer { close(descriptor) }
    expectRefusal(of: descriptor, by: bench, saying: "memory file")
  }

  private func expectRefusal(of descriptor: Int32, by bench: GuestBench, saying text: String) {
    let before = bench.host.leftovers
    do throws(DeviceError) {
      _ = try bench.device.register(memoryFile: descriptor)
      Issue.record("\(descriptor) was taken")
    } catch {
      #expect("\(error)".contains(text))
    }
    #expect(bench.host.leftovers == before)
  }
}
