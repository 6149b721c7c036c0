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
  unsafe counting(in: received) { received in
    unsafe useCalling(sender) { held in
      guard let receiver = unsafe receiver else { return held.fail(.null("receiver")) }
      // Sizes have no sign in C: one beyond all that can be is no limit.
      return held.receive(limit: limit < 0 ? .max : limit, &received) { frame in
        // SAFETY: the bytes are good while the frame is borrowed, which is said in the header.
        unsafe frame.bytes.withUnsafeBytes { bytes in
          var told = unsafe netvsc_frame(frame.info)
          unsafe told.bytes = bytes.baseAddress
          unsafe told.size = bytes.count
          unsafe receiver(context, &told)
        }
      }
    }
  }
}

@c @implementation
public func netvsc_sender_receivable(_ sender: OpaquePointer?) -> Int {
  unsafe ask(sender, otherwise: 0) { $0.receivableCount }
}

extension netvsc_frame {
  /// What a host told of a frame.
  fileprivate init(_ info: ReceiveInfo) {
    unsafe self.init()
    var flags = 0
    switch info.transportChecksum {
    case .good: flags |= NETVSC_RECEIVED_CHECKSUM_GOOD
    case .bad: flags |= NETVSC_RECEIVED_CHECKSUM_BAD
    case .unknown: break
    }
    switch info.ipv4HeaderChecksum {
    case .good: flags |= NETVSC_RECEIVED_IP_HEADER_GOOD
    case .bad: flags |= NETVSC_RECEIVED_IP_HEADER_BAD
    case .unknown: break
    }
    if let tag = info.vlanTag {
      flags |= NETVSC_RECEIVED_VLAN
      unsafe vlan_tci = tag.tci
    }
    if let hash = info.flowHash {
      flags |= NETVSC_RECEIVED_FLOW_HASH
      unsafe flow_hash = hash
    }
    unsafe self.flags = UInt32(flags)
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
