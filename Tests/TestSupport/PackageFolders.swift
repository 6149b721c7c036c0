package import Foundation

/// Where things are in the package the tests were built from.
package enum PackageFolders {
  package static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  package static let samples = root.appending(path: "Samples")

  /// The path of the capture that the package ships: 2,000 packets, 823,047 bytes.
  package static let firstRun = samples.appending(path: "first-run.pcap").path
}
