/// What a figure depends on: named values, in the order in which they are told.
package struct Parameters: Encodable, Sendable, Equatable, ExpressibleByDictionaryLiteral, CustomStringConvertible {
  /// One of the values.
  package enum Value: Sendable, Equatable {
    case text(String)
    case number(Int)
    case flag(Bool)
  }

  private var names: [String] = []
  private var values: [Value] = []

  package init(dictionaryLiteral elements: (String, Value)...) {
    for (name, value) in elements { append(name, value) }
  }

  mutating func append(_ name: String, _ value: Value) {
    names.append(name)
    values.append(value)
  }

  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// As an object.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Name.self)
    for (name, value) in zip(names, values) {
      switch value {
      case .text(let text): try container.encode(text, forKey: Name(name))
      case .number(let number): try container.encode(number, forKey: Name(name))
      case .flag(let flag): try container.encode(flag, forKey: Name(name))
      }
    }
  }

  /// As a person reads them: `cooperative, senders 4, not pinned`.
  package var description: String {
    zip(names, values).map { name, value in
      switch value {
      case .text(let text): text
      case .number(let number): "\(name) \(number)"
      case .flag(let flag): flag ? name : "not \(name)"
      }
    }.joined(separator: ", ")
  }
}
