import TestSupport
import VMBusRing

extension ScriptedHost {
  /// What a guest that is gone left behind: channels, handles of page lists, and pages.
  var leftovers: [String] {
    let open = channels.keys.sorted().map { "channel \($0) is open" }
    let handles = (1...UInt32(256)).filter { (try? bus.pages(ofGPADL: $0)) != nil }.map { "GPADL \($0)" }
    let pages = (UInt64(0x1000)..<0x4000).filter { bus.addressSpace.resolve($0..<$0 + 1) != nil }
    return open + handles + (pages.isEmpty ? [] : ["\(pages.count) pages"])
  }
}
