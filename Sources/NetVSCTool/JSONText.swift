internal import Foundation

enum JSONText {
  /// The report as indented JSON, its last line ended. The order of keys is the same in every run.
  static func of(_ report: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(report), as: UTF8.self) + "\n"
  }
}
