public import CNetVSCInterface
internal import NetVSC
internal import NetVSP
internal import VirtualSwitch

extension netvsc_host_options {
  /// What a host is made with by default.
  fileprivate static var defaults: Self {
    let configuration = HostConfiguration()
    var options = unsafe Self()
    unsafe options.size = MemoryLayout<Self>.size
    unsafe options.newest_version = configuration.highestProtocolVersion.rawValue
    unsafe options.channel_limit = UInt32(configuration.maximumChannelCount)
    unsafe options.granted_subchannel_limit = .max
    unsafe options.offers_checksums = configuration.offloads.contains(.checksums)
    unsafe options.offers_large_sends = configuration.offloads.contains(.largeSends)
    unsafe options.fault_silent_after = .max
    unsafe options.fault_failing_after = .max
    unsafe options.fault_hanging_after = .max
    unsafe options.fault_dying_after = .max
    unsafe options.fault_duplicating_after = .max
    unsafe options.fault_inventing_after = .max
    unsafe options.fault_delay = .max
    return unsafe options
  }

  /// What the caller's options come to; NULL for the defaults.
  static func configuration(_ options: UnsafePointer<Self>?) throws(Failure) -> HostConfiguration {
    var known = unsafe Self.defaults
    if let options = unsafe options, unsafe !read(options, over: &known) { throw .badOptions }
    return unsafe try known.configuration()
  }

  /// The same for Swift.
  private func configuration() throws(Failure) -> HostConfiguration {
    var configuration = HostConfiguration(execution: unsafe runs_inline ? .inline : .threads)
    configuration.readsPrivateMemory = unsafe reads_private_memory
    if let wall_clock = unsafe wall_clock {
      let clock = unsafe CallbackClock(wall_clock, wall_clock_context)
      configuration.wallClock = { Int64(clamping: clock.now()) }
    }
    guard let version = unsafe HostProtocolVersion(rawValue: newest_version) else {
      throw .argument("newest_version: one of NETVSC_VERSION_, not \(unsafe newest_version)")
    }
    configuration.highestProtocolVersion = version
    guard unsafe (1...UInt32(HostConfiguration.channelLimit)).contains(channel_limit) else {
      throw .argument("channel_limit: from 1 to \(HostConfiguration.channelLimit), not \(unsafe channel_limit)")
    }
    configuration.maximumChannelCount = Int(unsafe channel_limit)
    configuration.grantedSubchannelLimit = Int(unsafe granted_subchannel_limit)
    if unsafe section_size != 0 {
      guard unsafe section_size >= 72 && section_size % 8 == 0 else {
        throw .argument("section_size: a multiple of 8, at least 72, not \(unsafe section_size)")
      }
      configuration.sectionByteCount = Int(unsafe section_size)
    }
    configuration.offloads = []
    if unsafe offers_checksums { configuration.offloads.insert(.checksums) }
    if unsafe offers_large_sends { configuration.offloads.insert(.largeSends) }
    configuration.faults = unsafe faults
    guard unsafe fault_loss_per_million <= 1_000_000 else {
      throw .argument("fault_loss_per_million: at most 1000000, not \(unsafe fault_loss_per_million)")
    }
    if unsafe fault_loss_per_million > 0 {
      configuration.faults.loss = unsafe FrameLoss(perMillion: fault_loss_per_million, seed: fault_seed)
    }
    // Last, as it makes interfaces.
    var ports = TapPorts(joinsSegments: unsafe joins_segments)
    configuration.sink = try unsafe frameSink(&ports)
    configuration.source = try unsafe frameSource(&ports)
    return configuration
  }

  private var faults: HostFaults {
    func when(_ count: UInt64) -> UInt64? { count == .max ? nil : count }
    var faults = HostFaults()
    faults.silentAfter = when(unsafe fault_silent_after)
    faults.failingAfter = when(unsafe fault_failing_after)
    faults.hangingAfter = when(unsafe fault_hanging_after)
    faults.dyingAfter = when(unsafe fault_dying_after)
    faults.duplicatingAfter = when(unsafe fault_duplicating_after)
    faults.inventingAfter = when(unsafe fault_inventing_after)
    faults.delay = when(unsafe fault_delay)
    if unsafe fault_closed_from_subchannel > 0 {
      faults.closedFromSubchannel = Int(unsafe fault_closed_from_subchannel)
    }
    return faults
  }

  private func frameSink(_ ports: inout TapPorts) throws(Failure) -> HostSink {
    if let deliver = unsafe deliver { return unsafe .frames(CallbackSink(deliver, deliver_context)) }
    guard let sink = unsafe sink else { return .null }
    switch unsafe String(cString: sink) {
    case "null": return .null
    case "verify": return .verify
    case let name:
      guard let port = try ports.open(name) else { throw .argument("sink: null, verify or tap:NAME, not \(name)") }
      return .frames(port)
    }
  }

  private func frameSource(_ ports: inout TapPorts) throws(Failure) -> (any FrameSource)? {
    if let fetch = unsafe fetch {
      guard let waiting = unsafe wait else { throw .null("wait, beside fetch,") }
      return unsafe CallbackSource(fetch, waiting, fetch_context)
    }
    guard let source = unsafe source.map({ unsafe String(cString: $0) }) else { return nil }
    guard let port = try ports.open(source) else { throw .argument("source: tap:NAME, not \(source)") }
    return port
  }
}

@c @implementation
public func netvsc_host_options_init(_ options: UnsafeMutablePointer<netvsc_host_options>?, _ size: Int) {
  if unsafe write(.defaults, to: options, size) { unsafe options!.pointee.size = size }
}

@c @implementation
public func netvsc_host_create(
  _ options: UnsafePointer<netvsc_host_options>?, _ host: UnsafeMutablePointer<OpaquePointer?>?,
  _ error: UnsafeMutablePointer<netvsc_error>?
) -> netvsc_result {
  unsafe make(host, error) { () throws(Failure) in
    let configuration = unsafe try netvsc_host_options.configuration(options)
    do throws(SystemError) {
      return unsafe handle(try Host(configuration))
    } catch {
      throw .system(error)
    }
  }
}

@c @implementation
public func netvsc_host_shut_down(_ host: OpaquePointer?) -> netvsc_result {
  attempt(nil) { () throws(Failure) in
    let host: Host = unsafe try needed(host, "host")
    host.shutDown()
  }
}

@c @implementation
public func netvsc_host_restart(
  _ host: OpaquePointer?, _ error: UnsafeMutablePointer<netvsc_error>?
) -> netvsc_result {
  unsafe attempt(error) { () throws(Failure) in
    let host: Host = unsafe try needed(host, "host")
    do throws(SystemError) {
      try host.restart()
    } catch {
      throw .system(error)
    }
  }
}

@c @implementation
public func netvsc_host_get_statistics(
  _ host: OpaquePointer?, _ channel: Int32, _ statistics: UnsafeMutablePointer<netvsc_host_statistics>?, _ size: Int
) -> netvsc_result {
  attempt(nil) { () throws(Failure) in
    let host: Host = unsafe try needed(host, "host")
    let all = host.statistics()
    guard channel < all.channels.count else { throw .argument("there is no channel \(channel)") }
    let counted = channel < 0 ? netvsc_host_statistics(all) : netvsc_host_statistics(all.channels[Int(channel)])
    guard unsafe write(counted, to: statistics, size) else { throw .null("statistics") }
  }
}

@c @implementation
public func netvsc_host_problem(_ host: OpaquePointer?, _ text: UnsafeMutablePointer<CChar>?, _ size: Int) -> Int {
  let host: Host? = unsafe object(host)
  return unsafe write(host?.statistics().problem, to: text, size)
}

@c @implementation
public func netvsc_host_free(_ host: OpaquePointer?) {
  let host: Host? = unsafe release(host)
  host?.shutDown()
}
