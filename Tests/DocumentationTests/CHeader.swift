import Foundation

/// What a C header declares: its functions and types of functions, constants, and the fields of its structures, which are
/// named `structure.field`.
struct CHeader: Sendable {
  let functions: Set<String>
  /// All of it.
  let names: Set<String>

  init(contentsOf url: URL) throws {
    let text = try String(contentsOf: url, encoding: .utf8).replacing(#/\/\/[^\n]*/#, with: "")
    functions = Set(text.matches(of: #/\b(netvsc_\w+)\(/#).map { String($0.output.1) })
    let callbacks = text.matches(of: #/\(\*(netvsc_\w+)\)\(/#).map { String($0.output.1) }
    let constants = text.matches(of: #/\b(NETVSC_\w+)\s*[=,]/#).map { String($0.output.1) }
    let macros = text.matches(of: #/#define (NETVSC_\w+) /#).map { String($0.output.1) }
    let fields = text.matches(of: #/typedef struct (\w+) \{([^}]*)\}/#).flatMap { structure in
      // Each declaration has one or more names, the last word of each of its parts.
      structure.output.2.split(separator: ";").flatMap { $0.split(separator: ",") }.compactMap { declaration in
        declaration.firstMatch(of: #/(\w+)\s*(?:\[\w+\]\s*)?$/#).map { "\(structure.output.1).\($0.output.1)" }
      }
    }
    names = functions.union(callbacks).union(constants).union(macros).union(fields)
  }
}
