public import CNetVSCInterface
internal import NetVSC

private let hashing = FlowSteering()

@c @implementation
public func netvsc_flow_hash(_ frame: UnsafeRawPointer?, _ size: Int) -> UInt32 {
  guard let bytes = unsafe bytes(frame, size) else { return 0 }
  return hashing.flowHash(of: bytes)
}

@c @implementation
public func netvsc_device_get_steering(
  _ device: OpaquePointer?, _ steering: UnsafeMutablePointer<netvsc_steering>?
) -> netvsc_result {
  attempt(nil) { () throws(Failure) in
    let held: HeldDevice = unsafe try needed(device, "device")
    guard let steering = unsafe steering else { throw .null("steering") }
    let table = held.device.flowSteering
    unsafe withUnsafeMutableBytes(of: &steering.pointee.queues) { bytes in
      let queues = unsafe bytes.bindMemory(to: UInt32.self)
      for entry in queues.indices { unsafe queues[entry] = UInt32(table.queue(forFlowHash: UInt32(entry))) }
    }
  }
}

@c @implementation
public func netvsc_device_processor_queue(_ device: OpaquePointer?, _ processor: UInt32) -> UInt32 {
  unsafe UInt32(object(device, as: HeldDevice.self)?.device.queue(forProcessor: Int(processor)) ?? 0)
}

@c @implementation
public func netvsc_device_map_processor(_ device: OpaquePointer?, _ processor: UInt32, _ queue: UInt32) -> netvsc_result
{
  attempt(nil) { () throws(Failure) in
    let held: HeldDevice = unsafe try needed(device, "device")
    // The handle may lead to another device a moment later.
    let device = held.device
    guard queue < device.queueCount else { throw .plain(NETVSC_ERROR_TAKEN) }
    device.map(processor: Int(processor), toQueue: Int(queue))
  }
}
