package import SharedMemory
internal import Synchronization

/// A channel as both ends see it: two doorbells, and whether it is still there. Its bytes are in the rings.
package final class Channel: Sendable {
  /// 0 is the primary channel; sub-channels count from 1.
  package let index: Int
  /// Rung by the guest after it published to an idle host.
  package let toHost: Doorbell
  /// Rung by the host after it published to, or made room for, an idle guest.
  package let toGuest: Doorbell

  private let rescinded = Atomic<Bool>(false)
  private let reason = Mutex<String?>(nil)
  /// What else must stop waiting then; nil once it was told.
  private let listeners = Mutex<[@Sendable () -> Void]?>([])

  package convenience init(index: Int) throws(SystemError) {
    self.init(index: index, toHost: try Doorbell(), toGuest: try Doorbell())
  }

  /// A channel whose doorbells another process has as well.
  package init(index: Int, toHost: Doorbell, toGuest: Doorbell) {
    self.index = index
    self.toHost = toHost
    self.toGuest = toGuest
  }

  /// Whether the channel was taken away. Every loop that waits for the other side looks here.
  package var isRescinded: Bool { rescinded.load(ordering: .acquiring) }

  /// Why it was taken away.
  package var rescindReason: String? { reason.withLock { $0 } }

  /// Calls `body` once the channel is taken away, on the thread that does it; at once where it is already.
  package func whenRescinded(_ body: @escaping @Sendable () -> Void) {
    let isListening = listeners.withLock { listeners in
      listeners?.append(body)
      return listeners != nil
    }
    if !isListening { body() }
  }

  /// The guest closed the channel: what listened for it is told of nothing any more.
  package func forgetListeners() { listeners.withLock { if $0 != nil { $0 = [] } } }

  /// Takes the channel away and wakes both ends. The first reason stays.
  package func rescind(because why: String) {
    reason.withLock { $0 = $0 ?? why }
    rescinded.store(true, ordering: .releasing)
    for tell in listeners.withLock({ $0.take() }) ?? [] { tell() }
    toGuest.ring()
    toHost.ring()
  }
}

/// The pages of an open channel's rings.
package struct ChannelRings: Sendable {
  /// Guest to host: the control page, then the data pages.
  package let guestToHost: Range<UInt64>
  /// Host to guest.
  package let hostToGuest: Range<UInt64>

  package init(guestToHost: Range<UInt64>, hostToGuest: Range<UInt64>) {
    self.guestToHost = guestToHost
    self.hostToGuest = hostToGuest
  }
}

/// What a host does for a guest besides moving bytes: the calls that a hypervisor would carry.
package protocol HostEndpoint: AnyObject, Sendable {
  /// Whether the host has no threads of its own and runs in `attend` only. Its guest needs no doorbell then.
  var runsInline: Bool { get }

  /// Whether the host runs in the guest's process, and reads what that names of its private memory.
  var readsPrivateMemory: Bool { get }

  /// The guest opened a channel; its indices are zero. Runs on the guest's thread, returns once the host serves it.
  func open(_ channel: Channel, rings: ChannelRings) throws(ChannelError)

  /// The guest closes a channel. Returns once the host has stopped touching its rings.
  func close(_ channel: Channel)

  /// A guest's thread has nothing to do until the host acts on this channel: a host without threads runs now, one with
  /// threads is waited for, at most `timeout` nanoseconds. The guest's interrupt mask is clear if it wants to be woken.
  func attend(_ channel: Channel, timeout: UInt64)

  /// Returns once every channel is on offer that the host had offered before: what it says by the rings may get here
  /// before its offers do.
  func awaitOffers()
}

extension HostEndpoint {
  package func awaitOffers() {}
}

extension HostEndpoint {
  package var readsPrivateMemory: Bool { false }
}
