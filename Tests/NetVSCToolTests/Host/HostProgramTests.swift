import Foundation
import HostSocket
import NetVSC
import SharedMemory
import TestSupport
import Testing

@Suite("netvsc host and netvsc replay --device", .enabled(if: Program.isBuilt))
struct HostProgramTests {
  @Test(
    "carry a capture from one process to another, in every mode of the rings",
    arguments: [["--queues", "3"]]
      + ["ordered", "cooperative"].map {
        ["--queues", "2", "--senders-per-queue", "2", "--ring-mode", $0]
      })
  func carries(options: [String]) throws {
    let folder = try Folder()
    let path = folder.path("host")
    let host = try RunningProgram([
      "host", "--socket", path, "--sink", "verify", "--once", "--json", folder.path("host.json"),
    ])
    #expect(waitUntil { FileManager.default.fileExists(atPath: path) } != nil)
    let replay = try Program.run(
      ["replay", "--device", path, "--loop", "5", "--json", folder.path("replay.json"), PackageFolders.firstRun]
        + options)
    #expect(replay.status == 0)
    #expect(replay.errors == "")
    host.process.waitUntilExit()
    #expect(host.process.terminationStatus == 0)
    let all: [String: UInt64] = ["packets": 10_000, "bytes": 4_115_235]
    let result = try folder.json("replay.json")
    let served = try folder.json("host.json")
    #expect(result["completed"] as? [String: UInt64] == all)
    #expect((result["host"] as? [String: Any])?["received"] as? [String: UInt64] == all)
    #expect((served["host"] as? [String: Any])?["received"] as? [String: UInt64] == all)
    let verify = try #require(result["verify"] as? [String: Any])
    #expect(verify["match"] as? Bool == true)
    #expect(verify["offered"] as? String == served["digest"] as? String)
    #expect(result["device"] as? String == path)
  }

  @Test("say in one line what is wrong, with the exit code for it")
  func problems() throws {
    let folder = try Folder()
    let path = folder.path("host")
    let nobody = try Program.run(["replay", "--device", path, "--json", "-", PackageFolders.firstRun])
    #expect(nobody.status == 69)
    #expect(
      nobody.errorLines.first
        == "netvsc: \(path): no host listens there; start one with 'netvsc host --socket \(path)'")
    for options in [["--sink", "null"], ["--host", "threads"], ["--fault", "die"]] {
      let both = try Program.run(["replay", "--device", path, PackageFolders.firstRun] + options)
      #expect(both.status == 64)
      #expect(both.errors.contains("\(options[0]) is for the built-in host, and --device sends to another one"))
    }
    #expect(try Program.run(["replay", "--reconnect", "1", PackageFolders.firstRun]).status == 64)
    #expect(try Program.run(["host", "--socket", path, "--sink", "null", "--receive"]).status == 64)
    for used in [path, folder.path("a.pcap")] {
      let clash = try Program.run(["host", "--socket", path, "--sink", "pcap:\(folder.path("a.pcap"))", "--json", used])
      #expect(clash.status == 64 && clash.errors.contains("--json would write over \(used)"))
    }
    let host = try RunningProgram(["host", "--socket", path, "--sink", "null"])
    #expect(waitUntil { FileManager.default.fileExists(atPath: path) } != nil)
    let second = try Program.run(["host", "--socket", path, "--sink", "null"])
    #expect(second.status == 74)
    #expect(second.errors == "netvsc: \(path): another host listens there; end it, or choose another path\n")
    #expect(host.end(by: SIGINT) == 130)
  }

  @Test("leave the file of a host alone that listens already")
  func secondHost() throws {
    let folder = try Folder()
    let path = folder.path("host")
    let file = folder.path("all.pcap")
    let options = ["host", "--socket", path, "--sink", "pcap:\(file)"]
    let host = try RunningProgram(options)
    #expect(waitUntil { FileManager.default.fileExists(atPath: path) } != nil)
    #expect(try Program.run(["replay", "--device", path, "--quiet", PackageFolders.firstRun]).status == 0)
    func size() -> Int { FileManager.default.contents(atPath: file)?.count ?? 0 }
    // A header of 24 bytes, and for 2000 packets 16 bytes each and the 823047 of their own.
    let all = 24 + 2000 * 16 + 823_047
    #expect(waitUntil { size() == all } != nil, "\(size()) bytes")
    #expect(try Program.run(options).status == 74)
    #expect(size() == all)
    #expect(host.end(by: SIGINT) == 130)
    #expect(size() == all)
  }

  @Test("end with 69 and a balanced ledger when the host is killed")
  func killedHost() throws {
    let folder = try Folder()
    let path = folder.path("host")
    let host = try RunningProgram(["host", "--socket", path, "--sink", "null"])
    #expect(waitUntil { FileManager.default.fileExists(atPath: path) } != nil)
    let outcome = try Program.run(
      [
        "replay", "--device", path, "--queues", "2", "--loop", "0", "--json", folder.path("replay.json"),
        PackageFolders.firstRun,
      ]
    ) { _ in
      waitUntil { host.serves(queueCount: 2) }
      WorkerThread.sleep(200_000_000)
      host.end(by: SIGKILL)
    }
    #expect(outcome.status == 69)
    #expect(outcome.errors.contains("\(path): its process ended"))
    let result = try folder.json("replay.json")
    // Every key is there, and nothing is known.
    let section = try #require(result["host"] as? [String: Any])
    #expect(Set(section.keys).isSuperset(of: ["received", "delivered", "messages", "doorbells", "violations"]))
    #expect(section.values.allSatisfy { $0 is NSNull })
    #expect(result["sink"] as? String == "device:\(path)")
    #expect(result["verify"] is NSNull)
    try expectBalance(result)
  }

  @Test("go on when the host comes back, and count what was lost")
  func reconnect() throws {
    let folder = try Folder()
    let path = folder.path("host")
    var host = try RunningProgram(["host", "--socket", path, "--sink", "null"])
    #expect(waitUntil { FileManager.default.fileExists(atPath: path) } != nil)
    let outcome = try Program.run([
      "replay", "--device", path, "--loop", "0", "--queues", "2", "--reconnect", "30", "--json",
      folder.path("replay.json"), PackageFolders.firstRun,
    ]) { replay in
      for _ in 0..<2 {
        waitUntil { host.serves(queueCount: 2) }
        WorkerThread.sleep(200_000_000)
        host.end(by: SIGKILL)
        host = try! RunningProgram(["host", "--socket", path, "--sink", "null"])
      }
      waitUntil { host.serves(queueCount: 2) }
      replay.interrupt()
    }
    #expect(outcome.status == 130)
    let result = try folder.json("replay.json")
    #expect(result["reconnections"] as? Int == 2)
    // Every key is there, and nothing is known.
    let section = try #require(result["host"] as? [String: Any])
    #expect(Set(section.keys).isSuperset(of: ["received", "delivered", "messages", "doorbells", "violations"]))
    #expect(section.values.allSatisfy { $0 is NSNull })
    #expect(result["sink"] as? String == "device:\(path)")
    try expectBalance(result)
    #expect(host.end(by: SIGTERM) == 130)
  }

  @Test("count as lost what a host that dies while they drain leaves behind, and do not fail for it")
  func deathWhileDraining() throws {
    let folder = try Folder()
    let path = folder.path("host")
    let host = try RunningProgram(["host", "--socket", path, "--sink", "null"])
    #expect(waitUntil { FileManager.default.fileExists(atPath: path) } != nil)
    let outcome = try Program.run([
      "replay", "--device", path, "--queues", "1", "--pps", "1000", "--limit", "600", "--drain-timeout", "20",
      "--reconnect", "30", "--json", folder.path("replay.json"), PackageFolders.firstRun,
    ]) { _ in
      waitUntil { host.serves(queueCount: 1) }
      // The device is open by then, and not all is sent.
      WorkerThread.sleep(400_000_000)
      kill(host.identifier, SIGSTOP)
      // All is sent by then, into rings that nobody reads.
      WorkerThread.sleep(2_000_000_000)
      host.end(by: SIGKILL)
    }
    #expect(outcome.status == 1)
    let result = try folder.json("replay.json")
    #expect((result["lost"] as? [String: Any])?["packets"] as? Int ?? 0 > 0)
    #expect(result["reconnections"] as? Int == 0)
    try expectBalance(result)
  }

  private func expectBalance(_ result: [String: Any]) throws {
    func packets(_ key: String) throws -> UInt64 {
      try #require((result[key] as? [String: Any])?["packets"] as? UInt64)
    }
    #expect(try packets("offered") == packets("refused") + packets("completed") + packets("failed") + packets("lost"))
    #expect(try packets("published") >= packets("completed"))
    #expect((result["problems"] as? [String])?.contains { $0.contains("add up") } == false)
  }
}
