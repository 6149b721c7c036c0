internal import SharedMemory
internal import WireFormats

/// The virtual network adapter as its objects show it.
struct NetworkAdapter {
  private static let supportedObjects: [OID] = [
    .supportedList, .maximumFrameSize, .linkSpeed, .currentPacketFilter, .mediaConnectStatus,
    .receiveScaleCapabilities, .receiveScaleParameters, .permanentAddress, .currentAddress, .tcpOffloadParameters,
    .tcpOffloadCurrentConfiguration, .tcpOffloadHardwareCapabilities,
  ]
  /// From the range of the hypervisor's vendor, as guests expect it.
  static let address = EthernetAddress(0x00, 0x15, 0x5D, 0x01, 0x02, 0x03)
  /// 10 Gbit/s, in units of 100 bit/s.
  private static let linkSpeed = LinkSpeed(rawValue: 100_000_000)
  private static let ethernetHeaderByteCount: UInt32 = 14
  /// What common guests spread received frames by.
  private static let indirectionEntryCount: UInt16 = 128
  /// TCP packets of any length are cut, into two segments or more.
  private static let largeSend = NDISOffloadCapabilities.LargeSend(
    maximumByteCount: 0xFFFF, minimumSegmentCount: 2)

  /// The version that was agreed.
  let version: NVSPVersion
  /// The longest frame that the guest and the host agreed on.
  let frameByteCount: UInt32
  /// The channels that the guest has.
  let channelCount: Int
  /// The channels that it could have.
  let maximumChannelCount: Int
  /// The work on frames that it offers.
  var offloads = HostOffloads.all
  /// Where frames for the guest go, by what it sets.
  var link: GuestLink?

  /// Writes an object's value. Returns its byte count; nil when the adapter has no such object, or not for reading.
  func value(of oid: OID, into bytes: inout PrivateBytes) -> Int? {
    switch oid {
    case .supportedList:
      var out = bytes.mutableSpan(4 * Self.supportedObjects.count)
      for (index, object) in Self.supportedObjects.enumerated() {
        out.storeLittleEndian(object.rawValue, at: 4 * index)
      }
      return out.byteCount
    case .maximumFrameSize:
      return emit(MaximumFrameSize(rawValue: frameByteCount - Self.ethernetHeaderByteCount), into: &bytes)
    case .linkSpeed: return emit(Self.linkSpeed, into: &bytes)
    case .mediaConnectStatus: return emit(MediaConnectStatus.connected, into: &bytes)
    case .permanentAddress, .currentAddress: return emit(Self.address, into: &bytes)
    case .receiveScaleCapabilities:
      let capabilities = NDISReceiveScaleCapabilities(
        hash: [.toeplitz, .ipv4, .tcpIPv4, .ipv6], interruptMessageCount: UInt32(maximumChannelCount),
        receiveQueueCount: UInt32(maximumChannelCount), indirectionEntryCount: Self.indirectionEntryCount)
      return emit(capabilities, into: &bytes)
    case .tcpOffloadHardwareCapabilities, .tcpOffloadCurrentConfiguration:
      return emit(offloadCapabilities, into: &bytes)
    default: return nil
    }
  }

  private func emit(_ value: some OIDValue, into bytes: inout PrivateBytes) -> Int {
    var out = bytes.mutableSpan(value.encodedSize)
    value.emit(into: &out)
    return value.encodedSize
  }

  /// Judges a value that the guest sets, and goes by it.
  func set(_ oid: OID, to data: RawSpan) -> RNDISStatus {
    do throws(WireError) {
      switch oid {
      case .currentPacketFilter: link?.set(filter: try PacketFilter(parsing: data))
      case .receiveScaleParameters:
        let parameters = try NDISReceiveScaleParameters(parsing: data)
        guard parameters.indirectionTable.allSatisfy({ $0 < channelCount }) else { return .invalidData }
        link?.set(scaling: ReceiveScaling(parameters))
      case .tcpOffloadParameters:
        // All is taken but the first version of large sends, which the data path does not do.
        guard try NDISOffloadParameters(parsing: data).largeSendVersion1 != .on else { return .notSupported }
      default: return .notSupported
      }
      return .success
    } catch .truncated {
      return .failure
    } catch {
      return .invalidData
    }
  }

  /// Of what the data path does where a packet asks for it, whatever was set, as much as is offered.
  private var offloadCapabilities: NDISOffloadCapabilities {
    let fillsChecksums = offloads.contains(.checksums)
    let largeSend = offloads.contains(.largeSends) ? Self.largeSend : nil
    return NDISOffloadCapabilities(
      revision: version.offloadRevision,
      checksumsIPv4: fillsChecksums ? [.ipOptions, .tcpOptions, .tcp, .udp, .ipHeader] : [],
      checksumsIPv6: fillsChecksums ? [.ipOptions, .tcpOptions, .tcp, .udp] : [], largeSendIPv4: largeSend,
      largeSendIPv6: largeSend, largeSendIPv6Headers: largeSend == nil ? [] : [.ipOptions, .tcpOptions])
  }
}
