/// Nanoseconds since 1970, and the two fields a record of a pcap file keeps them in.
///
/// A file may hold anything in these fields. Whatever it holds becomes some time, the nearest that can be expressed.
enum CaptureTimestamp {
  static let nanosecondsPerSecond: Int64 = 1_000_000_000

  /// The time of fields as libpcap gives them, `fraction` in nanoseconds.
  ///
  /// The seconds of a pcap record are unsigned and last until 2106; libpcap reads them as signed, so that those after
  /// January 2038 arrive negative.
  static func nanoseconds(seconds: Int64, fraction: Int64) -> Int64 {
    let isWrapped = (Int64(Int32.min)..<0).contains(seconds)
    let whole = (isWrapped ? seconds + (1 << 32) : seconds).multipliedReportingOverflow(by: nanosecondsPerSecond)
    let sum = whole.partialValue.addingReportingOverflow(fraction)
    guard !whole.overflow && !sum.overflow else { return seconds < 0 ? .min : .max }
    return sum.partialValue
  }

  /// The fields for a time; before 1970 and after February 2106 those of the first and the last time a record can hold.
  static func fields(of timestamp: Int64) -> (seconds: Int64, fraction: Int64) {
    let last = Int64(UInt32.max) * nanosecondsPerSecond + (nanosecondsPerSecond - 1)
    let held = min(max(timestamp, 0), last)
    return (held / nanosecondsPerSecond, held % nanosecondsPerSecond)
  }
}
