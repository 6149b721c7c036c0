import NetVSP
import TestSupport
import Testing
import VMBusRing
import WireFormats

@Suite struct NetworkAdapterTests {
  private let host: Host
  private let guest: ScriptedGuest

  init() throws {
    host = try Host(HostConfiguration(execution: .inline))
    guest = try ScriptedGuest(settingUp: host.offer, frameByteCount: 9014)
  }

  private func query(_ oid: OID) throws -> (status: RNDISStatus, data: [UInt8]) {
    let answer = try guest.dialogue(RNDISQuery(requestID: 42, oid: oid))
    let message: RNDISQueryComplete = try answer.message()
    #expect(message.requestID == 42)
    return (message.status, Array(answer.bytes[message.information]))
  }

  private func value<Value: OIDValue>(_ oid: OID, as type: Value.Type) throws -> Value {
    let (status, data) = try query(oid)
    #expect(status == .success)
    return try Value(parsing: data.span.bytes)
  }

  private func set(_ oid: OID, _ data: [UInt8]) throws -> RNDISStatus {
    let request = RNDISSet(requestID: 43, oid: oid, informationByteCount: data.count)
    let answer: RNDISSetComplete = try guest.dialogue(request, information: data).message()
    #expect(answer.requestID == 43)
    return answer.status
  }

  @Test func objectsThatGuestsAskFor() throws {
    #expect(try value(.maximumFrameSize, as: MaximumFrameSize.self).rawValue == 9000)
    #expect(try value(.linkSpeed, as: LinkSpeed.self).bitsPerSecond == 10_000_000_000)
    #expect(try value(.mediaConnectStatus, as: MediaConnectStatus.self) == .connected)
    let address = try value(.permanentAddress, as: EthernetAddress.self)
    #expect(!address.isMulticast)
    #expect(try value(.currentAddress, as: EthernetAddress.self) == address)
    let capabilities = try value(.receiveScaleCapabilities, as: NDISReceiveScaleCapabilities.self)
    #expect(capabilities.receiveQueueCount == 64)
    #expect(capabilities.hash.contains([.toeplitz, .tcpIPv4]))
  }

  @Test("the list of objects has every object that can be queried")
  func supportedList() throws {
    let list = try query(.supportedList).data
    let objects = stride(from: 0, to: list.count, by: 4).map {
      OID(rawValue: list.span.bytes.loadLittleEndian(at: $0))
    }
    for oid in [
      OID.supportedList, .maximumFrameSize, .linkSpeed, .mediaConnectStatus, .permanentAddress, .currentAddress,
      .receiveScaleCapabilities, .currentPacketFilter, .receiveScaleParameters, .tcpOffloadParameters,
      .tcpOffloadHardwareCapabilities, .tcpOffloadCurrentConfiguration,
    ] { #expect(objects.contains(oid)) }
  }

  @Test("unknown objects are not supported", arguments: [OID.vlanID, .friendlyName, OID(rawValue: 0xDEAD_BEEF)])
  func unknownObjects(oid: OID) throws {
    #expect(try query(oid).status == .notSupported)
    #expect(try set(oid, [0, 0, 0, 0]) == .notSupported)
  }

  @Test func packetFilter() throws {
    #expect(try set(.currentPacketFilter, [0x0B, 0, 0, 0]) == .success)
    #expect(try set(.currentPacketFilter, [0, 0, 0, 0]) == .success)
    #expect(try set(.currentPacketFilter, [0x0B]) == .failure)
  }

  private func parameters(entries: [UInt32], flags: NDISReceiveScaleParameters.Flags = []) -> [UInt8] {
    let value = NDISReceiveScaleParameters(
      flags: flags, hash: [.toeplitz, .ipv4], indirectionTable: entries, key: .linux)
    return poisoned(value.encodedSize) { value.emit(into: &$0) }
  }

  @Test("receive-scale parameters name channels that are there")
  func receiveScale() throws {
    _ = try guest.requestSubchannels(1)
    let channel = try GuestChannel(host.offer, 1)
    _ = try guest.primary.await()
    #expect(try set(.receiveScaleParameters, parameters(entries: [0, 1, 0, 1], flags: .disabled)) == .success)
    let good = parameters(entries: [0, 1, 0, 1])
    #expect(try set(.receiveScaleParameters, good) == .success)
    #expect(try set(.receiveScaleParameters, parameters(entries: [0, 2])) == .invalidData)
    // A key of 39 bytes, a table of 6 and of none, another structure, too few bytes.
    for (offset, value) in [(20, 39), (12, 6), (12, 0), (0, 0x88)] {
      var bad = good
      bad[offset] = UInt8(value)
      #expect(try set(.receiveScaleParameters, bad) == .invalidData)
    }
    #expect(try set(.receiveScaleParameters, Array(good[..<20])) == .failure)
    channel.close()
  }

  @Test("offload parameters are taken as they are, but for the first version of large sends")
  func offload() throws {
    var parameters = [0x80, 3, 28, 0] + [UInt8](repeating: 0, count: 24)
    #expect(try set(.tcpOffloadParameters, parameters) == .success)
    parameters[9] = 2
    #expect(try set(.tcpOffloadParameters, parameters) == .notSupported)
    parameters[0] = 0xA7
    #expect(try set(.tcpOffloadParameters, parameters) == .invalidData)
    #expect(try set(.tcpOffloadParameters, [0x80, 3, 28, 0]) == .failure)
  }

  @Test(
    "offers the offloads that its data path does, in the revision of the version agreed on",
    arguments: [(.v1, 2, 144), (.v5, 3, 156), (.v6_1, 3, 156)] as [(NVSPVersion, UInt8, UInt8)])
  func offloadCapabilities(version: NVSPVersion, revision: UInt8, byteCount: UInt8) throws {
    let host = try Host(HostConfiguration(execution: .inline))
    let guest = try ScriptedGuest(settingUp: host.offer, version: version)
    for oid in [OID.tcpOffloadHardwareCapabilities, .tcpOffloadCurrentConfiguration] {
      // The input has the header of the structure that is asked for.
      var input = [UInt8](repeating: 0, count: Int(byteCount))
      input.replaceSubrange(0..<4, with: [0xA7, revision, byteCount, 0])
      let answer = try guest.dialogue(
        RNDISQuery(requestID: 42, oid: oid, informationByteCount: input.count), information: input)
      let message: RNDISQueryComplete = try answer.message()
      var expected = input
      // IPv4 and IPv6 checksums in Ethernet frames; large sends of 65,535 bytes and two segments.
      expected.replaceSubrange(4..<12, with: [2, 0, 0, 0, 0x55, 1, 0, 0])
      expected.replaceSubrange(20..<28, with: [2, 0, 0, 0, 0x55, 0, 0, 0])
      expected.replaceSubrange(80..<92, with: [2, 0, 0, 0, 0xFF, 0xFF, 0, 0, 2, 0, 0, 0])
      expected.replaceSubrange(92..<108, with: [2, 0, 0, 0, 0xFF, 0xFF, 0, 0, 2, 0, 0, 0, 5, 0, 0, 0])
      #expect(message.status == .success)
      #expect(Array(answer.bytes[message.information]) == expected)
    }
  }
}
