import NetVSCTool
import Testing

@Suite("A number of bytes")
struct ByteSizeTests {
  @Test(
    "is read with every unit",
    arguments: [
      ("0", 0), ("1500", 1500), ("3kB", 3000), ("3KiB", 3072), ("500MB", 500_000_000), ("1MiB", 1_048_576),
      ("2GB", 2_000_000_000), ("6GiB", 6_442_450_944), ("1TB", 1_000_000_000_000), ("1TiB", 1_099_511_627_776),
      ("18446744073709551615", .max),
    ] as [(String, UInt64)])
  func read(text: String, byteCount: UInt64) {
    #expect(ByteSize(text)?.byteCount == byteCount)
  }

  @Test(
    "is refused when it is none",
    arguments: ["", "GiB", "-1", "1.5GiB", "6 GiB", "6gib", "6G", "0x10", "18446744073709551616", "16777216TiB"])
  func refused(text: String) {
    #expect(ByteSize(text) == nil)
  }
}
