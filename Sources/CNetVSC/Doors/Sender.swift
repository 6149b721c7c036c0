public import CNetVSCInterface
internal import NetVSC

/// Makes a sender of a device.
private func makeSender(
  _ device: OpaquePointer?, _ sender: UnsafeMutablePointer<OpaquePointer?>?,
  _ error: UnsafeMutablePointer<netvsc_error>?, _ body: (Device) throws(DeviceError) -> Sender
) -> netvsc_result {
  unsafe make(sender, error) { () throws(Failure) in
    let held: HeldDevice = unsafe try needed(device, "device")
    do throws(DeviceError) { return unsafe handle(try body(held.device)) } catch { throw .device(error) }
  }
}

@c @implementation
public func netvsc_sender_create(
  _ device: OpaquePointer?, _ queue: UInt32, _ sender: UnsafeMutablePointer<OpaquePointer?>?,
  _ error: UnsafeMutablePointer<netvsc_error>?
) -> netvsc_result {
  unsafe makeSender(device, sender, error) { device throws(DeviceError) in try device.makeSender(queue: Int(queue)) }
}

@c @implementation
public func netvsc_sender_create_at(
  _ device: OpaquePointer?, _ queue: UInt32, _ number: UInt32, _ sender: UnsafeMutablePointer<OpaquePointer?>?,
  _ error: UnsafeMutablePointer<netvsc_error>?
) -> netvsc_result {
  unsafe makeSender(device, sender, error) { device throws(DeviceError) in
    try device.makeSender(queue: Int(queue), number: Int(number))
  }
}

@c @implementation
public func netvsc_sender_create_for_processor(
  _ device: OpaquePointer?, _ processor: UInt32, _ sender: UnsafeMutablePointer<OpaquePointer?>?,
  _ error: UnsafeMutablePointer<netvsc_error>?
) -> netvsc_result {
  unsafe makeSender(device, sender, error) { device throws(DeviceError) in
    try device.makeSender(forProcessor: Int(processor))
  }
}

@c @implementation
public func netvsc_sender_finish(
  _ sender: OpaquePointer?, _ completion: netvsc_completion?, _ context: UnsafeMutableRawPointer?
) -> netvsc_result {
  unsafe useCalling(sender) { held in
    held.finish { frame in unsafe completion?(context, frame.cookie, netvsc_fate(frame.fate)) }
  }
}

@c @implementation
public func netvsc_sender_free(_ sender: OpaquePointer?) {
  // Not within one of its callbacks: the call that it came from goes on with the sender.
  guard unsafe useCalling(sender, { held in held.finish { _ in } }) != NETVSC_ERROR_BUSY else { return }
  guard let place = unsafe UnsafeMutablePointer<SenderPlace>(sender) else { return }
  unsafe place.deinitialize(count: 1)
  unsafe place.deallocate()
}

@c @implementation
public func netvsc_sender_get_error(
  _ sender: OpaquePointer?, _ error: UnsafeMutablePointer<netvsc_error>?
) -> netvsc_result {
  guard let error = unsafe error else { return NETVSC_ERROR_ARGUMENT }
  return unsafe use(sender) { held in
    _ = unsafe tell(held.failure, to: error)
    return NETVSC_OK
  }
}

@c @implementation
public func netvsc_sender_queue(_ sender: OpaquePointer?) -> UInt32 {
  unsafe ask(sender, otherwise: 0) { UInt32($0.queueIndex) }
}

@c @implementation
public func netvsc_sender_number(_ sender: OpaquePointer?) -> UInt32 {
  unsafe ask(sender, otherwise: 0) { UInt32($0.number) }
}

@c @implementation
public func netvsc_sender_in_flight(_ sender: OpaquePointer?) -> Int {
  unsafe ask(sender, otherwise: 0) { $0.inFlightCount }
}

@c @implementation
public func netvsc_sender_has_room(_ sender: OpaquePointer?) -> Bool {
  unsafe ask(sender, otherwise: false) { $0.hasRoom }
}

@c @implementation
public func netvsc_sender_is_stopped(_ sender: OpaquePointer?) -> Bool {
  unsafe ask(sender, otherwise: false) { $0.isStopped }
}

@c @implementation
public func netvsc_sender_is_closing(_ sender: OpaquePointer?) -> Bool {
  unsafe ask(sender, otherwise: false) { $0.isClosing }
}

@c @implementation
public func netvsc_sender_should_move(_ sender: OpaquePointer?) -> Bool {
  unsafe ask(sender, otherwise: false) { $0.shouldMove }
}
