/// How far something has seen the memory of a model: for each lane a time stamp.
///
/// The first lanes are the threads' own clocks, the others belong to the words. Stamps take seven bits, eight to an
/// integer, so that joining two views costs a few instructions even in a debug build.
struct View {
  /// How many lanes there are.
  static let laneCount = 32
  /// The largest stamp.
  static let limit: UInt64 = 0x7F
  private static let topBits: UInt64 = 0x8080_8080_8080_8080

  // Fields rather than an array, which a debug build would allocate, or index through a generic.
  private var first: UInt64 = 0
  private var second: UInt64 = 0
  private var third: UInt64 = 0
  private var fourth: UInt64 = 0

  subscript(lane: Int) -> Int {
    get {
      let lanes = lane < 16 ? (lane < 8 ? first : second) : (lane < 24 ? third : fourth)
      return Int(truncatingIfNeeded: lanes >> UInt64(truncatingIfNeeded: 8 * (lane & 7)) & Self.limit)
    }
    set {
      precondition(newValue <= Self.limit, "a run is too long for the stamps of its model")
      let shift = UInt64(truncatingIfNeeded: 8 * (lane & 7))
      let stamp = UInt64(truncatingIfNeeded: newValue) << shift
      let others = ~(Self.limit << shift)
      switch lane >> 3 {
      case 0: first = first & others | stamp
      case 1: second = second & others | stamp
      case 2: third = third & others | stamp
      default: fourth = fourth & others | stamp
      }
    }
  }

  /// Sees whatever `other` has seen as well.
  mutating func join(_ other: View) {
    first = Self.larger(first, other.first)
    second = Self.larger(second, other.second)
    third = Self.larger(third, other.third)
    fourth = Self.larger(fourth, other.fourth)
  }

  /// What both have seen.
  func common(_ other: View) -> View {
    var view = View()
    view.first = first &+ other.first &- Self.larger(first, other.first)
    view.second = second &+ other.second &- Self.larger(second, other.second)
    view.third = third &+ other.third &- Self.larger(third, other.third)
    view.fourth = fourth &+ other.fourth &- Self.larger(fourth, other.fourth)
    return view
  }

  /// Counts what is seen from `floor` on.
  mutating func subtract(_ floor: View) {
    if floor.first != 0 { first = Self.larger(first, floor.first) &- floor.first }
    if floor.second != 0 { second = Self.larger(second, floor.second) &- floor.second }
    if floor.third != 0 { third = Self.larger(third, floor.third) &- floor.third }
    if floor.fourth != 0 { fourth = Self.larger(fourth, floor.fourth) &- floor.fourth }
  }

  /// Whether nothing is seen.
  var isEmpty: Bool { first | second | third | fourth == 0 }

  /// The larger stamp of each lane. The top bit of a lane is free to tell which.
  private static func larger(_ lanes: UInt64, _ others: UInt64) -> UInt64 {
    if others == 0 || lanes == others { return lanes }
    let isLarger = ((lanes | topBits) &- others) & topBits
    let mask = isLarger &- isLarger >> 7
    return lanes & mask | others & ~mask
  }
}
