import NetVSP
import TestSupport
import Testing
import VMBusRing
import WireFormats

/// Page numbers of the process's own, from a guest that writes what it likes.
@Suite("Private memory") struct GuestMemoryTests {
  private static let privatePage = DeviceAddressSpace.privateStart / 4096

  private func run(readsPrivateMemory: Bool, _ runs: [PageRun]) throws -> [NVSPStatus?] {
    var configuration = HostConfiguration(execution: .inline, sink: .verify)
    configuration.readsPrivateMemory = readsPrivateMemory
    let host = try Host(configuration)
    let guest = try ScriptedGuest(settingUp: host.offer)
    for run in runs { try guest.send(ranges: [run]) }
    let completions = try guest.primary.awaitAll()
    #expect(host.statistics().total.violations == 0)
    return completions.map(\.status)
  }

  /// A message in a row in this process.
  private func withMessage<Result>(_ body: (PageRun) throws -> Result) rethrows -> Result {
    try rndisPacket(GoldenVectors.frame.bytes).withUnsafeBytes { bytes in
      let address = UInt64(UInt(bitPattern: bytes.baseAddress!))
      let (first, last) = (address / 4096, (address + UInt64(bytes.count) - 1) / 4096)
      return try body(
        PageRun(
          byteCount: UInt32(bytes.count), byteOffset: UInt32(address % 4096),
          pages: (first...last).map { Self.privatePage + $0 }))
    }
  }

  @Test("is read where the host was made to")
  func read() throws {
    let statuses = try withMessage { try run(readsPrivateMemory: true, [$0]) }
    #expect(statuses == [.success])
  }

  @Test("belongs to nobody elsewhere")
  func unread() throws {
    let statuses = try withMessage { message in
      try run(
        readsPrivateMemory: false,
        [message]
          + [0, 1, 0x1000, 1 << 35, (1 << 49) - 1].map { page in
            PageRun(byteCount: 60, byteOffset: 0, pages: [Self.privatePage + page])
          })
    }
    #expect(statuses == Array(repeating: .failure, count: 6))
  }

  @Test("is none where no process has any")
  func nowhere() throws {
    let pages = [0, 1 << 45, (1 << 49) - 1].map { Self.privatePage + $0 }
    let statuses = try run(
      readsPrivateMemory: true, pages.map { PageRun(byteCount: 60, byteOffset: 0, pages: [$0]) })
    #expect(statuses == [.failure, .failure, .failure])
  }
}
