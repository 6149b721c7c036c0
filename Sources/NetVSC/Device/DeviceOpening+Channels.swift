internal import SharedMemory
internal import VMBusRing
internal import WireFormats

extension DeviceOpening {
  /// New memory that the device can reach, given back when it closes.
  func allocate(_ byteCount: Int) throws(DeviceError) -> DeviceMemory {
    do {
      let part = try offer.bus.addressSpace.allocate(byteCount: byteCount)
      memory.append(part)
      return part
    } catch {
      throw .system(error)
    }
  }

  /// Describes memory to the host. Returns the handle by which messages name it.
  func establishGPADL(_ part: DeviceMemory) -> UInt32 {
    let handle = offer.bus.establishGPADL(part.pages)
    gpadls.append(handle)
    return handle
  }

  /// Gives back what was taken since there were so many parts and handles.
  func release(memoryFrom partCount: Int, gpadlsFrom handleCount: Int) {
    for handle in gpadls[handleCount...] { offer.bus.releaseGPADL(handle) }
    for part in memory[partCount...] { offer.bus.addressSpace.release(part) }
    gpadls.removeSubrange(handleCount...)
    memory.removeSubrange(partCount...)
  }

  /// Opens the channel of that index, with fresh rings, and enters it behind the others. One that does not open leaves
  /// nothing behind.
  func openChannel(_ index: Int) throws(DeviceError) -> OpenChannel {
    let (partCount, handleCount) = (memory.count, gpadls.count)
    do {
      let open = try makeChannel(index)
      channels.append(open)
      return open
    } catch {
      release(memoryFrom: partCount, gpadlsFrom: handleCount)
      throw error
    }
  }

  private func makeChannel(_ index: Int) throws(DeviceError) -> OpenChannel {
    let rings = try allocate(2 * configuration.ringByteCount)
    let downstreamPage = configuration.ringByteCount / DeviceAddressSpace.pageByteCount
    let split = rings.pages.lowerBound + UInt64(downstreamPage)
    let transmit = try mapRing(rings.pages.lowerBound..<split)
    let receive = try mapRing(split..<rings.pages.upperBound)
    // We honour the pending size of the host's ring, and may use it in ours.
    transmit.ring.featureBits.storeRelaxed(1)
    let channel: Channel
    do {
      channel = try offer.openChannel(index, ringGPADL: establishGPADL(rings), downstreamPage: downstreamPage)
    } catch .rescinded(let reason) {
      throw .rescinded(reason)
    } catch {
      throw .refused(step: "channel \(index)", reason: "\(error)")
    }
    do {
      return OpenChannel(
        channel,
        ChannelEnds(
          transmit: try TransmitRing(
            transmit, mode: configuration.effectiveRingMode, of: channel,
            // One more than senders: for the control path, while there are none.
            writerLimit: configuration.sendersPerQueue + 1),
          receive: ReceiveEnd(try RingConsumer(receive.ring, keeper: receive))))
    } catch {
      offer.close(channel)
      throw .refused(step: "channel \(index)", reason: "\(error)")
    }
  }

  private func mapRing(_ pages: Range<UInt64>) throws(DeviceError) -> RingView {
    do {
      return try offer.bus.addressSpace.ring(in: pages, mapping: offer.bus.ringMapping)
    } catch {
      throw .refused(step: "a ring", reason: "\(error)")
    }
  }
}
