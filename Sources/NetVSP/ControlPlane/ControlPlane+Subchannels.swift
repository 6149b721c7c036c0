internal import SharedMemory
internal import VMBusRing
internal import WireFormats

extension ControlPlane {
  /// SUBCHANNEL: offers channels, at most as many as asked for.
  ///
  /// A request for more than there can be is refused, and so is a second one: channels cannot be taken back.
  mutating func grant(_ message: SubchannelRequest) throws(Violation) -> SubchannelComplete {
    guard isOpen else { throw .order(.subchannel) }
    let count = Int(message.subchannelCount)
    guard message.operation == SubchannelRequest.allocate, !hasSubchannels,
      count < device.configuration.maximumChannelCount, receiveBuffer?.serves(channelCount: count + 1) == true
    else { return SubchannelComplete(status: .failure, subchannelCount: 0) }
    let granted = device.grantSubchannels(count)
    hasSubchannels = true
    owesIndirectionTable = true
    return SubchannelComplete(status: .success, subchannelCount: UInt32(granted))
  }

  /// Tells the guest how to spread its frames: evenly, once every channel it was granted is open.
  mutating func sendIndirectionTable(_ ring: inout ReturnRing) throws(Violation) {
    let byteCount = (SendIndirectionTable.encodedSize + 7) / 8 * 8
    guard device.allSubchannelsAreOpen,
      try ring.secureRoom(PacketDescriptor.encodedSize + UInt32(byteCount) + PacketTrailer.byteCount)
    else { return }
    let channelCount = UInt32(device.channelCount)
    let table = SendIndirectionTable(
      entries: (0..<UInt32(SendIndirectionTable.entryCount)).map { $0 % channelCount })
    var bytes = PrivateBytes(byteCount: byteCount)
    var out = bytes.mutableSpan(byteCount)
    table.emit(into: &out)
    // Nobody answers, so it has no id.
    try ring.write(.dataInBand, payload: out.bytes, transactionID: 0)
    owesIndirectionTable = false
  }
}
