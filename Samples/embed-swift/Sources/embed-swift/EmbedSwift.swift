import Dispatch
import NetVSC
import NetVSP
import Synchronization

/// Opens a device, sends frames from two threads by one queue, closes, and prints what became of each frame.
@main
struct EmbedSwift {
  static let frameCount = 50_000

  static func main() throws {
    // The other end: in this process, on threads of its own. It counts, and takes a digest of what it gets.
    let host = try Host(HostConfiguration(execution: .threads, sink: .verify))
    var configuration = DeviceConfiguration()
    configuration.sendersPerQueue = 2
    let device = try Device.open(host.offer, configuration)

    let total = Mutex(QueueCounters())
    let failures = Mutex<[any Error]>([])
    DispatchQueue.concurrentPerform(iterations: 2) { number in
      do {
        let counters = try sendFrames(on: device, asSender: number)
        total.withLock { $0 += counters }
      } catch {
        failures.withLock { $0.append(error) }
      }
    }
    device.close()
    host.shutDown()
    if let failure = failures.withLock(\.first) { throw failure }

    let counters = total.withLock { $0 }
    print("offered   ", counters.offered.packets, "packets,", counters.offered.bytes, "bytes")
    print("completed ", counters.completed.packets, "packets,", counters.completed.bytes, "bytes")
    print("failed", counters.failed.packets, "  lost", counters.lost.packets, "  refused", counters.refused.packets)
    print("host got  ", host.statistics().total.receivedPackets, "packets,", counters.messages, "messages")
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
