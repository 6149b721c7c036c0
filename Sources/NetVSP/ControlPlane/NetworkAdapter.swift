internal import SharedMemory
internal import WireFormats

/// The virtual network adapter as its objects show it.
struct NetworkAdapter {
  private static let supportedObjects: [OID] = [
    .supportedList, .maximumFrameSize, .linkSpeed, .currentPacketFilter, .mediaConnectStatus,
    .receiveScaleCapabilities, .receiveScaleParameters, .permanentAddress, .currentAddress, .tcpOffloadParameters,
  ]
  /// From the range of the hypervisor's vendor, as guests expect it.
  private static let address = EthernetAddress(0x00, 0x15, 0x5D, 0x01, 0x02, 0x03)
  /// 10 Gbit/s, in units of 100 bit/s.
  private static let linkSpeed = LinkSpeed(rawValue: 100_000_000)
  private static let ethernetHeaderByteCount: UInt32 = 14
  /// What common guests spread received frames by.
  private static let indirectionEntryCount: UInt16 = 128

  /// The longest frame that the guest and the host agreed on.
  let frameByteCount: UInt32
  /// The channels that the guest has.
  let channelCount: Int
  /// The channels that it could have.
  let maximumChannelCount: Int

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
    default: return nil
    }
  }

  private func emit(_ value: some OIDValue, into bytes: inout PrivateBytes) -> Int {
    var out = bytes.mutableSpan(value.encodedSize)
    value.emit(into: &out)
    return value.encodedSize
  }

  /// Judges a value that the guest sets. No frames go to the guest, so there is nothing to do about it.
  func set(_ oid: OID, to data: RawSpan) -> RNDISStatus {
    do throws(WireError) {
      switch oid {
      case .currentPacketFilter: _ = try PacketFilter(parsing: data)
      case .receiveScaleParameters:
        let parameters = try NDISReceiveScaleParameters(parsing: data)
        guard parameters.indirectionTable.allSatisfy({ $0 < channelCount }) else { return .invalidData }
      case .tcpOffloadParameters: return try judgeOffload(data)
      default: return .notSupported
      }
      return .success
    } catch .truncated {
      return .failure
    } catch {
      return .invalidData
    }
  }

  /// Which work the guest wants the host to do for it. All is taken but the first version of large sends.
  private func judgeOffload(_ data: RawSpan) throws(WireError) -> RNDISStatus {
    // The switches of revision 1 and its flags; one switch a byte.
    let (minimumByteCount, largeSendVersion1, on) = (20, 9, 2 as UInt8)
    let header = try NDISObjectHeader(parsing: data)
    guard header.kind == .standard, header.revision > 0 else { return .invalidData }
    guard data.byteCount >= minimumByteCount else {
      throw .truncated(needed: minimumByteCount, got: data.byteCount)
    }
    return data.loadLittleEndian(at: largeSendVersion1) == on ? .notSupported : .success
  }
}
