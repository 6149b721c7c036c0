internal import SharedMemory
internal import VMBusRing
package import WireFormats

extension ScriptedHost {
  /// How an honest host answers: also what a test takes its own answers from.
  package func answer(_ packet: GuestPacket) -> (step: Step, answers: [HostMessage]) {
    if packet.type == .completion { return (.acknowledgement, []) }
    guard let type = packet.messageType else {
      note("a message without a number")
      return (.message(NVSPMessageType(rawValue: 0)), [])
    }
    switch type {
    case .initialize: return answerVersion(packet)
    case .sendReceiveBuffer: return (.message(type), lend(packet, as: SendReceiveBuffer.self))
    case .sendSendBuffer: return (.message(type), lend(packet, as: SendSendBuffer.self))
    case .subchannel: return (.message(type), grant(packet))
    case .sendRNDISPacket where packet.isFrame: return (.frame, [complete(packet)])
    case .sendRNDISPacket: return answerControl(packet)
    case .sendNDISConfiguration:
      if let announced = try? SendNDISConfiguration(parsing: packet.payload.span.bytes) {
        frameByteCount = announced.frameByteCount
      }
      return (.message(type), [])
    case .sendNDISVersion, .revokeReceiveBuffer, .revokeSendBuffer:
      return (.message(type), [])
    default:
      note("an unexpected message \(type)")
      return (.message(type), [])
    }
  }

  /// The completion of a message with RNDIS bytes.
  package func complete(_ packet: GuestPacket, status: NVSPStatus = .success) -> HostMessage {
    .completion(of: packet.transactionID, RNDISPacketComplete(status: status), byteCount: messageByteCount)
  }

  /// Announces which channel takes which hash value.
  func sendIndirectionTable() {
    guard let entries = terms.indirectionTable, let primary = channels[0] else { return }
    do {
      try send(
        .inBand(SendIndirectionTable(entries: entries(grantedSubchannelCount + 1)), byteCount: 80), on: primary)
    } catch {
      note("\(error)")
    }
  }

  /// The bytes that sections and page ranges hold. Throws when they are not where the packet says.
  func carriedBytes(of packet: GuestPacket) throws -> [UInt8] {
    guard packet.type != .completion, let message = try? SendRNDISPacket(parsing: packet.payload.span.bytes) else {
      return []
    }
    var carried: [UInt8] = []
    if message.sectionIndex != SendRNDISPacket.noSection, message.sectionByteCount > 0, let sendBuffer {
      let start = Int(message.sectionIndex) * Int(terms.sectionByteCount)
      let section = sendBuffer.copy(start..<start + Int(message.sectionByteCount))
      carried += section.copy(0..<section.byteCount)
    }
    if packet.type == .dataUsingGPADirect {
      let header = packet.header
      var ranges = try PageRangeList(parsing: header.span.bytes)
      while let element = ranges.next() {
        let first = ranges.pageNumber(0, of: element)
        guard let pages = bus.addressSpace.resolve(first..<first + UInt64(element.range.pageCount)) else {
          note("page \(first) belongs to nobody")
          break
        }
        let start = Int(element.range.byteOffset)
        let part = pages.copy(start..<start + Int(element.range.byteCount))
        carried += part.copy(0..<part.byteCount)
      }
    }
    return carried
  }

  /// What a message takes in the ring: before a version is agreed as in the old ones.
  private var messageByteCount: Int { version == .v6_1 ? 40 : 32 }

  private func answerVersion(_ packet: GuestPacket) -> (step: Step, answers: [HostMessage]) {
    guard let proposal = try? NVSPInitialize(parsing: packet.payload.span.bytes) else {
      note("a short INIT")
      return (.message(.initialize), [])
    }
    let isKnown = proposal.maximumVersion <= terms.newestVersion
    let answer = HostMessage.completion(
      of: packet.transactionID, NVSPInitializeComplete(status: isKnown ? .success : .none), byteCount: 32)
    if isKnown { version = proposal.maximumVersion }
    return (.version(proposal.maximumVersion), [answer])
  }

  private func lend<Announcement: BufferAnnouncement>(
    _ packet: GuestPacket, as type: Announcement.Type
  ) -> [HostMessage] {
    guard let message = try? Announcement(parsing: packet.payload.span.bytes),
      let pages = try? bus.pages(ofGPADL: message.gpadl), let bytes = bus.addressSpace.resolve(pages)
    else {
      note("a buffer that cannot be found")
      return []
    }
    if type == SendSendBuffer.self {
      sendBuffer = bytes
      return [
        .completion(
          of: packet.transactionID,
          SendSendBufferComplete(status: .success, sectionByteCount: terms.sectionByteCount),
          byteCount: messageByteCount)
      ]
    }
    receiveBuffer = bytes
    let size = terms.subAllocationByteCount
    let count = terms.subAllocationCount ?? UInt32(bytes.byteCount) / size
    let section = ReceiveBufferSection(
      byteOffset: 0, subAllocationByteCount: size, subAllocationCount: count, endOffset: size &* count)
    return [
      .completion(
        of: packet.transactionID, SendReceiveBufferComplete(status: .success, section: section),
        byteCount: messageByteCount)
    ]
  }

  private func grant(_ packet: GuestPacket) -> [HostMessage] {
    guard let request = try? SubchannelRequest(parsing: packet.payload.span.bytes) else {
      note("a short request for sub-channels")
      return []
    }
    let granted = min(terms.grantedSubchannelCount ?? .max, Int(request.subchannelCount))
    while bus.channels.count - 1 < granted {
      do {
        try bus.offerChannel()
      } catch {
        note("\(error)")
        return []
      }
    }
    grantedSubchannelCount = granted
    return [
      .completion(
        of: packet.transactionID, SubchannelComplete(status: .success, subchannelCount: UInt32(granted)),
        byteCount: messageByteCount)
    ]
  }
}
