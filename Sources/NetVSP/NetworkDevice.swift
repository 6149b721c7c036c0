internal import Synchronization
internal import VMBusRing
internal import WireFormats

/// What a guest and the host agreed on, as far as the data path of every channel needs it.
struct AgreedTerms: Sendable {
  let version: NVSPVersion
  let sendBuffer: SendBuffer?
  /// The longest packet that the link takes, from its IP header on.
  let packetByteCountLimit: Int
  /// Which guest it is, of those that opened the device one after the other.
  let generation: UInt64
}

/// What the channels of one device share. None of it is touched for a message.
final class NetworkDevice: Sendable {
  let bus: DeviceBus
  let configuration: HostConfiguration
  /// The guest's receiving side.
  let link: GuestLink

  private struct State {
    var terms: AgreedTerms?
    var grantedSubchannelCount = 0
    var openSubchannels: Set<Int> = []
    var problem: String?
    var sinkFailure: String?
  }
  private let state = Mutex(State())

  init(_ configuration: HostConfiguration, on bus: DeviceBus) throws(SystemError) {
    self.bus = bus
    link = try GuestLink()
    self.configuration = configuration
  }

  /// What was agreed on the primary channel; nil before that and after it was closed.
  var terms: AgreedTerms? { state.withLock { $0.terms } }

  func agree(on terms: AgreedTerms) { state.withLock { $0.terms = terms } }

  /// The primary channel is gone: a guest that comes again begins anew.
  func forgetTerms() {
    link.close()
    state.withLock { state in
      state.terms = nil
      state.grantedSubchannelCount = 0
    }
  }

  /// No channel is open any more.
  func forgetGuest() {
    forgetTerms()
    state.withLock { $0.openSubchannels = [] }
  }

  /// Offers as many of `count` sub-channels as the configuration and the system allow. Returns how many.
  func grantSubchannels(_ count: Int) -> Int {
    let wanted = min(count, configuration.grantedSubchannelLimit ?? count, configuration.maximumChannelCount - 1)
    // Channels that an earlier guest was granted are still on offer.
    while bus.channels.count - 1 < wanted, (try? bus.offerChannel()) != nil {}
    let granted = min(wanted, bus.channels.count - 1)
    state.withLock { $0.grantedSubchannelCount = granted }
    return granted
  }

  /// The channels that the guest has or may open now, the primary one included.
  var channelCount: Int { state.withLock { $0.grantedSubchannelCount } + 1 }

  /// Whether every granted sub-channel is open.
  var allSubchannelsAreOpen: Bool {
    state.withLock { state in
      (0..<state.grantedSubchannelCount).allSatisfy { state.openSubchannels.contains($0 + 1) }
    }
  }

  func noteOpen(_ index: Int) {
    state.withLock { _ = $0.openSubchannels.insert(index) }
    // The primary channel may be waiting for it.
    bus.channels[0].toHost.ring()
  }

  func noteClosed(_ index: Int) {
    link.release(channel: index)
    state.withLock { _ = $0.openSubchannels.remove(index) }
  }

  /// Takes all channels away, as a host that dies does.
  func die() { for channel in bus.channels { channel.rescind(because: "the host died") } }

  func report(violation: Violation, on channel: Int) {
    state.withLock { $0.problem = $0.problem ?? "channel \(channel): \(violation)" }
  }

  func report(sourceFailure: SourceError) {
    state.withLock { $0.problem = $0.problem ?? "the source failed: \(sourceFailure)" }
  }

  func report(sinkFailure: SinkError) {
    state.withLock { state in
      state.problem = state.problem ?? "the sink failed: \(sinkFailure)"
      state.sinkFailure = state.sinkFailure ?? sinkFailure.description
    }
  }

  var problem: String? { state.withLock { $0.problem } }
  var sinkFailure: String? { state.withLock { $0.sinkFailure } }
}
