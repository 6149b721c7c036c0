package import Foundation

/// Real captures, which are too large to be part of the package: in the folder that `NETVSC_CAPTURES` names or, when it
/// is not set, in `shared/captures` beside the package.
package enum SharedCaptures {
  package static let folder: URL? = {
    let named = ProcessInfo.processInfo.environment["NETVSC_CAPTURES", default: ""]
    let folder =
      named.isEmpty
      ? PackageFolders.root.deletingLastPathComponent().appending(path: "shared/captures") : URL(filePath: named)
    return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
  }()

  /// For `.enabled(if:)`.
  package static var arePresent: Bool { folder != nil }

  package static func path(_ name: String) throws -> String {
    guard let folder else { throw CocoaError(.fileNoSuchFile) }
    return folder.appending(path: name).path
  }
}
