internal import SharedMemory

/// Looks every millisecond whether something is so. Returns after how many nanoseconds it was; nil: not within 10 seconds,
/// so that a test fails where it would wait for ever.
@discardableResult
package func waitUntil(_ isSo: () -> Bool) -> UInt64? {
  let start = MonotonicClock.monotonic.now()
  while !isSo() {
    guard MonotonicClock.monotonic.now() - start < 10_000_000_000 else { return nil }
    WorkerThread.sleep(1_000_000)
  }
  return MonotonicClock.monotonic.now() - start
}
