/// Frames that a host makes away with, as a bad line would: a share of those it got from the guest, which are completed
/// all the same and not given to the sink, and of those of the source, which are not delivered.
public struct FrameLoss: Equatable, Sendable {
  /// How many of a million frames are lost, on average.
  public var perMillion: UInt32
  /// Which ones: the same frames in the same order lose the same.
  public var seed: UInt64

  /// A loss of `perMillion` of a million frames, from 0 to 1,000,000.
  public init(perMillion: UInt32, seed: UInt64) {
    precondition(perMillion <= 1_000_000, "no more frames are lost than there are")
    self.perMillion = perMillion
    self.seed = seed
  }
}

/// Says of each frame in turn whether it is lost.
struct LossDice: Sendable {
  private let perMillion: UInt64
  private var state: UInt64

  init(_ loss: FrameLoss) {
    perMillion = UInt64(loss.perMillion)
    state = loss.seed
  }

  /// Whether the next frame is lost. (SplitMix64, by Steele, Lea and Flood, 2014.)
  mutating func strikes() -> Bool {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
    return (bits ^ bits >> 31) % 1_000_000 < perMillion
  }
}
