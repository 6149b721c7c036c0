/// Numbers as a person reads them.
package enum Readable {
  /// `12,345`.
  package static func count(_ value: UInt64) -> String {
    var digits = Array(String(value))
    for position in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(",", at: position) }
    return String(digits)
  }

  /// `1 packet`, `2 packets`.
  package static func amount(_ value: UInt64, of noun: String) -> String {
    "\(count(value)) \(noun)\(value == 1 ? "" : "s")"
  }

  /// `12.3 Mpps`.
  package static func packetRate(_ packetsPerSecond: Double) -> String {
    scaled(packetsPerSecond, units: ["pps", "kpps", "Mpps", "Gpps"])
  }

  /// `4.50 Gbit/s`.
  package static func bitRate(_ bitsPerSecond: Double) -> String {
    scaled(bitsPerSecond, units: ["bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s"])
  }

  /// `850 ns`, `12.3 µs`, `4.56 s`, `3 min 05 s`, `2 h 03 min`.
  package static func duration(_ nanoseconds: UInt64) -> String {
    if nanoseconds < 1000 { return "\(nanoseconds) ns" }
    let seconds = nanoseconds / 1_000_000_000
    return switch seconds {
    case 0..<60: scaled(Double(nanoseconds), units: ["ns", "µs", "ms", "s"])
    case 60..<3600: "\(seconds / 60) min \(twoDigits(seconds % 60)) s"
    default: "\(seconds / 3600) h \(twoDigits(seconds % 3600 / 60)) min"
    }
  }

  /// `0:07`, `1:02:03`.
  package static func clock(_ nanoseconds: UInt64) -> String {
    let seconds = nanoseconds / 1_000_000_000
    let tail = "\(twoDigits(seconds % 60))"
    return seconds < 3600
      ? "\(seconds / 60):\(tail)" : "\(seconds / 3600):\(twoDigits(seconds % 3600 / 60)):\(tail)"
  }

  /// `0x` and 16 digits.
  package static func hexadecimal(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return "0x" + String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// The text on one line, harmless to a terminal: a file's name may hold any character.
  package static func line(_ text: String) -> String {
    String(
      String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }))
  }

  /// `0.999`, `12.34`, `123.4`, `12,345`: four digits, and never less than the whole number.
  package static func number(_ value: Double) -> String {
    guard value >= 0, value < 1e18 else { return "\(value)" }
    guard value < 999.95 else { return count(UInt64(value.rounded())) }
    return fixed(value, decimals: value < 9.9995 ? 3 : value < 99.995 ? 2 : 1)
  }

  /// Three significant digits with the largest unit that leaves something before the point.
  private static func scaled(_ value: Double, units: [String]) -> String {
    var value = value
    var unit = 0
    while unit + 1 < units.count, value >= 999.5 {
      value /= 1000
      unit += 1
    }
    let decimals = value == 0 ? 0 : value < 9.995 ? 2 : value < 99.95 ? 1 : 0
    return "\(fixed(value, decimals: decimals)) \(units[unit])"
  }

  /// With so many decimals.
  static func fixed(_ value: Double, decimals: Int) -> String {
    let scale = (0..<decimals).reduce(1.0) { scale, _ in scale * 10 }
    guard let scaled = UInt64(exactly: (value * scale).rounded()) else { return "\(value)" }
    guard decimals > 0 else { return "\(scaled)" }
    let whole = scaled / UInt64(scale)
    let part = String(scaled % UInt64(scale)).leftPadded(to: decimals, with: "0")
    return "\(whole).\(part)"
  }

  private static func twoDigits(_ value: UInt64) -> String { String(value).leftPadded(to: 2, with: "0") }
}

extension String {
  func leftPadded(to width: Int, with filler: Character = " ") -> String {
    String(repeating: filler, count: max(0, width - count)) + self
  }

  func rightPadded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
