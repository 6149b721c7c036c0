public import CNetVSCInterface
internal import NetVSC

@c @implementation
public func netvsc_version() -> UnsafePointer<CChar>? { unsafe cText("0.1.0") }

@c @implementation
public func netvsc_result_text(_ result: netvsc_result) -> UnsafePointer<CChar>? { unsafe cText(result.text) }

@c @implementation
public func netvsc_sender_get_statistics(
  _ sender: OpaquePointer?, _ statistics: UnsafeMutablePointer<netvsc_statistics>?, _ size: Int
) -> netvsc_result {
  unsafe use(sender) { held in
    let counted = netvsc_statistics(held.counters, held.times)
    return unsafe write(counted, to: statistics, size) ? NETVSC_OK : NETVSC_ERROR_ARGUMENT
  }
}

@c @implementation
public func netvsc_sender_get_counter(
  _ sender: OpaquePointer?, _ index: Int, _ counter: UnsafeMutablePointer<netvsc_counter>?
) -> netvsc_result {
  unsafe use(sender) { held in
    let all = held.counters.ethtoolStatistics + held.counters.ethtoolStatistics(ofQueue: held.queueIndex)
    guard let counter = unsafe counter, all.indices.contains(index) else { return NETVSC_ERROR_ARGUMENT }
    var named = netvsc_counter()
    write(all[index].name, to: &named.name)
    named.value = all[index].value
    unsafe counter.pointee = named
    return NETVSC_OK
  }
}

@c @implementation
public func netvsc_sender_get_latencies(
  _ sender: OpaquePointer?, _ latencies: UnsafeMutablePointer<netvsc_latency>?, _ capacity: Int
) -> Int {
  unsafe ask(sender, otherwise: 0) { held in
    let buckets = held.latencies.buckets
    if let latencies = unsafe latencies {
      for (index, bucket) in buckets.prefix(max(capacity, 0)).enumerated() {
        unsafe latencies[index] = netvsc_latency(nanoseconds: bucket.nanoseconds, count: bucket.count)
      }
    }
    return buckets.count
  }
}
