internal import SharedMemory
internal import Synchronization
internal import VMBusRing

/// The end of a channel where the host's packets come in.
struct ReceiveEnd: ~Copyable, Sendable {
  var ring: RingConsumer<MappedRing>
  /// Receive packets that the host must get back, for which the transmit ring had no room yet.
  var acknowledgements: [Acknowledgement] = []
  /// Frames that the host delivered, for whoever takes them.
  var frames = HeldFrames()

  init(_ ring: consuming RingConsumer<MappedRing>) { self.ring = ring }
}

/// Both ends of a channel that belong to the guest.
struct ChannelEnds: ~Copyable, Sendable {
  var transmit: TransmitRing
  var receive: ReceiveEnd
}

/// A channel that is open, and its ends while nobody works with them.
///
/// Whoever has the channel for itself takes both. Of a channel that is shared each sender gets a writer of its own, and
/// whoever polls takes the receiving end for as long as that lasts.
final class OpenChannel: Sendable {
  let channel: Channel

  private struct Ends: ~Copyable {
    var transmit: TransmitRing?
    var receive: ReceiveEnd?
    /// How many senders share the channel.
    var sharerCount = 0
  }
  private let ends: Mutex<Ends>

  init(_ channel: Channel, _ ends: consuming sending ChannelEnds) {
    self.channel = channel
    self.ends = Mutex(Ends(transmit: ends.transmit, receive: ends.receive))
  }

  /// Hands out both ends; nil while somebody has one, or shares them.
  func takeEnds() -> ChannelEnds? {
    ends.withLock { ends in
      guard ends.sharerCount == 0, ends.receive != nil, let transmit = ends.transmit.take(),
        let receive = ends.receive.take()
      else { return nil }
      return ChannelEnds(transmit: transmit, receive: receive)
    }
  }

  func takeBack(_ returned: consuming ChannelEnds) {
    var returned: ChannelEnds? = consume returned
    ends.withLock { ends in
      guard let returned = returned.take() else { return }
      // Nobody need ring until somebody waits.
      returned.receive.ring.mask()
      ends.transmit = consume returned.transmit
      ends.receive = consume returned.receive
    }
  }

  /// One sender more shares the channel. Gives it `writer` back, or makes one where that is nil; nil where somebody has
  /// the channel for itself.
  func share(_ writer: consuming TransmitRing?) throws(RingError) -> TransmitRing? {
    var writer = writer
    let (result, isShared) = ends.withLock { ends -> (Result<Void, RingError>, Bool) in
      guard ends.transmit != nil else { return (.success(()), false) }
      do throws(RingError) {
        if writer == nil { writer = try ends.transmit?.anotherWriter() }
      } catch {
        return (.failure(error), false)
      }
      ends.sharerCount += 1
      return (.success(()), true)
    }
    try result.get()
    return isShared ? writer : nil
  }

  /// A sender that shared the channel is done.
  func leave() { ends.withLock { $0.sharerCount -= 1 } }

  /// Takes the receiving end; nil while somebody has it. Unless it waits for the lock, which none holds for long, it may
  /// say so as well while somebody comes or goes.
  func takeReceiveEnd(waiting: Bool) -> ReceiveEnd? {
    waiting ? ends.withLock { $0.receive.take() } : ends.withLockIfAvailable { $0.receive.take() } ?? nil
  }

  func takeBack(receiveEnd: consuming ReceiveEnd) {
    var receive: ReceiveEnd? = consume receiveEnd
    ends.withLock { $0.receive = receive.take() }
  }
}
