import NetVSC
import TestSupport
import Testing
import VMBusRing
import WireFormats

/// One way a host can spoil the set-up, and what the guest must make of it.
struct HandshakeFault: CustomTestStringConvertible, Sendable {
  typealias Step = ScriptedHost.Step

  let testDescription: String
  /// The step whose answers are replaced.
  let step: Step
  /// The answers that take the honest ones' place.
  let answers: @Sendable ([HostMessage]) -> [HostMessage]
  /// A part of the error's one line; nil where the host must be found not to have answered.
  let reason: String?

  init(
    _ name: String, at step: Step, reason: String?, _ answers: @escaping @Sendable ([HostMessage]) -> [HostMessage]
  ) {
    testDescription = name
    self.step = step
    self.answers = answers
    self.reason = reason
  }

  /// The error of a guest that opens a device on a host with this fault; nil when it opened. Time is the host's clock's.
  func open(on host: ScriptedHost) -> DeviceError? {
    host.amend = { [step, answers] _, met, honest in met == step ? answers(honest) : honest }
    do throws(DeviceError) {
      _ = try Device.open(host.offer, GuestBench.configuration(clock: host.clock))
      return nil
    } catch {
      return error
    }
  }
}

extension HandshakeFault {
  static let version = Step.version(.v6_1)
  static let receiveBuffer = Step.message(.sendReceiveBuffer)
  static let sendBuffer = Step.message(.sendSendBuffer)
  static let initialize = Step.control(.initialize)
  static let query = Step.query(.permanentAddress)
  static let set = Step.set(.currentPacketFilter)
  /// Every step that a guest of one queue waits for.
  static let steps = [
    version, receiveBuffer, sendBuffer, initialize, query, .query(.maximumFrameSize), .query(.mediaConnectStatus),
    .query(.tcpOffloadHardwareCapabilities), .set(.tcpOffloadParameters), set,
  ]

  /// What a guest of several queues waits for beside them.
  static let subchannelSteps: [Step] = [
    .query(.receiveScaleCapabilities), .message(.subchannel), .set(.receiveScaleParameters),
  ]

  /// Another message in the completion.
  static func completing(_ message: some NVSPMessage) -> @Sendable ([HostMessage]) -> [HostMessage] {
    { honest in [.completion(of: honest[0].transactionID, message, byteCount: 40)] }
  }

  /// Another payload in the completion; what follows it stays.
  static func completing(payload: [UInt8]) -> @Sendable ([HostMessage]) -> [HostMessage] {
    { honest in [.completion(of: honest[0].transactionID, payload: payload)] + honest.dropFirst() }
  }

  /// The RNDIS answer with its 32-bit word at `offset` replaced.
  static func patching(at offset: Int, with value: UInt32) -> @Sendable ([HostMessage]) -> [HostMessage] {
    { honest in
      var reply = honest[1]
      let bytes = (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
      reply.received?.bytes.replaceSubrange(offset..<offset + 4, with: bytes)
      return [honest[0], reply]
    }
  }

  /// The RNDIS answer announced by another header in the ring.
  static func announcing(_ words: [UInt64]) -> @Sendable ([HostMessage]) -> [HostMessage] {
    { honest in
      var reply = honest[1]
      reply.header = ExpectedPacket.words(words)
      return [honest[0], reply]
    }
  }

  private static func receiveBuffer(
    _ name: String, reason: String, status: UInt32 = 1, sections: UInt32 = 1, offset: UInt32 = 0, size: UInt32 = 1728,
    count: UInt32 = 8
  ) -> HandshakeFault {
    HandshakeFault(
      "a receive buffer with \(name)", at: receiveBuffer, reason: reason,
      completing(payload: ExpectedPacket.halves([102, status, sections, offset, size, count, size &* count, 0])))
  }

  private static func sendBuffer(_ name: String, reason: String, status: UInt32 = 1, size: UInt32) -> HandshakeFault {
    HandshakeFault(
      "a send buffer with \(name)", at: sendBuffer, reason: reason,
      completing(payload: ExpectedPacket.halves([105, status, size, 0])))
  }

  /// Answers that contradict the protocol: the guest gives up at once, and says why.
  static let refused: [HandshakeFault] =
    steps.flatMap { step in
      [
        HandshakeFault("an empty completion of \(step)", at: step, reason: "empty", completing(payload: [])),
        HandshakeFault(
          "a completion of another type for \(step)", at: step, reason: "type",
          completing(payload: ExpectedPacket.halves([134, 1, 1, 1]))),
      ]
    } + [
      HandshakeFault(
        "an INIT_COMPLETE that is short", at: version, reason: "needed",
        completing(payload: ExpectedPacket.halves([2, 0]))),
      receiveBuffer("a failure", reason: "failure", status: 2),
      receiveBuffer("no section", reason: "section count", sections: 0),
      receiveBuffer("two sections", reason: "section count", sections: 2),
      receiveBuffer("a section that begins at 8", reason: "section offset", offset: 8),
      receiveBuffer("parts of 67 bytes", reason: "67", size: 67),
      receiveBuffer("parts of no byte", reason: "0", size: 0),
      receiveBuffer("no parts", reason: "sections", count: 0),
      receiveBuffer("a part too many", reason: "sections", size: 1 << 16, count: 17),
      receiveBuffer("parts whose sizes overflow", reason: "sections", size: 1 << 31, count: 1 << 31),
      receiveBuffer("the most and largest parts", reason: "sections", size: .max, count: .max),
      HandshakeFault(
        "a receive buffer whose section is cut", at: receiveBuffer, reason: "needed",
        completing(payload: ExpectedPacket.halves([102, 1, 1, 0, 1728, 8]))),
      sendBuffer("a failure", reason: "failure", status: 2, size: 6144),
      sendBuffer("sections of no byte", reason: "0", size: 0),
      sendBuffer("sections of 67 bytes", reason: "67", size: 67),
      sendBuffer("sections of 6148 bytes", reason: "6148", size: 6148),
      sendBuffer("sections larger than itself", reason: "16777216", size: 16 << 20),
      sendBuffer("sections of 4 GiB", reason: "4294967288", size: 0xFFFF_FFF8),
      HandshakeFault(
        "a send buffer without a section size", at: sendBuffer, reason: "needed",
        completing(payload: ExpectedPacket.halves([105, 1]))),
      HandshakeFault(
        "a carrier that failed", at: initialize, reason: "failure", completing(RNDISPacketComplete(status: .failure))),
      HandshakeFault("INITIALIZE that failed", at: initialize, reason: "failure", patching(at: 12, with: 0xC000_0001)),
      HandshakeFault("an alignment of 8192", at: initialize, reason: "13", patching(at: 40, with: 13)),
      HandshakeFault("an alignment beyond 32 bits", at: initialize, reason: "alignment", patching(at: 40, with: 64)),
      HandshakeFault("transfers of 44 bytes", at: initialize, reason: "44", patching(at: 36, with: 44)),
      HandshakeFault(
        "QUERY_CMPLT for INITIALIZE", at: initialize, reason: "type", patching(at: 0, with: 0x8000_0004)),
      HandshakeFault("an INITIALIZE_CMPLT of 51 bytes", at: initialize, reason: "51", patching(at: 4, with: 51)),
      HandshakeFault("no address", at: query, reason: "it has none", patching(at: 12, with: 0xC000_00BB)),
      HandshakeFault("an address of 5 bytes", at: query, reason: "6", patching(at: 16, with: 5)),
      HandshakeFault("an address behind the message", at: query, reason: "information", patching(at: 20, with: 17)),
      HandshakeFault("an address at 4 GiB", at: query, reason: "information", patching(at: 20, with: 0xFFFF_FFF8)),
      HandshakeFault("an address of 4 GiB", at: query, reason: "information", patching(at: 16, with: 0xFFFF_FFFF)),
      HandshakeFault("an address in the header", at: query, reason: "information", patching(at: 20, with: 0)),
      HandshakeFault(
        "an MTU of 67 bytes", at: .query(.maximumFrameSize), reason: "67", patching(at: 24, with: 67)),
      HandshakeFault(
        "an MTU of 3 bytes' length", at: .query(.maximumFrameSize), reason: "truncated", patching(at: 16, with: 3)),
      HandshakeFault(
        "a link state of 2 bytes", at: .query(.mediaConnectStatus), reason: "truncated", patching(at: 16, with: 2)),
      HandshakeFault(
        "offloads of another kind", at: .query(.tcpOffloadHardwareCapabilities), reason: "type",
        patching(at: 24, with: 0x009C_0380)),
      HandshakeFault(
        "offloads that are cut", at: .query(.tcpOffloadHardwareCapabilities), reason: "truncated",
        patching(at: 16, with: 155)),
      HandshakeFault("a filter that is refused", at: set, reason: "0xc0010015", patching(at: 12, with: 0xC001_0015)),
    ]

  /// Answers that are none: the guest goes on waiting, and gives up when its time is over.
  static let unanswered: [HandshakeFault] =
    steps.flatMap { step in
      [
        HandshakeFault("no answer to \(step)", at: step, reason: nil) { _ in [] },
        HandshakeFault("an answer under another id to \(step)", at: step, reason: nil) { honest in
          var other = honest
          other[0].transactionID += 1
          return other
        },
        HandshakeFault("an in-band answer to \(step)", at: step, reason: nil) { honest in
          var other = honest
          other[0].type = .dataInBand
          return other
        },
      ]
    } + [
      HandshakeFault("a carrier without a reply", at: initialize, reason: nil) { [$0[0]] },
      HandshakeFault("a reply without a carrier's completion", at: query, reason: nil) { [$0[1]] },
      HandshakeFault("a reply to another request", at: query, reason: nil, patching(at: 8, with: 77)),
      HandshakeFault("an indication in place of a reply", at: query, reason: nil, patching(at: 0, with: 7)),
      HandshakeFault("a reply longer than its range", at: query, reason: nil, patching(at: 4, with: 4096)),
      HandshakeFault("a reply of 11 bytes", at: query, reason: nil, patching(at: 4, with: 11)),
      HandshakeFault("a reply in another buffer", at: query, reason: nil, announcing([1 << 32 | 0xCAFF, 30])),
      HandshakeFault("a reply in no range", at: query, reason: nil, announcing([0xCAFE, 30])),
      HandshakeFault("more ranges than there are", at: query, reason: nil, announcing([2 << 32 | 0xCAFE, 30])),
      HandshakeFault("more ranges than can be", at: query, reason: nil, announcing([.max << 32 | 0xCAFE, 30])),
      HandshakeFault(
        "a range that ends behind the buffer", at: query, reason: nil,
        announcing([1 << 32 | 0xCAFE, (1 << 20 - 29) << 32 | 30])),
      HandshakeFault(
        "a range beyond 32 bits", at: query, reason: nil, announcing([1 << 32 | 0xCAFE, 0xFFFF_FFFF << 32 | 30])),
      HandshakeFault(
        "a range longer than a part of the buffer", at: query, reason: nil,
        announcing([1 << 32 | 0xCAFE, 1729])),
      HandshakeFault("a range of 7 bytes", at: query, reason: nil, announcing([1 << 32 | 0xCAFE, 7])),
      HandshakeFault("a reply on the data path", at: query, reason: nil) { honest in
        var reply = honest[1]
        reply.payload.replaceSubrange(4..<8, with: [0, 0, 0, 0])
        return [honest[0], reply]
      },
      HandshakeFault("a reply whose carrier is empty", at: query, reason: nil) { honest in
        var reply = honest[1]
        reply.payload = []
        return [honest[0], reply]
      },
    ]
}
