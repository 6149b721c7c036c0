import TestSupport
import Testing

/// What tshark says about one frame of a capture.
struct TSharkFrame {
  var capturedByteCount: Int
  var originalByteCount: Int
  /// Seconds since 1970 with nine decimals, as text: a number might not hold what tshark makes of an odd file.
  var time: String

  /// All frames tshark can read, damage behind them or not.
  static func all(of path: String) throws -> [TSharkFrame] {
    let fields = ["frame.cap_len", "frame.len", "frame.time_epoch"].flatMap { ["-e", $0] }
    let output = try Peer("tshark").run(["-n", "-r", path, "-T", "fields"] + fields)
    return try output.lines.map { line in
      let columns = line.split(separator: "\t")
      try #require(columns.count == 3, "\(line)")
      return TSharkFrame(
        capturedByteCount: try #require(Int(columns[0])),
        originalByteCount: try #require(Int(columns[1])),
        time: String(columns[2]))
    }
  }
}

extension PacketRecord {
  /// The time as tshark writes it.
  var time: String {
    let fraction = String(timestamp % 1_000_000_000)
    return "\(timestamp / 1_000_000_000)." + String(repeating: "0", count: 9 - fraction.count) + fraction
  }
}
