/// The name of an interface, as Linux allows it.
package struct InterfaceName: Sendable, Equatable, CustomStringConvertible {
  /// The longest name, in bytes.
  package static let longest = 15

  package let description: String

  /// Fails for what can be no name: nothing or more than 15 bytes, a dot or two, or with a slash, a colon, white space or
  /// a percent sign in it.
  package init?(_ description: String) {
    guard (1...Self.longest).contains(description.utf8.count), description != ".", description != "..",
      description.utf8.allSatisfy({ $0 > UInt8(ascii: " ") && !"/:%".utf8.contains($0) && $0 != 0x7F })
    else { return nil }
    self.description = description
  }
}
