import NetVSC
import NetVSP
import Testing

@testable import TrafficReplay

@Suite("The memory of chunks")
struct ChunkPoolTests {
  private static func openDevice() throws -> (Host, Device) {
    var configuration = HostConfiguration()
    configuration.execution = .inline
    let host = try Host(configuration)
    return (host, try Device.open(host.offer, DeviceConfiguration()))
  }

  /// The number of the first page of the memory that a chunk is made of.
  private static func place(of parts: ChunkParts) -> ObjectIdentifier? {
    guard case .device(let memory) = parts.memory else { return nil }
    return ObjectIdentifier(memory)
  }

  @Test("of a chunk that was sent is used again")
  func again() throws {
    let (host, device) = try Self.openDevice()
    defer { host.shutDown() }
    let pool = ChunkPool(laneCount: 2, device: device)
    let first: ObjectIdentifier?
    do {
      let parts = try pool.take(byteCount: 8192)
      first = Self.place(of: parts)
      pool.giveBack(parts)
    }
    let second = try pool.take(byteCount: 4096)
    #expect(first != nil && Self.place(of: second) == first)
  }

  @Test("is left alone while a frame in flight holds it")
  func inFlight() throws {
    let (host, device) = try Self.openDevice()
    defer { host.shutDown() }
    let pool = ChunkPool(laneCount: 1, device: device)
    let held = try pool.take(byteCount: 4096)
    pool.giveBack(held)
    let other = try pool.take(byteCount: 4096)
    #expect(Self.place(of: other) != Self.place(of: held))
  }

  @Test("is made anew where the spare one is too small")
  func tooSmall() throws {
    let pool = ChunkPool(laneCount: 1, device: nil)
    pool.giveBack(try pool.take(byteCount: 4096))
    #expect(try pool.take(byteCount: 8192).memory.byteCount == 8192)
    #expect(try pool.take(byteCount: 64).memory.byteCount == 4096)
  }
}
