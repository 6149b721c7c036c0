import Foundation
import HostSocket
import NetVSC
import NetworkInterface
import SharedMemory
import Synchronization
import TestSupport
import Testing

private let kills = LongTests.areWanted ? 50 : 3

@Suite("A host or a guest that is killed in the middle of traffic", .enabled(if: Program.isBuilt))
struct KilledTests {
  @Test("the host: its guest notices, holds no more than before, and accounts for every frame", .ownNetwork)
  func killedHost() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
      let problems = try TestNetwork.run {
        try TestNetwork.makePair("near", "far")
        var hosts = KilledHosts(count: kills, seed: 0x6B11)
        return try hosts.run()
      }
      for problem in problems { print(problem) }
      guard problems.isEmpty else { exit(1) }
    }
    print(String(decoding: result?.standardOutputContent ?? [], as: UTF8.self))
  }

  @Test("the guest: its host holds no more than before, and serves the next")
  func killedGuest() throws {
    let folder = try Folder()
    let path = folder.path("host")
    let host = try RunningProgram(["host", "--socket", path, "--sink", "verify", "--json", folder.path("host.json")])
    _ = try attachSoon(path)
    // Once the first guest is gone: what stays is what it led to once and for all, such as the program's own threads.
    var before = host.holdings
    for _ in 0..<100 {
      WorkerThread.sleep(5_000_000)
      let now = host.holdings
      if now.descriptors < before.descriptors || now.mappings < before.mappings { before = now }
    }
    var random = SeededGenerator(seed: 0x6B12)
    var times: [UInt64] = []
    for number in 0..<kills {
      let guest = try RunningProgram([
        "replay", "--device", path, "--loop", "0", "--queues", "2", "--quiet", PackageFolders.firstRun,
      ])
      #expect(waitUntil { host.serves(queueCount: 2) } != nil, "guest \(number) came")
      WorkerThread.sleep(UInt64.random(in: 0...100_000_000, using: &random))
      kill(guest.identifier, SIGKILL)
      let time = waitUntil { host.holdings == before }
      #expect(time ?? .max < 1_000_000_000, "guest \(number): \(host.holdings), before \(before)")
      times.append(time ?? 0)
    }
    print("killed guests: noticed and all given back after at most \((times.max() ?? 0) / 1_000_000) ms")
    let offer = try attachSoon(path)
    let device = try Device.open(offer)
    device.close()
    #expect(offer.report()?.violations == 0)
    #expect(host.end(by: SIGTERM) == 130)
    let json = try folder.json("host.json")
    let account = try #require(json["host"] as? [String: Any])
    let received = try #require(account["received"] as? [String: UInt64])
    #expect(json["guests"] as? Int == kills + 2)
    #expect(json["refused_guests"] as? Int == 0)
    #expect(received == account["delivered"] as? [String: UInt64])
    #expect(received["packets"] ?? 0 > 0)
    #expect(account["violations"] as? Int == 0)
    #expect(account["problem"] is NSNull)
    #expect(!FileManager.default.fileExists(atPath: path))
  }
}

/// Hosts that are killed one after the other while a guest in this process sends to them. Their sink is an interface, whose
/// other end counts what they delivered, whatever becomes of them.
private struct KilledHosts {
  let count: Int
  var random: SeededGenerator
  private var problems: [String] = []
  private var longestNotice: UInt64 = 0
  private var lost: UInt64 = 0

  init(count: Int, seed: UInt64) {
    self.count = count
    random = SeededGenerator(seed: seed)
  }

  mutating func run() throws -> [String] {
    let folder = try TemporaryFolder()
    var before: Holdings?
    for number in 0..<count {
      try runOne(number, path: folder.path("host"))
      let after = Holdings()
      if let before, before != after { problems.append("kill \(number): \(before) before, \(after) after") }
      before = before ?? after
    }
    if longestNotice >= 1_000_000_000 { problems.append("noticed after \(longestNotice) ns") }
    print("killed hosts: noticed after at most \(longestNotice / 1_000_000) ms; \(lost) frames lost")
    return problems
  }

  private mutating func runOne(_ number: Int, path: String) throws {
    let receiver = try PacketSocket(receivingFrom: InterfaceName("far")!, bufferByteCount: 1 << 26)
    let host = try RunningProgram(["host", "--socket", path, "--sink", "interface:near"])
    let offer = try attachSoon(path)
    var configuration = DeviceConfiguration()
    configuration.queueCount = 2
    let device = try Device.open(offer, configuration)
    let accounts = Mutex<[(QueueCounters, UInt64)]>([])
    let threads = try (0..<2).map { queue in
      try WorkerThread {
        let account = sendUntilFailure(through: device, queue: queue)
        accounts.withLock { $0.append(account) }
      }
    }
    let pause = UInt64.random(in: 0...60_000_000, using: &random)
    WorkerThread.sleep(pause)
    let killed = MonotonicClock.monotonic.now()
    host.end(by: SIGKILL)
    for thread in threads { thread.join() }
    device.close()
    let arrived = UInt64(try receiver.receive(atLeast: 0).count)
    let dropped = try receiver.takeDropCount()

    var sum = QueueCounters()
    for (counters, noticed) in accounts.withLock(\.self) {
      sum += counters
      longestNotice = max(longestNotice, noticed > killed ? noticed - killed : 0)
    }
    let (completed, published) = (sum.completed.packets, sum.published.packets)
    lost += sum.lost.packets
    if sum.offered.packets != sum.refused.packets + completed + sum.failed.packets + sum.lost.packets {
      problems.append("kill \(number): offered \(sum.offered.packets), which is not what became of them")
    }
    // Every frame was published before the next look.
    if sum.lost.packets != sum.offered.packets - completed || published > sum.offered.packets || published < completed {
      problems.append("kill \(number): lost \(sum.lost.packets), published \(published), completed \(completed)")
    }
    if sum.failed.packets > 0 { problems.append("kill \(number): \(sum.failed.packets) failed") }
    if arrived + dropped < completed || arrived > published {
      problems.append("kill \(number): \(arrived) arrived, \(completed) completed, \(published) published")
    }
  }
}

/// Sends frames until the host is gone. Returns what was counted, and when it was noticed.
private func sendUntilFailure(through device: Device, queue: Int) -> (QueueCounters, UInt64) {
  guard var sender = try? device.makeSender(queue: queue) else { return (QueueCounters(), 0) }
  let frame = frame(60 + 40 * queue)
  do throws(SenderError) {
    while true {
      for _ in 0..<4 where try sender.send(frame.span.bytes) == .wouldBlock { try sender.wait(timeout: 10_000_000) }
      try sender.flush()
      try sender.poll()
    }
  } catch {}
  let noticed = MonotonicClock.monotonic.now()
  var seen: UInt64
  repeat {
    // It throws again, after it has taken what there was.
    seen = sender.counters.completions
    _ = try? sender.poll()
  } while sender.counters.completions > seen
  return (sender.finish().counters, noticed)
}
