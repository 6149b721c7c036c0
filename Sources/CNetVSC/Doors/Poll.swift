public import CNetVSCInterface
internal import NetVSC

@c @implementation
public func netvsc_poll(
  _ sender: OpaquePointer?, _ completion: netvsc_completion?, _ context: UnsafeMutableRawPointer?,
  _ completed: UnsafeMutablePointer<Int>?
) -> netvsc_result {
  unsafe counting(in: completed) { completed in
    unsafe useCalling(sender) { held in
      held.poll(&completed) { frame in unsafe completion?(context, frame.cookie, netvsc_fate(frame.fate)) }
    }
  }
}

@c @implementation
public func netvsc_receive(
  _ sender: OpaquePointer?, _ limit: Int, _ receiver: netvsc_receiver?, _ context: UnsafeMutableRawPointer?,
  _ received: UnsafeMutablePointer<Int>?
) -> netvsc_result {
  unsafe counting(in: received) { _ in
    unsafe useCalling(sender) { held in held.fail(.unsupported("frames are not received yet")) }
  }
}

@c @implementation
public func netvsc_wait(_ sender: OpaquePointer?, _ timeout: UInt64) -> netvsc_result {
  unsafe useCalling(sender) { $0.wait(timeout: timeout) }
}

@c @implementation
public func netvsc_drain(
  _ sender: OpaquePointer?, _ timeout: UInt64, _ completion: netvsc_completion?, _ context: UnsafeMutableRawPointer?
) -> netvsc_result {
  unsafe useCalling(sender) { held in
    held.drain(timeout: timeout) { frame in unsafe completion?(context, frame.cookie, netvsc_fate(frame.fate)) }
  }
}
