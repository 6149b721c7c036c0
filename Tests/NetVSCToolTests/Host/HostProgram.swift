import Foundation
import HostSocket
import TestSupport

/// A running `netvsc`, until this object goes: it is killed then, if it has not ended.
final class RunningProgram {
  let process = Process()

  init(_ arguments: [String]) throws {
    process.executableURL = Program.url
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
  }

  deinit { end(by: SIGKILL) }

  var identifier: Int32 { process.processIdentifier }

  /// Sends a signal, and waits for the end. Returns the status.
  @discardableResult
  func end(by signal: Int32) -> Int32 {
    if process.isRunning { kill(identifier, signal) }
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// What it holds that has to be given back: descriptors, and mappings of memory files.
  var holdings: Holdings { Holdings(of: identifier) }

  /// Of a host: whether it has mapped all of a guest with so many queues. A channel's rings are five mappings, and there
  /// are the page for requests and two buffers.
  func serves(queueCount: Int) -> Bool { holdings.mappings >= 5 * queueCount + 3 }
}

/// Attaches once the host that is starting listens.
func attachSoon(_ path: String) throws -> DeviceOffer {
  var offer: DeviceOffer?
  waitUntil {
    offer = try? DeviceOffer.attach(path: path)
    return offer != nil
  }
  return try offer ?? DeviceOffer.attach(path: path)
}
