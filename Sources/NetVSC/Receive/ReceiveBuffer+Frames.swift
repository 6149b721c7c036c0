internal import SharedMemory
internal import VMBusRing
internal import WireFormats

extension ReceiveBuffer {
  /// Puts the frames that a transfer-page packet speaks of into `frames`, where somebody takes them, and counts the
  /// others. Returns the acknowledgement that is due at once; nil where it is due when the packet's last frame was taken.
  func takeFrames(
    of packet: borrowing IncomingPacket<MappedRing>, into frames: inout HeldFrames, _ counts: inout QueueCounters
  ) -> Acknowledgement? {
    let transactionID = packet.descriptor.transactionID
    guard let contents = contents(of: packet) else {
      counts.receiveMalformed &+= 1
      return Acknowledgement(transactionID: transactionID, status: .failure)
    }
    guard contents.channelType == .data else { return Acknowledgement(transactionID: transactionID, status: .success) }
    var status = NVSPStatus.success
    var keptCount: UInt32 = 0
    for index in 0..<contents.rangeCount {
      guard let place = place(index, of: packet), var frame = frame(in: place, &frames.info) else {
        counts.receiveMalformed &+= 1
        status = .failure
        continue
      }
      guard keepsFrames else {
        counts.receiveUnwanted.add(Int(frame.byteCount))
        continue
      }
      // No host that waits for its sub-allocations has so many frames on their way.
      guard frames.count < subAllocationCount else {
        counts.receiveUnwanted.add(Int(frame.byteCount))
        status = .failure
        continue
      }
      frame.transactionID = transactionID
      frames.append(frame)
      keptCount += 1
    }
    let acknowledgement = Acknowledgement(transactionID: transactionID, status: status)
    guard keptCount > 0 else { return acknowledgement }
    frames.endPacket(status)
    return nil
  }

  /// The frame of the RNDIS message at `place`, every field read once; nil where there is none.
  private func frame(in place: Range<Int>, _ info: inout PrivateBytes) -> HeldFrames.Frame? {
    guard place.count >= Int(RNDISPacketHeader.encodedSize) else { return nil }
    let words: InlineArray<5, UInt64> = bytes.mapped.loadWords(at: place.lowerBound)
    guard
      let header = try? RNDISPacketHeader(
        words: words[0], words[1], words[2], words[3], words[4], available: UInt32(place.count))
    else { return nil }
    var receiveInfo = ReceiveInfo()
    if header.perPacketInfoByteCount > 0 {
      let byteCount = Int(header.perPacketInfoByteCount)
      guard byteCount <= info.byteCount else { return nil }
      let start = place.lowerBound + Int(header.perPacketInfoOffset)
      var copy = info.mutableSpan(byteCount)
      bytes.copy(start..<start + byteCount, into: &copy)
      guard receiveInfo.take(info.span(byteCount)) else { return nil }
    }
    return HeldFrames.Frame(
      byteOffset: UInt32(place.lowerBound) + header.frameOffset, byteCount: header.frameByteCount, info: receiveInfo)
  }
}

extension ReceiveInfo {
  /// Takes in what a packet's info tells. Returns false where that cannot be read.
  fileprivate mutating func take(_ bytes: RawSpan) -> Bool {
    var list = PerPacketInfoList(parsing: bytes)
    do throws(WireError) {
      while let element = try list.next() {
        switch element.type {
        case .checksum: checksums = ReceiveChecksumInfo(rawValue: element.value)
        case .vlanTag: tag = VLANTagInfo(rawValue: element.value)
        case .hashValue: flowHash = element.value
        default: break
        }
      }
      return true
    } catch {
      return false
    }
  }
}
