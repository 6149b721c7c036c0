internal import VMBusRing

/// What a guest says. Each but the first is answered, unless its request number is 0.
///
/// ```
///   type 4 | request 4 | fields, by type
/// ```
enum GuestMessage: Equatable {
  /// The version that it speaks.
  case hello(version: UInt32)
  /// Memory at these pages; with its file.
  case place(Range<UInt64>)
  case release(Range<UInt64>)
  case establish(gpadl: UInt32, Range<UInt64>)
  case withdraw(gpadl: UInt32)
  case open(index: Int, guestToHost: Range<UInt64>, hostToGuest: Range<UInt64>)
  case close(index: Int)
  /// A channel in the place of one that threads of the guest still hold; with its two bells.
  case offerAnew(index: Int)
  /// Asks for an answer, which comes behind all that the host said before.
  case synchronize
  /// Asks for what the host counted.
  case report

  /// "NETVSCHS", as a number.
  static let magic: UInt64 = 0x5348_4353_5654_454E
  static let version: UInt32 = 1

  /// How many descriptors come with it.
  var descriptorCount: Int {
    switch self {
    case .place: 1
    case .offerAnew: 2
    case .hello, .release, .establish, .withdraw, .open, .close, .synchronize, .report: 0
    }
  }

  func emit(request: UInt32) -> [UInt8] {
    var fields = FieldWriter()
    func begin(_ type: UInt32) {
      fields.put(type)
      fields.put(request)
    }
    switch self {
    case .hello(let version):
      begin(1)
      fields.put(Self.magic)
      fields.put(version)
    case .place(let pages):
      begin(2)
      fields.put(pages)
    case .release(let pages):
      begin(3)
      fields.put(pages)
    case .establish(let gpadl, let pages):
      begin(4)
      fields.put(gpadl)
      fields.put(pages)
    case .withdraw(let gpadl):
      begin(5)
      fields.put(gpadl)
    case .open(let index, let guestToHost, let hostToGuest):
      begin(6)
      fields.put(UInt32(index))
      fields.put(guestToHost)
      fields.put(hostToGuest)
    case .close(let index):
      begin(7)
      fields.put(UInt32(index))
    case .offerAnew(let index):
      begin(8)
      fields.put(UInt32(index))
    case .synchronize: begin(9)
    case .report: begin(10)
    }
    return fields.bytes
  }

  static func parse(_ bytes: [UInt8]) throws(MessageError) -> (request: UInt32, message: GuestMessage) {
    var fields = FieldReader(bytes)
    let type = try fields.take(UInt32.self)
    let request = try fields.take(UInt32.self)
    let message: GuestMessage
    switch type {
    case 1:
      guard try fields.take(UInt64.self) == magic else { throw MessageError("a greeting that is none of netvsc's") }
      message = .hello(version: try fields.take())
    case 2: message = .place(try fields.takePages())
    case 3: message = .release(try fields.takePages())
    case 4: message = .establish(gpadl: try fields.take(), try fields.takePages())
    case 5: message = .withdraw(gpadl: try fields.take())
    case 6:
      message = .open(
        index: try fields.takeIndex(), guestToHost: try fields.takePages(), hostToGuest: try fields.takePages())
    case 7: message = .close(index: try fields.takeIndex())
    case 8: message = .offerAnew(index: try fields.takeIndex())
    case 9: message = .synchronize
    case 10: message = .report
    default: throw MessageError("a message of type \(type), which is unknown")
    }
    try fields.end()
    return (request, message)
  }
}
