import Foundation
import TestSupport

/// The tests in C, which are one program.
enum CSources {
  static func files() throws -> [URL] {
    try FileManager.default.contentsOfDirectory(
      at: PackageFolders.root.appending(path: "Tests/CNetVSCTests/C"), includingPropertiesForKeys: nil
    ).filter { $0.pathExtension == "c" }
  }

  /// What is in them; in those only whose names, such as "sending", are chosen.
  static func texts(of isChosen: (String) -> Bool = { _ in true }) throws -> [String] {
    try files().filter { isChosen($0.deletingPathExtension().lastPathComponent) }
      .map { try String(contentsOf: $0, encoding: .utf8) }
  }
}
