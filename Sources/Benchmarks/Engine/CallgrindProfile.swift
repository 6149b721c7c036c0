/// What valgrind's callgrind saw of a program: how much it executed, and what it called.
package struct CallgrindProfile: Equatable, Sendable {
  /// All instructions, those of other libraries included.
  package private(set) var instructionCount = 0
  /// How often each function was called, by whomever, by its name in the object code.
  package private(set) var calls: [String: Int] = [:]
  /// The same for functions of other libraries, called by the program itself.
  package private(set) var foreignCalls: [String: Int] = [:]

  /// Reads what callgrind wrote with `--compress-strings=no`. `program` is the path that it was given. Nil where that is
  /// no profile.
  package init?(parsing text: String, of program: String) {
    var object: Substring = ""
    var callee: (object: Substring?, function: Substring) = (nil, "")
    var isComplete = false
    for line in text.split(separator: "\n") {
      guard let equals = line.firstIndex(where: { $0 == "=" || $0 == ":" }) else { continue }
      let value = line[line.index(after: equals)...]
      switch line[..<equals] {
      case "ob": object = value
      case "cob": callee.object = value
      case "cfn": callee.function = value
      case "calls":
        // The count, and then where the function begins.
        guard let word = value.split(separator: " ").first, let count = Int(word) else { return nil }
        let function = String(callee.function)
        calls[function, default: 0] += count
        if object == program, callee.object ?? object != program { foreignCalls[function, default: 0] += count }
        // The object is named where it is not the caller's own.
        callee.object = nil
      case "totals":
        guard let count = Int(value.drop { $0 == " " }) else { return nil }
        (instructionCount, isComplete) = (count, true)
      default: break
      }
    }
    guard isComplete else { return nil }
  }
}
