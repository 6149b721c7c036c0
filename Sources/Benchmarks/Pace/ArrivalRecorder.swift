internal import NetworkInterface
internal import SharedMemory
internal import Synchronization
internal import WireFormats

/// A frame that arrived: when the kernel had it, and what it was.
struct Arrival: Sendable, Equatable {
  /// In nanoseconds since 1970.
  let timestamp: Int64
  let digest: UInt64
}

/// Notes what arrives at an interface while others send.
final class ArrivalRecorder: Sendable {
  /// Room for a fifth of a second at 100,000 packets a second, should the recorder be kept from its work.
  private static let bufferByteCount = 64 << 20
  /// How long it leaves the sender in peace between two looks, in nanoseconds.
  private static let pause: UInt64 = 5_000_000
  /// How long nothing may arrive, in nanoseconds, before what is missing is lost.
  private static let patience: UInt64 = 300_000_000
  private static let frameByteLimit = 1 << 17

  private let socket: PacketSocket
  private let isSending = Atomic<Bool>(true)
  private let arrivals = Mutex<[Arrival]>([])
  private let failure = Mutex<InterfaceError?>(nil)

  private init(on interface: InterfaceName) throws(InterfaceError) {
    socket = try PacketSocket(receivingFrom: interface, bufferByteCount: Self.bufferByteCount)
  }

  /// What arrives while `body` runs, and behind it, and how much of it there was no room for.
  static func record(
    on interface: InterfaceName, while body: () throws -> Void
  ) throws -> (arrivals: [Arrival], dropCount: UInt64) {
    let recorder = try ArrivalRecorder(on: interface)
    let thread = try WorkerThread { recorder.run() }
    let outcome = Result(catching: body)
    recorder.isSending.store(false, ordering: .relaxed)
    thread.join()
    try outcome.get()
    if let failure = recorder.failure.withLock(\.self) { throw failure }
    return (recorder.arrivals.withLock(\.self), try recorder.socket.takeDropCount())
  }

  private func run() {
    var arrivals: [Arrival] = []
    var buffer = PrivateBytes(byteCount: Self.frameByteLimit)
    do throws(InterfaceError) {
      while isSending.load(ordering: .relaxed) || socket.wait(timeout: Self.patience) {
        WorkerThread.sleep(Self.pause)
        try takeAll(into: &arrivals, &buffer)
      }
    } catch {
      failure.withLock { $0 = error }
    }
    self.arrivals.withLock { $0 = arrivals }
  }

  private func takeAll(into arrivals: inout [Arrival], _ buffer: inout PrivateBytes) throws(InterfaceError) {
    while let frame = try receive(into: &buffer) {
      arrivals.append(
        Arrival(timestamp: frame.timestamp, digest: FrameDigest.hash(buffer.span(frame.range))))
    }
  }

  private func receive(into buffer: inout PrivateBytes) throws(InterfaceError) -> ReceivedFrame? {
    var span = buffer.mutableSpan(buffer.byteCount)
    return try socket.receive(into: &span)
  }
}
