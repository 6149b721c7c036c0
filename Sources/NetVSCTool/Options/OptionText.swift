internal import ArgumentParser
internal import PacketCapture
internal import TrafficReplay

/// A length of time that is written in seconds.
package struct Seconds: Sendable, Equatable, CustomStringConvertible {
  package let nanoseconds: UInt64

  package init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

  package var description: String {
    let value = Double(nanoseconds) / 1e9
    return value == value.rounded() ? "\(UInt64(value))" : "\(value)"
  }
}

/// Reads what is written behind an option, or says what is allowed there.
enum OptionText {
  static func wholeNumber<Value: FixedWidthInteger & Sendable>(
    in allowed: ClosedRange<Value>
  ) -> @Sendable (String) throws -> Value {
    { text in
      guard let value = Value(text), allowed.contains(value) else {
        let most = allowed.upperBound == .max ? "up" : "to \(allowed.upperBound)"
        throw ValidationError("give a whole number from \(allowed.lowerBound) \(most)")
      }
      return value
    }
  }

  /// A billion seconds are 31 years, and fit a count of nanoseconds.
  private static let longestSeconds = 1e9

  static let seconds: @Sendable (String) throws -> Seconds = { text in
    guard let value = Double(text), value >= 0, value <= longestSeconds else {
      throw ValidationError("give seconds from 0 to 1000000000, such as 10 or 0.5")
    }
    // However short, a time is not none: 0 has a meaning of its own.
    return Seconds(nanoseconds: value > 0 ? max(UInt64((value * 1e9).rounded()), 1) : 0)
  }

  static let rate: @Sendable (String) throws -> Rate = { text in
    guard let rate = Rate(text) else {
      throw ValidationError(
        "give a number above 0, up to 1000000000 and with nine decimals at most, such as 1000 or 0.5")
    }
    return rate
  }

  static let packetRanges: @Sendable (String) throws -> PacketRanges = { text in
    do {
      return try PacketRanges(text)
    } catch {
      throw ValidationError("\(error)")
    }
  }

  /// Judged for Ethernet, of which libpcap can filter more than of other link types. Whether a filter fits a capture of
  /// another type shows when that is opened.
  static let filter: @Sendable (String) throws -> String = { text in
    do {
      _ = try PacketFilter(text, linkType: .ethernet)
    } catch {
      throw ValidationError("\(error); 'man pcap-filter' tells what is allowed")
    }
    return text
  }

  static let fault: @Sendable (String) throws -> HostFault = { text in
    guard let fault = HostFault(text) else {
      let kinds = HostFault.Kind.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("give one of \(kinds), most of which take a number as in die:1000")
    }
    return fault
  }

  static let ethernet: @Sendable (String) throws -> EthernetAddresses = { text in
    guard let addresses = EthernetAddresses(text) else {
      throw ValidationError("give two MAC addresses, such as 02:00:00:00:00:01,02:00:00:00:00:02")
    }
    return addresses
  }

  static let sink: @Sendable (String) throws -> SinkChoice = { text in
    guard let choice = SinkChoice(text) else {
      throw ValidationError(
        "give null, verify, pcap:FILE, tap:NAME or interface:NAME, with the name of an interface, of 1 to 15 bytes")
    }
    return choice
  }
}
