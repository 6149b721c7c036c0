internal import SharedMemory
internal import VMBusRing
internal import WireFormats

extension DeviceOpening {
  /// Gives each sender of each channel its part of the device's memory.
  func makeQueues(
    _ sendBuffer: (bytes: SharedBytes, sectionByteCount: Int), _ limits: RNDISTransmitLimits, frameByteCount: Int,
    _ receiveBuffer: ReceiveBuffer, _ steering: SteeringTable
  ) throws(DeviceError) -> [DeviceQueue] {
    let senderCount = configuration.sendersPerQueue
    let placeCount = channels.count * senderCount
    let directLayout = DirectMemory.Layout(
      headerCount: Self.part(of: configuration.lentFramesPerQueue, among: senderCount),
      bufferCount: Self.part(of: configuration.largeBuffersPerQueue, among: senderCount))
    let openSenders: OpenSenders
    do {
      openSenders = try OpenSenders()
    } catch {
      throw .system(error)
    }
    let terms = QueueTerms(
      offer, openSenders, sendBuffer, limits,
      directMemory: try allocate(placeCount * directLayout.byteCount),
      directLayout, frameByteCount: frameByteCount, copyThreshold: configuration.copyThreshold,
      packetsPerMessage: configuration.packetsPerMessage)
    let allotments = allot(sendBuffer.bytes.byteCount / sendBuffer.sectionByteCount, among: placeCount)
    var queues: [DeviceQueue] = []
    for (index, channel) in channels.enumerated() {
      var places: [SenderPlace] = []
      for number in 0..<senderCount {
        let place = index * senderCount + number
        do {
          places.append(
            try SenderPlace(
              number: number, isShared: senderCount > 1, allotments[place],
              directOffset: place * directLayout.byteCount,
              directLayout: directLayout))
        } catch {
          throw .system(error)
        }
      }
      queues.append(
        DeviceQueue(
          open: channel, terms: terms, places: places, receiveBuffer: receiveBuffer,
          steering: index == 0 ? steering : nil))
    }
    return queues
  }

  /// Everybody gets something of what there is.
  private static func part(of count: Int, among senderCount: Int) -> Int {
    count == 0 ? 0 : max(count / senderCount, 1)
  }

  /// Deals the send buffer's sections out to the senders, and leaves some over to borrow. Where there are fewer sections
  /// than senders, all are there to borrow, and whoever finds none sends without.
  private func allot(_ sectionCount: Int, among placeCount: Int) -> [SectionShare.Allotment] {
    let wanted = channels.count * configuration.sectionsPerQueue
    // Nobody borrows of nobody.
    let spareWanted = placeCount == 1 ? 0 : configuration.spareSections
    let total = min(sectionCount, wanted + spareWanted)
    let ownCount = (total - min(spareWanted, max(total - wanted, total / 4))) / placeCount
    let firstSpare = ownCount * placeCount
    let pool = SectionPool(sectionCount: sectionCount, spare: firstSpare..<total)
    return (0..<placeCount).map { place in
      SectionShare.Allotment(
        own: place * ownCount..<(place + 1) * ownCount, pool: pool,
        borrowLimit: min(max(ownCount, Self.leastBorrowLimit), total - firstSpare), borrower: place)
    }
  }

  /// Even a sender that owns nothing may borrow so many.
  private static let leastBorrowLimit = 8
}

extension QueueTerms {
  fileprivate init(
    _ offer: DeviceOffer, _ openSenders: OpenSenders, _ sendBuffer: (bytes: SharedBytes, sectionByteCount: Int),
    _ limits: RNDISTransmitLimits, directMemory: DeviceMemory, _ directLayout: DirectMemory.Layout,
    frameByteCount: Int, copyThreshold: Int, packetsPerMessage: Int
  ) {
    host = offer.host
    addressSpace = offer.bus.addressSpace
    self.openSenders = openSenders
    self.sendBuffer = sendBuffer.bytes
    self.directMemory = directMemory
    self.directLayout = directLayout
    self.copyThreshold = copyThreshold
    sectionByteCount = sendBuffer.sectionByteCount
    messageLimits = OpenMessage.Limits(
      packetCount: min(limits.maximumPacketsPerMessage, UInt32(packetsPerMessage)),
      byteCount: min(UInt32(sectionByteCount), limits.maximumTransferByteCount),
      alignmentMask: Int(limits.alignment) - 1)
    transferByteCount = Int(limits.maximumTransferByteCount)
    copiedByteCount =
      directLayout.bufferCount > 0
      ? min(DirectMemory.bufferByteCount, transferByteCount) : Int(messageLimits.byteCount)
    maximumFrameByteCount = min(frameByteCount, copiedByteCount - Int(RNDISPacketHeader.encodedSize))
  }
}
