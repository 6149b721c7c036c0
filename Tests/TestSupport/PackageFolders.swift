package import Foundation

/// Where things are in the package the tests were built from.
package enum PackageFolders {
  package static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  package static let samples = root.appending(path: "Samples")
}
