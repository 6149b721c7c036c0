/// What a host counted for one guest.
public struct HostReport: Equatable, Sendable {
  /// Frames of well-formed messages, as the guest offered them.
  public var receivedPackets: UInt64 = 0
  /// The bytes of these frames.
  public var receivedBytes: UInt64 = 0
  /// Frames the sink took: of a large send, its segments.
  public var deliveredPackets: UInt64 = 0
  /// The bytes of these frames.
  public var deliveredBytes: UInt64 = 0
  /// Packets read from the guest's rings, of every kind.
  public var messages: UInt64 = 0
  /// Doorbells the host rang.
  public var doorbells: UInt64 = 0
  /// Broken rules that stopped a channel.
  public var violations: UInt64 = 0
  /// The sum, modulo 2^64, of the digests of the frames received; 0 unless the sink verifies.
  public var digest: UInt64 = 0
  /// Whether the sink verifies.
  public var isVerified = false
  /// The first thing that went wrong at the host; nil if nothing did.
  public var problem: String?

  /// Nothing counted.
  public init() {}

  private static let counts: [WritableKeyPath<Self, UInt64> & Sendable] = [
    \.receivedPackets, \.receivedBytes, \.deliveredPackets, \.deliveredBytes, \.messages, \.doorbells, \.violations,
    \.digest,
  ]

  /// Both together; of problems the first.
  public static func + (left: Self, right: Self) -> Self {
    var sum = left
    for count in counts { sum[keyPath: count] &+= right[keyPath: count] }
    sum.isVerified = left.isVerified || right.isVerified
    sum.problem = left.problem ?? right.problem
    return sum
  }

  func emit(into fields: inout FieldWriter) {
    for count in Self.counts { fields.put(self[keyPath: count]) }
    fields.put(UInt8(isVerified ? 1 : 0))
    fields.put(problem ?? "")
  }

  init(parsing fields: inout FieldReader) throws(MessageError) {
    for count in Self.counts { self[keyPath: count] = try fields.take() }
    isVerified = try fields.take(UInt8.self) != 0
    let text = try fields.takeText()
    problem = text.isEmpty ? nil : text
  }
}
