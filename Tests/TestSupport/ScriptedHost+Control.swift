internal import VMBusRing
package import WireFormats

extension ScriptedHost {
  /// The transport's completion, and the RNDIS answer in the receive buffer where there is one.
  func answerControl(_ packet: GuestPacket) -> (step: Step, answers: [HostMessage]) {
    let request = packet.carried
    guard let header = try? RNDISMessageHeader(parsing: request.span.bytes) else {
      note("an RNDIS message without a header")
      return (.control(RNDISMessageType(rawValue: 0)), [])
    }
    var answers = [complete(packet)]
    if let reply = reply(to: request, type: header.type) {
      answers.append(.received(reply, transactionID: 0x10 + UInt64(log.count)))
    }
    return (step(of: request, type: header.type), answers)
  }

  /// What a request is about.
  private func step(of request: [UInt8], type: RNDISMessageType) -> Step {
    switch type {
    case .query: .query((try? RNDISQuery(parsing: request.span.bytes))?.oid ?? OID(rawValue: 0))
    case .set: .set((try? RNDISSet(parsing: request.span.bytes))?.oid ?? OID(rawValue: 0))
    default: .control(type)
    }
  }

  /// The answer to an RNDIS request, whose id is at byte 8; nil to one that has none.
  private func reply(to request: [UInt8], type: RNDISMessageType) -> [UInt8]? {
    guard let requestID = try? requestID(of: request) else { return nil }
    switch step(of: request, type: type) {
    case .control(.initialize):
      let answer = RNDISInitializeComplete(
        requestID: requestID, status: .success, maximumPacketsPerMessage: terms.maximumPacketsPerMessage,
        maximumTransferByteCount: terms.maximumTransferByteCount,
        packetAlignmentFactor: terms.packetAlignmentFactor)
      return poisoned(answer.encodedSize) { answer.emit(into: &$0) }
    case .query(let oid):
      guard !terms.missingObjects.contains(oid), let value = value(of: oid) else {
        let answer = RNDISQueryComplete(requestID: requestID, status: .notSupported)
        return poisoned(answer.encodedSize) { answer.emit(into: &$0) }
      }
      return Self.queryComplete(requestID: requestID, value: value)
    case .set(let oid):
      let status = terms.missingObjects.contains(oid) ? RNDISStatus.notSupported : .success
      let answer = RNDISSetComplete(requestID: requestID, status: status)
      return poisoned(answer.encodedSize) { answer.emit(into: &$0) }
    default:
      return nil
    }
  }

  private func value(of oid: OID) -> (any OIDValue)? {
    switch oid {
    case .permanentAddress: terms.address
    case .maximumFrameSize: MaximumFrameSize(rawValue: frameByteCount - 14)
    case .mediaConnectStatus: terms.linkStatus
    case .tcpOffloadHardwareCapabilities: terms.offloads
    case .receiveScaleCapabilities: terms.receiveScaling
    default: nil
    }
  }

  private func requestID(of request: [UInt8]) throws -> UInt32 {
    guard request.count >= 12 else { throw WireError.truncated(needed: 12, got: request.count) }
    return request.span.bytes.loadLittleEndian(at: 8)
  }

  /// A QUERY_CMPLT that holds a value.
  package static func queryComplete(
    requestID: UInt32, status: RNDISStatus = .success, value: some OIDValue
  ) -> [UInt8] {
    let information = poisoned(value.encodedSize) { value.emit(into: &$0) }
    let answer = RNDISQueryComplete(
      requestID: requestID, status: status, informationByteCount: information.count)
    return poisoned(answer.encodedSize) { answer.emit(into: &$0, information: information.span.bytes) }
  }
}
