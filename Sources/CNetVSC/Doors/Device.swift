public import CNetVSCInterface
internal import HostSocket
internal import NetVSC
internal import NetVSP
internal import VMBusRing

extension netvsc_device_options {
  /// What a device is opened with by default.
  fileprivate static var defaults: Self {
    let configuration = DeviceConfiguration()
    var options = unsafe Self()
    unsafe options.size = MemoryLayout<Self>.size
    unsafe options.queue_count = UInt32(configuration.queueCount)
    unsafe options.senders_per_queue = UInt32(configuration.sendersPerQueue)
    unsafe options.ring_mode = NETVSC_RING_AUTOMATIC
    unsafe options.frame_size = UInt32(configuration.frameByteCount)
    unsafe options.ring_size = UInt32(configuration.ringByteCount)
    unsafe options.sections_per_queue = UInt32(configuration.sectionsPerQueue)
    unsafe options.spare_sections = UInt32(configuration.spareSections)
    unsafe options.packets_per_message = UInt32(configuration.packetsPerMessage)
    unsafe options.lent_frames_per_queue = UInt32(configuration.lentFramesPerQueue)
    unsafe options.large_buffers_per_queue = UInt32(configuration.largeBuffersPerQueue)
    unsafe options.copy_threshold = UInt32(configuration.copyThreshold)
    unsafe options.receives_frames = configuration.receivesFrames
    unsafe options.receive_buffer_size = UInt32(configuration.receiveBufferByteCount)
    unsafe options.answer_timeout = configuration.answerTimeout
    unsafe options.newest_version = configuration.newestVersion
    return unsafe options
  }

  /// The same for Swift. The values themselves are judged when a device is opened.
  fileprivate func configuration() throws(Failure) -> DeviceConfiguration {
    var configuration = DeviceConfiguration()
    configuration.queueCount = Int(unsafe queue_count)
    configuration.sendersPerQueue = Int(unsafe senders_per_queue)
    configuration.ringMode = try unsafe ring_mode.ringMode()
    configuration.frameByteCount = Int(unsafe frame_size)
    configuration.ringByteCount = Int(unsafe ring_size)
    configuration.sectionsPerQueue = Int(unsafe sections_per_queue)
    configuration.spareSections = Int(unsafe spare_sections)
    configuration.packetsPerMessage = Int(unsafe packets_per_message)
    configuration.lentFramesPerQueue = Int(unsafe lent_frames_per_queue)
    configuration.largeBuffersPerQueue = Int(unsafe large_buffers_per_queue)
    configuration.copyThreshold = Int(unsafe copy_threshold)
    configuration.receivesFrames = unsafe receives_frames
    configuration.receiveBufferByteCount = Int(unsafe receive_buffer_size)
    configuration.answerTimeout = unsafe answer_timeout
    configuration.newestVersion = unsafe newest_version
    if let clock = unsafe clock {
      let clock = unsafe CallbackClock(clock, clock_context)
      configuration.clock = MonotonicClock { clock.now() }
    }
    return configuration
  }
}

/// What C asks of a device; the defaults for NULL.
private func configuration(
  _ options: UnsafePointer<netvsc_device_options>?
) throws(Failure) -> DeviceConfiguration {
  var known = unsafe netvsc_device_options.defaults
  if let options = unsafe options, unsafe !read(options, over: &known) { throw .badOptions }
  return try unsafe known.configuration()
}

extension netvsc_ring_mode {
  /// The same for Swift.
  fileprivate func ringMode() throws(Failure) -> RingMode? {
    switch self {
    case NETVSC_RING_AUTOMATIC: nil
    case NETVSC_RING_EXCLUSIVE: .exclusive
    case NETVSC_RING_ORDERED: .ordered
    case NETVSC_RING_COOPERATIVE: .cooperative
    default: throw .argument("ring_mode: one of NETVSC_RING_, not \(rawValue)")
    }
  }
}

@c @implementation
public func netvsc_device_options_init(_ options: UnsafeMutablePointer<netvsc_device_options>?, _ size: Int) {
  if unsafe write(.defaults, to: options, size) { unsafe options!.pointee.size = size }
}

@c @implementation
public func netvsc_open(
  _ host: OpaquePointer?, _ options: UnsafePointer<netvsc_device_options>?,
  _ device: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<netvsc_error>?
) -> netvsc_result {
  unsafe make(device, error) { () throws(Failure) in
    let host: Host = unsafe try needed(host, "host")
    return try unsafe open(host.offer, options)
  }
}

@c @implementation
public func netvsc_open_path(
  _ path: UnsafePointer<CChar>?, _ options: UnsafePointer<netvsc_device_options>?,
  _ device: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<netvsc_error>?
) -> netvsc_result {
  unsafe make(device, error) { () throws(Failure) in
    guard let path = unsafe path else { throw .null("path") }
    let offer: DeviceOffer
    do throws(SocketError) {
      offer = try .attach(path: unsafe String(cString: path))
    } catch {
      throw .socket(error)
    }
    return try unsafe open(offer, options)
  }
}

private func open(
  _ offer: DeviceOffer, _ options: UnsafePointer<netvsc_device_options>?
) throws(Failure) -> OpaquePointer {
  let configuration = try unsafe configuration(options)
  return unsafe handle(try withDeviceErrors { () throws(DeviceError) in try HeldDevice(opening: offer, configuration) })
}

@c @implementation
public func netvsc_device_close(_ device: OpaquePointer?, _ timeout: UInt64) -> netvsc_result {
  attempt(nil) { () throws(Failure) in
    let held: HeldDevice = unsafe try needed(device, "device")
    guard held.device.close(timeout: timeout) else { throw .plain(NETVSC_ERROR_TIMEOUT) }
  }
}

@c @implementation
public func netvsc_device_reopen(
  _ device: OpaquePointer?, _ options: UnsafePointer<netvsc_device_options>?, _ timeout: UInt64,
  _ error: UnsafeMutablePointer<netvsc_error>?
) -> netvsc_result {
  unsafe attempt(error) { () throws(Failure) in
    let held: HeldDevice = unsafe try needed(device, "device")
    let configuration = try unsafe configuration(options)
    try withDeviceErrors { () throws(DeviceError) in try held.reopen(configuration, timeout: timeout) }
  }
}

@c @implementation
public func netvsc_device_free(_ device: OpaquePointer?) {
  let held: HeldDevice? = unsafe release(device)
  held?.device.close()
}

@c @implementation
public func netvsc_device_get_properties(
  _ device: OpaquePointer?, _ properties: UnsafeMutablePointer<netvsc_device_properties>?, _ size: Int
) -> netvsc_result {
  attempt(nil) { () throws(Failure) in
    let held: HeldDevice = unsafe try needed(device, "device")
    guard unsafe write(held.properties, to: properties, size) else { throw .null("properties") }
  }
}

@c @implementation
public func netvsc_device_get_host_statistics(
  _ device: OpaquePointer?, _ statistics: UnsafeMutablePointer<netvsc_host_statistics>?, _ size: Int
) -> netvsc_result {
  attempt(nil) { () throws(Failure) in
    let held: HeldDevice = unsafe try needed(device, "device")
    guard let report = held.hostReport() else { throw .plain(NETVSC_ERROR_UNSUPPORTED) }
    guard unsafe write(netvsc_host_statistics(report), to: statistics, size) else { throw .null("statistics") }
  }
}

@c @implementation
public func netvsc_device_host_problem(
  _ device: OpaquePointer?, _ text: UnsafeMutablePointer<CChar>?, _ size: Int
) -> Int {
  let held: HeldDevice? = unsafe object(device)
  return unsafe write(held?.hostReport()?.problem, to: text, size)
}

@c @implementation
public func netvsc_device_link_is_up(_ device: OpaquePointer?) -> Bool {
  unsafe object(device, as: HeldDevice.self)?.device.isLinkUp ?? false
}

@c @implementation
public func netvsc_device_status_indications(_ device: OpaquePointer?) -> UInt64 {
  unsafe object(device, as: HeldDevice.self)?.device.statusIndicationCount ?? 0
}
