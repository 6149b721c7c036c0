/// A number of bytes as it is written behind an option: plainly, or with a unit.
package struct ByteSize: Sendable, Equatable {
  package let byteCount: UInt64

  private static let units: [(suffix: String, byteCount: UInt64)] = [
    ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40),
    ("kB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000),
  ]

  package init?(_ text: String) {
    let unit = Self.units.first { text.hasSuffix($0.suffix) } ?? ("", 1)
    guard let number = UInt64(text.dropLast(unit.suffix.count)) else { return nil }
    let (product, overflow) = number.multipliedReportingOverflow(by: unit.byteCount)
    guard !overflow else { return nil }
    byteCount = product
  }
}
