internal import Benchmarks
internal import Foundation
internal import SharedMemory

extension Machine {
  /// The machine that the program runs on.
  static var this: Machine {
    Machine(processor: processorName, coreCount: Processors.count, kernel: text(of: "/proc/sys/kernel/osrelease"))
  }

  /// What the kernel calls the first processor; an empty name where it has none.
  private static var processorName: String {
    let line = text(of: "/proc/cpuinfo").split(separator: "\n").first { $0.hasPrefix("model name") }
    return line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? ""
  }

  private static func text(of path: String) -> String {
    let text = try? String(contentsOfFile: path, encoding: .utf8)
    return text?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
  }
}
