import Dispatch
import NetVSC
import NetVSP
import Synchronization

/// Opens a device, sends frames from two threads by one queue, closes, and prints what became of each frame.
@main
struct EmbedSwift {
  static let frameCount = 50_000

  static func main() throws {
    // The other end: in this process, on threads of its own. It checks and counts what it gets, and drops it.
    let host = try Host(HostConfiguration(execution: .threads, sink: .null))
    var configuration = DeviceConfiguration()
    configuration.sendersPerQueue = 2
    let device = try Device.open(host.offer, configuration)

    let results = Mutex<[Result<QueueCounters, any Error>?]>([nil, nil])
    DispatchQueue.concurrentPerform(iterations: 2) { number in
      let result = Result { try sendFrames(on: device, asSender: number) }
      results.withLock { $0[number] = result }
    }
    device.close()

    for (number, result) in results.withLock({ $0 }).enumerated() {
      guard let counters = try result?.get() else { continue }
      print(
        "sender \(number): offered \(counters.offered.packets)  completed \(counters.completed.packets)",
        " failed \(counters.failed.packets)  lost \(counters.lost.packets)")
    }
    let seen = host.statistics().total
    print("host got \(seen.receivedPackets) packets, \(seen.receivedBytes) bytes")
    host.shutDown()
  }

  /// What one thread does. The sender is its own, from its making to its finish.
  static func sendFrames(on device: Device, asSender number: Int) throws -> QueueCounters {
    var sender = try device.makeSender(queue: 0, number: number)
    // To the broadcast address, from a local one, of an experimental EtherType; 60 bytes with the payload.
    var frame = [UInt8](repeating: 0xff, count: 6) + [2, 0, 0, 0, 0, UInt8(number), 0x88, 0xb5]
    frame += [UInt8](repeating: 0, count: 46)
    for _ in 0..<frameCount {
      while try sender.send(frame.span.bytes) == .wouldBlock {
        try sender.flush()  // the host sees what was sent so far
        try sender.poll()  // completions give room back
        if !sender.hasRoom { try sender.wait(timeout: 1_000_000) }  // 1 ms at most
      }
    }
    _ = try sender.drain(timeout: 1_000_000_000)  // publishes the rest, and waits for its completions
    return sender.finish().counters
  }
}
