internal import SharedMemory
internal import VMBusRing

/// The memory that frames in flight lie in. It is held until the last of them came back, whatever its owner does: a
/// frame costs a count for each memory that it lies in, and only the first and the last one of a memory a reference.
struct MemoryLoans: ~Copyable, Sendable {
  /// What a frame lies in: a bit for each memory, by its place.
  struct Places: Equatable, BitwiseCopyable, Sendable {
    fileprivate(set) var bits: UInt64 = 0
  }

  /// One memory. (Not private: the compiler cannot end a `PrivateList` of a private type from another file.)
  struct Loan: BitwiseCopyable {
    /// `FrameMemory.identity`; 0 at first.
    var identity: UInt64 = 0
    var frameCount = 0
  }

  /// How much memory is held at most: as much as `Places` tells apart.
  static let limit = UInt64.bitWidth

  private var loans = PrivateList<Loan>(capacity: limit)
  /// What is held, in the same places; nil where no frame is lent.
  private var held: [FrameMemory?] = Array(repeating: nil, count: limit)
  /// The places where any is.
  private var taken = Places()
  /// Where the last frame was: the next one is likely to be there as well.
  private var recent = 0

  /// What the device reaches.
  private let addressSpace: DeviceAddressSpace

  init(of addressSpace: DeviceAddressSpace) {
    self.addressSpace = addressSpace
    for _ in 0..<Self.limit { loans.append(Loan()) }
  }

  /// How much memory is held.
  var count: Int { taken.bits.nonzeroBitCount }

  /// Whether a frame of any parts can be lent.
  var hasRoom: Bool { Self.limit - count >= Sender.maximumPartCount }

  /// Counts one more frame in a memory, unless `places` has it: the frame lies there with another part. Returns false
  /// where too much is held already, or the memory is another device's.
  @inline(__always)
  mutating func lend(_ memory: FrameMemory, to places: inout Places) -> Bool {
    if lend(held: memory.identity, to: &places) { return true }
    guard hold(memory) else { return false }
    count(to: &places)
    return true
  }

  /// The same for a memory that is held already, by its identity. Returns false where it is not.
  @inline(__always)
  mutating func lend(held identity: UInt64, to places: inout Places) -> Bool {
    if loans[recent].identity != identity || loans[recent].frameCount == 0 {
      guard let place = place(of: identity) else { return false }
      recent = place
    }
    count(to: &places)
    return true
  }

  @inline(__always)
  private mutating func count(to places: inout Places) {
    let bit = 1 as UInt64 &<< UInt64(recent)
    if places.bits & bit == 0 {
      places.bits |= bit
      loans[recent].frameCount += 1
    }
  }

  private func place(of identity: UInt64) -> Int? {
    var others = taken.bits
    while others != 0 {
      let place = others.trailingZeroBitCount
      if loans[place].identity == identity { return place }
      others &= others - 1
    }
    return nil
  }

  /// Holds a memory from now on. Returns false where it cannot.
  private mutating func hold(_ memory: FrameMemory) -> Bool {
    let free = (~taken.bits).trailingZeroBitCount
    guard free < Self.limit, memory.lies(in: addressSpace) else { return false }
    taken.bits |= 1 << UInt64(free)
    loans[free] = Loan(identity: memory.identity)
    held[free] = memory
    recent = free
    return true
  }

  /// Counts one frame less in all that it lay in.
  @inline(__always)
  mutating func giveBack(_ places: Places) {
    var rest = places.bits
    while rest != 0 {
      let place = rest.trailingZeroBitCount
      rest &= rest &- 1
      loans[place].frameCount -= 1
      if loans[place].frameCount == 0 {
        taken.bits &= ~(1 << UInt64(place))
        held[place] = nil
      }
    }
  }
}
