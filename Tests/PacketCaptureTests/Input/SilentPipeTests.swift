import Foundation
import PacketCapture
import Synchronization
import TestSupport
import Testing

@Suite("a pipe that gives nothing")
struct SilentPipeTests {
  @Test("is given up when that is asked for, before anybody writes to it", .timeLimit(.minutes(1)))
  func withoutWriter() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("pipe")
    #expect(mkfifo(path, 0o600) == 0)
    let asked = Atomic<Int>(0)
    #expect(throws: CaptureError.stopped(path: path, afterPackets: 0)) {
      _ = try CaptureReader(path: path) { asked.add(1, ordering: .relaxed).newValue > 3 }.packetCount
    }
  }

  @Test("is told of while it is waited for, then given up", .timeLimit(.minutes(1)))
  func afterPackets() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("pipe")
    #expect(mkfifo(path, 0o600) == 0)
    let writer = FileHandle(forUpdatingAtPath: path)
    var image = PcapImage()
    image.appendRecord(seconds: 1, fraction: 0, [1, 2, 3])
    try writer?.write(contentsOf: Data(image.bytes))

    let isStopped = Mutex(false)
    var reader = try CaptureReader(path: path) { isStopped.withLock(\.self) }
    let canBeReadAgain = reader.canBeReadAgain
    let hasFirst = try reader.next() != nil
    #expect(!canBeReadAgain && hasFirst)
    var waits = 0
    var error: CaptureError?
    do throws(CaptureError) {
      _ = try reader.next {
        waits += 1
        if waits == 2 { isStopped.withLock { $0 = true } }
      }
    } catch let caught {
      error = caught
    }
    #expect(error == .stopped(path: path, afterPackets: 1))
    #expect(waits == 2)
    try writer?.close()
  }
}
