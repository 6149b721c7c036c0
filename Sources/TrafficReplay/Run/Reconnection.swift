internal import NetVSC
internal import SharedMemory
internal import Synchronization

/// The device of a run whose host may go away and come back. Whichever lane finds the host gone first opens the device
/// anew; the others wait for that, and get it.
final class Reconnection: Sendable {
  /// How long it waits between two tries, in nanoseconds.
  private static let interval: UInt64 = 20_000_000

  private struct State {
    var device: Device
    var count = 0
    var isGivenUp = false
  }
  private let state: Mutex<State>
  private let timeout: UInt64
  private let clock: MonotonicClock
  private let sleep: @Sendable (UInt64) -> Void
  private let open: @Sendable () -> Device?

  /// For a device that is open, and is opened anew by `open`. The host is waited for no longer than `timeout` nanoseconds.
  init(
    _ device: Device, timeout: UInt64, clock: MonotonicClock, sleep: @escaping @Sendable (UInt64) -> Void,
    open: @escaping @Sendable () -> Device?
  ) {
    state = Mutex(State(device: device))
    self.timeout = timeout
    self.clock = clock
    self.sleep = sleep
    self.open = open
  }

  /// How often the host came back.
  var count: Int { state.withLock(\.count) }

  /// The device in the place of that after `generation` others; nil where the host does not come back, or `giveUp` says
  /// so.
  func device(after generation: inout Int, giveUp: () -> Bool) -> Device? {
    let found = state.withLock { state -> (Device, Int)? in
      guard state.count == generation else { return (state.device, state.count) }
      guard !state.isGivenUp else { return nil }
      // The other lanes find out by themselves, so none is waited for.
      state.device.close(timeout: 0)
      let start = clock.now()
      while clock.now() &- start < timeout, !giveUp() {
        if let device = open() {
          state.device = device
          state.count += 1
          return (device, state.count)
        }
        sleep(Self.interval)
      }
      state.isGivenUp = true
      return nil
    }
    guard let found else { return nil }
    generation = found.1
    return found.0
  }

  func close(timeout: UInt64) { _ = state.withLock { $0.device }.close(timeout: timeout) }
}
