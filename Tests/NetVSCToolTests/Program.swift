import Dispatch
import Foundation

/// The built program, as a user runs it.
enum Program {
  struct Outcome {
    let status: Int32
    let output: String
    let errors: String

    /// What was written to standard error, line by line.
    var errorLines: [String] { errors.split(separator: "\n").map(String.init) }
  }

  /// Beside the program that runs the tests: both are products of one build.
  static var url: URL {
    let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    return tests.deletingLastPathComponent().appendingPathComponent("netvsc")
  }

  static var isBuilt: Bool { FileManager.default.isExecutableFile(atPath: url.path) }

  /// A program that takes longer hangs, and is killed rather than waited for.
  private static let patience = DispatchTimeInterval.seconds(60)

  /// Runs it to its end. `meanwhile` is called as soon as it has begun.
  static func run(
    _ arguments: [String], by executable: URL = url, meanwhile: (Process) -> Void = { _ in }
  ) throws -> Outcome {
    let directory = FileManager.default.temporaryDirectory
    // Files rather than pipes: neither can fill up while the other is read.
    let streams = (0..<2).map { _ in directory.appendingPathComponent("netvsc-\(UUID().uuidString)") }
    defer { for stream in streams { try? FileManager.default.removeItem(at: stream) } }
    let handles = try streams.map { url in
      try Data().write(to: url)
      return try FileHandle(forWritingTo: url)
    }
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = handles[0]
    process.standardError = handles[1]
    try process.run()
    let identifier = process.processIdentifier
    let watchdog = DispatchWorkItem { kill(identifier, SIGKILL) }
    DispatchQueue.global().asyncAfter(deadline: .now() + patience, execute: watchdog)
    defer { watchdog.cancel() }
    meanwhile(process)
    process.waitUntilExit()
    let texts = try streams.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
    return Outcome(status: process.terminationStatus, output: texts[0], errors: texts[1])
  }
}

/// A folder that lasts as long as its test.
final class Folder {
  let url = FileManager.default.temporaryDirectory.appendingPathComponent("netvsc-\(UUID().uuidString)")

  init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  /// Writes a little-endian microsecond pcap of Ethernet frames of these sizes. Returns its path.
  func capture(frameSizes: [Int], named name: String = "frames.pcap") throws -> String {
    func word(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(value >> (8 * $0) & 0xff) } }
    var bytes: [UInt8] = [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0] + word(0) + word(0) + word(65_535) + word(1)
    for (index, size) in frameSizes.enumerated() {
      bytes += word(1) + word(index) + word(size) + word(size)
      bytes += (0..<size).map { $0 == 12 ? 0x88 : $0 == 13 ? 0xb5 : UInt8(truncatingIfNeeded: $0 + index) }
    }
    try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
    return path(name)
  }

  func json(_ name: String) throws -> [String: Any] {
    let object = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path(name))))
    return object as? [String: Any] ?? [:]
  }
}
