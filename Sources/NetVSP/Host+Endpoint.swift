internal import SharedMemory
package import VMBusRing

extension Host: HostEndpoint {
  package var runsInline: Bool { device.configuration.execution == .inline }

  package var readsPrivateMemory: Bool { device.configuration.readsPrivateMemory }

  package func open(_ channel: Channel, rings: ChannelRings) throws(ChannelError) {
    guard !channel.isRescinded else { throw .refused("it was taken away") }
    guard slots.indices.contains(channel.index) else { throw .refused("there are \(slots.count) channels") }
    guard channel.index < device.configuration.faults.closedFromSubchannel ?? .max else {
      throw .refused("it is to fail")
    }
    let service = try serve(channel, rings)
    do throws(SystemError) {
      try slots[channel.index].open(service, of: channel, onThread: !runsInline)
    } catch {
      throw .system(error)
    }
    if channel.index > 0 { device.noteOpen(channel.index) }
  }

  private func serve(_ channel: Channel, _ rings: ChannelRings) throws(ChannelError) -> ChannelService {
    switch device.configuration.sink {
    case .null: .counting(try serve(channel, rings, FrameCounter()))
    case .verify: .verifying(try serve(channel, rings, FrameVerifier()))
    case .frames(let sink):
      .forwarding(
        try serve(
          channel, rings,
          FrameForwarder(
            sink: sink, loss: device.configuration.faults.loss, wallClock: device.configuration.wallClock)))
    }
  }

  private func serve<Receiver: FrameReceiver>(
    _ channel: Channel, _ rings: ChannelRings, _ receiver: Receiver
  ) throws(ChannelError) -> ServedChannel<Receiver> {
    ServedChannel(channel, try ChannelWorker(channel, rings: rings, device: device, receiver: receiver))
  }

  package func close(_ channel: Channel) {
    // One that is not on offer any more was closed when the host went away.
    guard slots.indices.contains(channel.index), device.bus.channels[channel.index] === channel else { return }
    slots[channel.index].close(channel, finishing: true)
    if channel.index > 0 { device.noteClosed(channel.index) } else { device.forgetTerms() }
  }

  package func attend(_ channel: Channel, timeout: UInt64) {
    guard runsInline else { return _ = channel.toGuest.wait(timeout: timeout) }
    let handled = step(channel)
    delivery?.attend(timeout: handled > 0 ? 0 : timeout)
  }

  /// Does a bounded piece of a channel's work on the calling thread. Returns how many messages were read: none when the
  /// guest has sent nothing more, or takes no completions.
  @discardableResult
  package func step(_ channel: Channel) -> Int { slots[channel.index].step() }
}
