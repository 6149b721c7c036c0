import Foundation
import TestSupport

/// The optimised program, for what can be told only of that.
enum ReleaseBuild {
  static let program = PackageFolders.root.appending(path: ".build/release/netvsc")

  /// Whether there is one, and no source that it is made of is newer.
  static let isCurrent: Bool = {
    guard let built = modificationDate(of: program) else { return false }
    let sources = FileManager.default.enumerator(
      at: PackageFolders.root.appending(path: "Sources"), includingPropertiesForKeys: [.contentModificationDateKey])
    let files = (sources?.compactMap { $0 as? URL } ?? []) + [PackageFolders.root.appending(path: "Package.swift")]
    return files.allSatisfy { file in
      guard ["swift", "h"].contains(file.pathExtension), let changed = modificationDate(of: file) else { return true }
      return changed <= built
    }
  }()

  private static func modificationDate(of url: URL) -> Date? {
    // The build's folder is a link to that of its target.
    let values = try? url.resolvingSymlinksInPath().resourceValues(forKeys: [.contentModificationDateKey])
    return values?.contentModificationDate
  }
}
