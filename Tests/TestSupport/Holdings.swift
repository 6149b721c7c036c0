internal import Foundation

/// What a process holds that it must give back.
package struct Holdings: Equatable, CustomStringConvertible {
  package let descriptors: Int
  /// Of memory files.
  package let mappings: Int

  /// Of a process; nil: of this one.
  package init(of process: Int32? = nil) {
    let folder = "/proc/\(process.map(String.init) ?? "self")"
    descriptors = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/fd").count) ?? -1
    let maps = (try? String(contentsOfFile: "\(folder)/maps", encoding: .utf8)) ?? ""
    mappings = maps.split(separator: "\n").count { $0.contains("memfd:netvsc") }
  }

  package var description: String { "\(descriptors) descriptors, \(mappings) mappings" }
}
