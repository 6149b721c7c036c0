/// Where frames come from and go to.
package struct EthernetAddresses: Hashable, Sendable, CustomStringConvertible {
  static let addressByteCount = 6

  /// The address of the sender, six bytes as they are written.
  package let source: [UInt8]
  package let destination: [UInt8]

  package init(source: [UInt8], destination: [UInt8]) {
    precondition(
      source.count == Self.addressByteCount && destination.count == Self.addressByteCount,
      "an Ethernet address has six bytes")
    self.source = source
    self.destination = destination
  }

  /// Reads `SRC,DST`, each such as `02:00:00:00:00:01`.
  package init?(_ text: String) {
    let addresses = text.split(separator: ",", omittingEmptySubsequences: false).map(Self.address)
    guard addresses.count == 2, let source = addresses[0], let destination = addresses[1] else { return nil }
    self.init(source: source, destination: destination)
  }

  /// The textual form.
  package var description: String { "\(Self.text(source)),\(Self.text(destination))" }

  private static func text(_ address: [UInt8]) -> String {
    address.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
  }

  private static func address(_ text: Substring) -> [UInt8]? {
    let parts = text.split(omittingEmptySubsequences: false, whereSeparator: { $0 == ":" || $0 == "-" })
    let bytes = parts.compactMap { part -> UInt8? in
      (1...2).contains(part.count) && part.allSatisfy(\.isHexDigit) ? UInt8(part, radix: 16) : nil
    }
    return parts.count == addressByteCount && bytes.count == addressByteCount ? bytes : nil
  }
}
