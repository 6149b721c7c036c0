internal import CNetVSCInterface
internal import NetVSC
internal import NetVSP
internal import VirtualSwitch

// C functions that the engine calls, each with the context that its caller passes through.
//
// `@unchecked Sendable`: the header says which of them are called by several threads at once, so that is the caller's part.

/// A sink in C.
@safe
final class CallbackSink: FrameSink, @unchecked Sendable {
  private let function: netvsc_deliver
  private let context: UnsafeMutableRawPointer?

  init(_ function: @escaping netvsc_deliver, _ context: UnsafeMutableRawPointer?) {
    unsafe self.function = function
    unsafe self.context = context
  }

  func deliver(_ frame: RawSpan, timestamp: Int64) throws(SinkError) {
    let result = unsafe frame.withUnsafeBytes { unsafe function(context, $0.baseAddress, $0.count, timestamp) }
    guard result == 0 else { throw SinkError("the sink did not take a frame: it returned \(result)") }
  }
}

/// A source in C.
@safe
final class CallbackSource: FrameSource, @unchecked Sendable {
  private let function: netvsc_fetch
  private let waiting: netvsc_await
  private let context: UnsafeMutableRawPointer?

  init(_ function: @escaping netvsc_fetch, _ waiting: @escaping netvsc_await, _ context: UnsafeMutableRawPointer?) {
    unsafe self.function = function
    unsafe self.waiting = waiting
    unsafe self.context = context
  }

  func receive(into buffer: inout MutableRawSpan) throws(SourceError) -> Int? {
    let byteCount = unsafe buffer.withUnsafeMutableBytes { unsafe function(context, $0.baseAddress, $0.count) }
    guard byteCount >= 0 else { throw SourceError("the source has no more frames: it returned \(byteCount)") }
    return byteCount == 0 ? nil : byteCount
  }

  func wait(timeout: UInt64) -> Bool { unsafe waiting(context, timeout) }
}

/// Somebody in C who hears what happens to a server's guests.
@safe
struct CallbackListener: @unchecked Sendable {
  private let function: netvsc_guest_listener
  private let context: UnsafeMutableRawPointer?

  init(_ function: @escaping netvsc_guest_listener, _ context: UnsafeMutableRawPointer?) {
    unsafe self.function = function
    unsafe self.context = context
  }

  func hear(_ event: HostServer.Event) {
    switch event {
    case .came(let guest): unsafe function(context, Int32(guest), NETVSC_GUEST_CAME, nil, nil)
    case .left(let guest, let report):
      unsafe withUnsafePointer(to: netvsc_host_statistics(report)) { counted in
        unsafe function(context, Int32(guest), NETVSC_GUEST_LEFT, nil, counted)
      }
    case .refused(let guest, let reason, let report):
      unsafe withUnsafePointer(to: netvsc_host_statistics(report)) { counted in
        unsafe reason.withCString { reason in
          unsafe function(context, Int32(guest), NETVSC_GUEST_REFUSED, reason, counted)
        }
      }
    }
  }
}

/// A clock in C.
@safe
struct CallbackClock: @unchecked Sendable {
  private let function: netvsc_clock
  private let context: UnsafeMutableRawPointer?

  init(_ function: @escaping netvsc_clock, _ context: UnsafeMutableRawPointer?) {
    unsafe self.function = function
    unsafe self.context = context
  }

  func now() -> UInt64 { unsafe function(context) }
}
