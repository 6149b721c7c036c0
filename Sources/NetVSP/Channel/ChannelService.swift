internal import SharedMemory

/// A channel being served, by what becomes of its frames.
///
/// An enumeration and not a protocol: behind a protocol the generic worker would run unspecialised, and every frame
/// would pay for that.
enum ChannelService: Sendable {
  case counting(ServedChannel<FrameCounter>)
  case verifying(ServedChannel<FrameVerifier>)
  case forwarding(ServedChannel<FrameForwarder>)

  func step() -> Int {
    switch self {
    case .counting(let channel): channel.step()
    case .verifying(let channel): channel.step()
    case .forwarding(let channel): channel.step()
    }
  }

  func tell(_ packet: borrowing FramePacket) -> Telling {
    switch self {
    case .counting(let channel): channel.tell(packet)
    case .verifying(let channel): channel.tell(packet)
    case .forwarding(let channel): channel.tell(packet)
    }
  }

  func startThread() throws(SystemError) {
    switch self {
    case .counting(let channel): try channel.startThread()
    case .verifying(let channel): try channel.startThread()
    case .forwarding(let channel): try channel.startThread()
    }
  }

  func close(finishing: Bool) {
    switch self {
    case .counting(let channel): channel.close(finishing: finishing)
    case .verifying(let channel): channel.close(finishing: finishing)
    case .forwarding(let channel): channel.close(finishing: finishing)
    }
  }

  var statistics: ChannelStatistics {
    switch self {
    case .counting(let channel): channel.statistics
    case .verifying(let channel): channel.statistics
    case .forwarding(let channel): channel.statistics
    }
  }
}
