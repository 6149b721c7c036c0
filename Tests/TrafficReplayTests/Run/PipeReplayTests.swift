import Foundation
import Glibc
import PacketCapture
import SharedMemory
import Synchronization
import TestSupport
import Testing
import TrafficReplay

@Suite("A replay of a pipe", .timeLimit(.minutes(1)))
struct PipeReplayTests {
  private let folder: TemporaryFolder
  private let pipe: String

  init() throws {
    folder = try TemporaryFolder()
    pipe = folder.path("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
  }

  /// A capture of one packet, without its header unless it `begins` the file.
  private func capture(begins: Bool) throws -> Data {
    let path = folder.path("one.pcap")
    var writer = try CaptureWriter(path: path)
    try writer.append([UInt8](repeating: 5, count: 60), timestamp: 1_000_000_000)
    try writer.close()
    let bytes = try Data(contentsOf: URL(filePath: path))
    return begins ? bytes : bytes.dropFirst(CaptureWriter.fileHeaderByteCount)
  }

  /// Runs a replay of the pipe beside `body`, which gets its control and the pipe's other end.
  private func replay(
    _ change: (inout ReplayOptions) -> Void = { _ in },
    beside body: @escaping @Sendable (ReplayControl, FileHandle) -> Void
  ) throws -> ReplayResult {
    var options = ReplayOptions(capturePaths: [pipe], queueCount: 1)
    change(&options)
    let control = ReplayControl(senderCount: options.senderCount)
    let run = ReplayRun(options, control: control)
    let result = Mutex<ReplayResult?>(nil)
    let end = try #require(FileHandle(forUpdatingAtPath: pipe))
    try runConcurrently(2) { index in
      if index == 0 { result.withLock { $0 = run.run() } } else { body(control, end) }
    }
    return try #require(result.withLock { $0 })
  }

  @Test("sends a packet before the next one is there, whoever runs the host", arguments: HostMode.allCases)
  func promptly(hostMode: HostMode) throws {
    let (first, next) = (try capture(begins: true), try capture(begins: false))
    let sink = folder.path("sink.pcap")
    let result = try replay {
      $0.hostMode = hostMode
      $0.pace = .timed(speed: Rate(1))
      $0.sink = .pcap(path: sink)
    } beside: { control, pipe in
      for count in 1...5 as ClosedRange<UInt64> {
        try? pipe.write(contentsOf: count == 1 ? first : next)
        // Each packet is completed, and in the sink's file, before the next one is written.
        waitUntil { control.snapshot().completed.packets == count }
        let byteCount = 24 + 76 * count
        waitUntil { (try? FileManager.default.attributesOfItem(atPath: sink)[.size] as? UInt64) == byteCount }
      }
      try? pipe.close()
    }
    #expect(result.ledger.completed == Tally(packets: 5, bytes: 300))
    #expect(result.captures.map(\.ended) == [.end])
    #expect(ReplayStatus(of: result) == .complete)
  }

  @Test("that gives nothing more is interrupted, with an account of what came", arguments: HostMode.allCases)
  func interrupted(hostMode: HostMode) throws {
    let first = try capture(begins: true)
    let result = try replay {
      $0.hostMode = hostMode
    } beside: { control, pipe in
      try? pipe.write(contentsOf: first)
      waitUntil { control.snapshot().offered.packets >= 1 }
      control.requestStop()
    }
    #expect(result.ledger.completed.packets == 1)
    #expect(result.captures.map(\.ended) == [.interrupted])
    #expect(result.captures[0].packets == 1)
    #expect(result.problems == [])
    #expect(ReplayStatus(of: result) == .interrupted)
  }

  @Test("that nobody writes to is interrupted as well")
  func interruptedAtOnce() throws {
    let result = try replay { control, _ in
      WorkerThread.sleep(10_000_000)
      control.requestStop()
    }
    #expect(result.captures.map(\.ended) == [.interrupted])
    #expect(ReplayStatus(of: result) == .interrupted)
  }

  @Test("ends when its time is over, and is complete if something came", arguments: [true, false])
  func duration(isBegun: Bool) throws {
    let first = try capture(begins: true)
    let result = try replay {
      $0.duration = 300_000_000
    } beside: { _, pipe in
      if isBegun { try? pipe.write(contentsOf: first) }
    }
    #expect(result.captures.map(\.ended) == [.limit])
    #expect(result.ledger.completed.packets == (isBegun ? 1 : 0))
    #expect(ReplayStatus(of: result) == (isBegun ? .complete : .incomplete))
    #expect(result.problems.count == (isBegun ? 0 : 1))
  }

  @Test("does not wait for more packets than are asked for")
  func limit() throws {
    let bytes = try capture(begins: true) + capture(begins: false)
    let result = try replay {
      $0.packetLimit = 2
    } beside: { _, pipe in
      try? pipe.write(contentsOf: bytes)
    }
    #expect(result.ledger.completed.packets == 2)
    #expect(result.captures.map(\.ended) == [.limit])
    #expect(ReplayStatus(of: result) == .complete)
  }

  @Test("repeats what came slowly")
  func loops() throws {
    let (first, next) = (try capture(begins: true), try capture(begins: false))
    let result = try replay {
      $0.loopCount = 3
      $0.queueCount = 2
    } beside: { _, pipe in
      for index in 0..<40 {
        try? pipe.write(contentsOf: index == 0 ? first : next)
        WorkerThread.sleep(500_000)
      }
      try? pipe.close()
    }
    #expect(result.ledger.completed.packets == 120)
    #expect(ReplayStatus(of: result) == .complete)
  }
}
