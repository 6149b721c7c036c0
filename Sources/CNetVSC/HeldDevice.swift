internal import CNetVSCInterface
internal import HostSocket
internal import NetVSC
internal import VMBusRing
internal import Synchronization

/// A device that C holds. Opened anew it is another one for Swift, and the same for C.
final class HeldDevice: Sendable {
  /// What it was opened with, where the device does not tell.
  private struct Opened {
    let device: Device
    let configuration: DeviceConfiguration
  }
  private let opened: Mutex<Opened>
  /// Where it comes from: a host in another process can be asked what it counted.
  private let offer: DeviceOffer

  init(opening offer: DeviceOffer, _ configuration: DeviceConfiguration) throws(DeviceError) {
    self.offer = offer
    let device = try Device.open(offer, configuration)
    opened = Mutex(Opened(device: device, configuration: configuration))
  }

  var device: Device { opened.withLock { $0.device } }

  func reopen(_ configuration: DeviceConfiguration, timeout: UInt64) throws(DeviceError) {
    // Outside of the lock, as it takes its time.
    let device = try device.reopen(configuration, timeout: timeout)
    opened.withLock { $0 = Opened(device: device, configuration: configuration) }
  }

  /// What a host in another process counted; nil where the host is in this one, or gone.
  func hostReport() -> HostReport? { offer.report() }

  var properties: netvsc_device_properties {
    let (device, configuration) = opened.withLock { ($0.device, $0.configuration) }
    var properties = netvsc_device_properties(device)
    properties.senders_per_queue = UInt32(configuration.sendersPerQueue)
    properties.receives_frames = configuration.receivesFrames
    return properties
  }
}

extension netvsc_device_properties {
  fileprivate init(_ device: Device) {
    self.init()
    queue_count = UInt32(device.queueCount)
    frame_size = UInt32(device.maximumFrameByteCount)
    minimum_frame_size = UInt32(Sender.minimumFrameByteCount)
    // What is in front of an IP packet is the shortest frame.
    mtu = frame_size - minimum_frame_size
    large_send_size_ipv4 = UInt32(device.offloads.largeSendIPv4?.maximumByteCount ?? 0)
    large_send_size_ipv6 = UInt32(device.offloads.largeSendIPv6?.maximumByteCount ?? 0)
    large_send_minimum_segments_ipv4 = UInt32(device.offloads.largeSendIPv4?.minimumSegmentCount ?? 0)
    large_send_minimum_segments_ipv6 = UInt32(device.offloads.largeSendIPv6?.minimumSegmentCount ?? 0)
    offloads = device.offloads.flags
    part_limit = UInt32(Sender.maximumPartCount)
    burst_limit = UInt32(Sender.burstCapacity)
    scales_receives = device.scalesReceives
    lends_private_memory = device.lendsPrivateMemory
    let bytes = device.addressBytes
    address = (bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5])
    write(device.protocolVersion, to: &protocol_version)
  }
}

extension DeviceOffloads {
  /// As NETVSC_OFFLOAD_.
  fileprivate var flags: UInt32 {
    var flags = 0
    if checksums.contains(.ipv4Header) { flags |= NETVSC_OFFLOAD_IPV4_HEADER }
    if checksums.contains(.tcpIPv4) { flags |= NETVSC_OFFLOAD_TCP }
    if checksums.contains(.udpIPv4) { flags |= NETVSC_OFFLOAD_UDP }
    if checksums.contains(.tcpIPv6) { flags |= NETVSC_OFFLOAD_TCP_IPV6 }
    if checksums.contains(.udpIPv6) { flags |= NETVSC_OFFLOAD_UDP_IPV6 }
    if largeSendIPv4 != nil { flags |= NETVSC_OFFLOAD_LARGE_SEND }
    if largeSendIPv6 != nil { flags |= NETVSC_OFFLOAD_LARGE_SEND_IPV6 }
    if takesVLANTags { flags |= NETVSC_OFFLOAD_VLAN }
    return UInt32(flags)
  }
}
