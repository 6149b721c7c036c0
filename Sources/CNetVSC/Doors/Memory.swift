public import CNetVSCInterface
internal import NetVSC

@c @implementation
public func netvsc_memory_allocate(
  _ device: OpaquePointer?, _ size: Int, _ memory: UnsafeMutablePointer<OpaquePointer?>?,
  _ error: UnsafeMutablePointer<netvsc_error>?
) -> netvsc_result {
  unsafe make(memory, error) { () throws(Failure) in
    let held: HeldDevice = unsafe try needed(device, "device")
    return unsafe handle(try withDeviceErrors { () throws(DeviceError) in try held.device.allocate(byteCount: size) })
  }
}

@c @implementation
public func netvsc_memory_register(
  _ device: OpaquePointer?, _ descriptor: Int32, _ memory: UnsafeMutablePointer<OpaquePointer?>?,
  _ error: UnsafeMutablePointer<netvsc_error>?
) -> netvsc_result {
  unsafe make(memory, error) { () throws(Failure) in
    let held: HeldDevice = unsafe try needed(device, "device")
    return unsafe handle(
      try withDeviceErrors { () throws(DeviceError) in try held.device.register(memoryFile: descriptor) })
  }
}

@c @implementation
public func netvsc_memory_bytes(_ memory: OpaquePointer?) -> UnsafeMutableRawPointer? {
  unsafe object(memory, as: FrameMemory.self)?.start
}

@c @implementation
public func netvsc_memory_size(_ memory: OpaquePointer?) -> Int {
  unsafe object(memory, as: FrameMemory.self)?.byteCount ?? 0
}

@c @implementation
public func netvsc_memory_release(_ memory: OpaquePointer?) { _ = unsafe release(memory, as: FrameMemory.self) }

extension FrameMemory {
  /// Where its bytes begin: good as long as it is held.
  var start: UnsafeMutableRawPointer? {
    var span = mutableSpan(0..<byteCount)
    return unsafe span.withUnsafeMutableBytes { $0.baseAddress }
  }
}
