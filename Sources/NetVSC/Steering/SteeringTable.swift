internal import SharedMemory
internal import Synchronization
internal import VMBusRing
internal import WireFormats

/// How flows find their queue now. Whoever reads the primary channel takes the host's tables in, and anybody looks.
final class SteeringTable: Sendable {
  private let version: NVSPVersion
  private let queueCount: Int
  private let newest: Mutex<FlowSteering>

  /// `table` is what the host sent so far, in the messages of `version`; nil: nothing.
  init(_ table: SendIndirectionTable?, version: NVSPVersion, queueCount: Int) {
    self.version = version
    self.queueCount = queueCount
    newest = Mutex(FlowSteering(table: table, queueCount: queueCount))
  }

  var current: FlowSteering { newest.withLock { $0 } }

  /// Takes in what a packet tells. Returns false when it tells nothing of this.
  func take(_ packet: borrowing IncomingPacket<MappedRing>) -> Bool {
    guard packet.payloadByteCount >= 8 else { return false }
    let type = UInt32(truncatingIfNeeded: packet.word(at: packet.descriptor.payloadOffset))
    guard type == SendIndirectionTable.type.rawValue,
      let table = SendIndirectionTable(payload: packet.payload, version: version)
    else { return false }
    let steering = FlowSteering(table: table, queueCount: queueCount)
    newest.withLock { $0 = steering }
    return true
  }
}

extension SendIndirectionTable {
  /// The table of a message 134; nil for any other message.
  init?(payload: [UInt8], version: NVSPVersion) {
    guard !payload.isEmpty else { return nil }
    let bytes = PrivateBytes(copying: payload)
    do {
      try self.init(parsing: bytes.span(bytes.byteCount), version: version)
    } catch {
      return nil
    }
  }
}

extension IncomingPacket where Memory == MappedRing {
  /// A copy of the payload, padding included.
  var payload: [UInt8] { (descriptor.payloadOffset..<descriptor.byteCount).map { byte(at: $0) } }
}
