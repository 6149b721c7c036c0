internal import SharedMemory

/// What a host says. The first is a welcome, or a farewell.
///
/// ```
///   type 4 | fields, by type
/// ```
enum HostMessage: Equatable {
  /// The version that it speaks, and how both sides map their rings.
  case welcome(version: UInt32, RingMapping)
  /// The host hangs up, for this reason.
  case farewell(String)
  /// A channel; with its two bells, the host's first.
  case offer(index: Int)
  case rescind(index: Int, reason: String)
  /// What became of a request; the problem is empty where all is well.
  case answer(request: UInt32, problem: String)
  case report(request: UInt32, HostReport)

  /// How many descriptors come with it.
  var descriptorCount: Int {
    switch self {
    case .offer: 2
    case .welcome, .farewell, .rescind, .answer, .report: 0
    }
  }

  func emit() -> [UInt8] {
    var fields = FieldWriter()
    switch self {
    case .welcome(let version, let mapping):
      fields.put(UInt32(1))
      fields.put(GuestMessage.magic)
      fields.put(version)
      fields.put(UInt32(mapping == .single ? 1 : 2))
    case .farewell(let reason):
      fields.put(UInt32(2))
      fields.put(reason)
    case .offer(let index):
      fields.put(UInt32(3))
      fields.put(UInt32(index))
    case .rescind(let index, let reason):
      fields.put(UInt32(4))
      fields.put(UInt32(index))
      fields.put(reason)
    case .answer(let request, let problem):
      fields.put(UInt32(5))
      fields.put(request)
      fields.put(problem)
    case .report(let request, let report):
      fields.put(UInt32(6))
      fields.put(request)
      report.emit(into: &fields)
    }
    return fields.bytes
  }

  static func parse(_ bytes: [UInt8]) throws(MessageError) -> HostMessage {
    var fields = FieldReader(bytes)
    let type = try fields.take(UInt32.self)
    let message: HostMessage
    switch type {
    case 1:
      guard try fields.take(UInt64.self) == GuestMessage.magic else {
        throw MessageError("a greeting that is none of netvsc's")
      }
      let version = try fields.take(UInt32.self)
      let mapping = try fields.take(UInt32.self)
      guard mapping == 1 || mapping == 2 else { throw MessageError("rings mapped \(mapping) times") }
      message = .welcome(version: version, mapping == 1 ? .single : .double)
    case 2: message = .farewell(try fields.takeText())
    case 3: message = .offer(index: try fields.takeIndex())
    case 4: message = .rescind(index: try fields.takeIndex(), reason: try fields.takeText())
    case 5: message = .answer(request: try fields.take(), problem: try fields.takeText())
    case 6: message = .report(request: try fields.take(), try HostReport(parsing: &fields))
    default: throw MessageError("a message of type \(type), which is unknown")
    }
    try fields.end()
    return message
  }
}
