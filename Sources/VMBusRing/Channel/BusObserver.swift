internal import Synchronization

/// Hears of what one side does on a device's bus, to tell the other side, which is in another process.
///
/// Called on the thread that does it, which goes on when the call returns.
package protocol BusObserver: AnyObject, Sendable {
  func placed(_ memory: DeviceMemory)
  func released(_ pages: Range<UInt64>)
  func established(_ gpadl: UInt32, _ pages: Range<UInt64>)
  func withdrew(_ gpadl: UInt32)
  func offered(_ channel: Channel)
}

/// Who hears of what happens on a bus. It is not kept: as a rule it has the bus itself.
final class BusObservation: Sendable {
  private struct Weak { weak var observer: (any BusObserver)? }
  private let observer = Mutex(Weak())

  func set(_ observer: (any BusObserver)?) { self.observer.withLock { $0.observer = observer } }

  var current: (any BusObserver)? { observer.withLock { $0.observer } }
}
