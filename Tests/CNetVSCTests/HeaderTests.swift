import Foundation
import TestSupport
import Testing

@Suite("The header for C", .peer("cc"))
struct HeaderTests {
  private static func text() throws -> String {
    try String(contentsOf: CProgram.headerFolder.appending(path: "netvsc.h"), encoding: .utf8)
  }

  /// The functions that the library has; not those that are in the header themselves, nor types of callbacks.
  private static func functions() throws -> Set<String> {
    let declarations = try text().replacing(/\/\/[^\n]*/, with: "")
    return Set(declarations.matches(of: /\n(?!static )[\w *]*?\b(netvsc_\w+)\(/).map { String($0.output.1) })
  }

  private func compile(_ compiler: String, _ flags: [String], as name: String) throws -> Peer.Output {
    let folder = try TemporaryFolder()
    let file = try folder.write(Array("#include <netvsc.h>\nint main(void) { return NETVSC_OK; }\n".utf8), to: name)
    return try Peer(compiler).run(
      flags + ["-Wall", "-Wextra", "-Werror", "-I", CProgram.headerFolder.path, "-fsyntax-only", file])
  }

  @Test("compiles by itself as C11 and later", arguments: ["c11", "c17", "gnu2x"])
  func asC(standard: String) throws {
    let output = try compile("cc", ["-std=\(standard)", "-pedantic", "-Wstrict-prototypes", "-Wundef"], as: "header.c")
    #expect(output.status == 0, "\(output.standardError)")
  }

  @Test("compiles as C++ as well", .peer("c++"), arguments: ["c++11", "c++20"])
  func asCPlusPlus(standard: String) throws {
    let output = try compile("c++", ["-std=\(standard)", "-pedantic"], as: "header.cpp")
    #expect(output.status == 0, "\(output.standardError)")
  }

  @Test("has no function that the tests in C do not call")
  func everyFunctionIsCalled() throws {
    let functions = try Self.functions()
    #expect(functions.count >= 60)
    let code = try CSources.texts().joined()
    for function in functions.sorted() {
      #expect(code.contains("\(function)("), "\(function) is called by no test")
    }
  }

  @Test("has all functions of the library, and the library all of the header", .peer("nm"), .cLibrary)
  func librarysFunctions() throws {
    let symbols = try Peer("nm").run(["--dynamic", "--defined-only", CProgram.library.path]).lines
    let exported = Set(symbols.compactMap { $0.firstMatch(of: #/ T (netvsc_\w+)$/#).map { String($0.output.1) } })
    #expect(try exported == Self.functions())
  }

  @Test("says of every function what there is to know")
  func everyFunctionIsDocumented() throws {
    let lines = try Self.text().split(separator: "\n", omittingEmptySubsequences: false)
    var isCommented = false
    for line in lines {
      if line.contains(/^(?!static |\/\/|typedef )[\w *]*\bnetvsc_\w+\(/) { #expect(isCommented, "\(line)") }
      if line.hasPrefix("//") { isCommented = true }
      if line.isEmpty { isCommented = false }
    }
  }
}
