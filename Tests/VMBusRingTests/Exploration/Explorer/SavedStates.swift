/// States to go back to, the last one first.
struct SavedStates: ~Copyable {
  private let stride: Int
  private var bytes: UnsafeMutableRawPointer
  private var capacity = 16
  private(set) var count = 0

  /// For states like `state`.
  init(_ state: ModelState) {
    stride = state.byteLimit
    bytes = .allocate(byteCount: capacity * stride, alignment: 8)
  }

  deinit { bytes.deallocate() }

  mutating func push(_ state: ModelState) {
    if count == capacity {
      let larger = UnsafeMutableRawPointer.allocate(byteCount: 2 * capacity * stride, alignment: 8)
      larger.copyMemory(from: bytes, byteCount: capacity * stride)
      bytes.deallocate()
      bytes = larger
      capacity *= 2
    }
    state.save(to: bytes + count &* stride)
    count = count &+ 1
  }

  /// Brings back the last one.
  mutating func pop(into state: ModelState) {
    count = count &- 1
    state.restore(from: bytes + count &* stride)
  }
}
