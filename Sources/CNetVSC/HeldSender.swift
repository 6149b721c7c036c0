internal import CNetVSCInterface
internal import NetVSC

/// A sender that C holds: at work, or finished, when what became of its packets is left.
struct HeldSender: ~Copyable {
  let queueIndex: Int
  let number: Int
  private var sender: Sender?
  private var account: SenderAccount?
  /// What is reserved.
  var room: ReservedRoom?
  /// Why the last call that failed did.
  private(set) var failure = Failure.plain(NETVSC_OK)

  init(_ sender: consuming Sender) {
    queueIndex = sender.queueIndex
    number = sender.number
    self.sender = consume sender
  }

  /// Notes why a call fails. (By itself, so that calls which do not fail are short.)
  @inline(never)
  mutating func fail(_ failure: Failure) -> netvsc_result {
    self.failure = failure
    return failure.code
  }

  /// Does something with the sender: what was reserved is given up. Notes why, where that fails.
  @inline(__always)
  mutating func use(_ body: (inout Sender) throws(SenderError) -> netvsc_result) -> netvsc_result {
    room = nil
    do throws(SenderError) {
      guard let result = try sender?.lend(to: body) else { return fail(.plain(NETVSC_ERROR_FINISHED)) }
      return result.rawValue < 0 ? fail(.plain(result)) : result
    } catch {
      return fail(.queue(error))
    }
  }

  /// Ends its work.
  mutating func finish(_ returned: (ReturnedFrame) -> Void) -> netvsc_result {
    guard let sender = sender.take() else { return fail(.plain(NETVSC_ERROR_FINISHED)) }
    account = sender.finish(returned)
    return NETVSC_OK
  }
}

extension Sender {
  /// Is `body`'s for the time of the call. (By way of an optional's chain, so that it is looked at once.)
  @inline(__always)
  fileprivate mutating func lend(
    to body: (inout Sender) throws(SenderError) -> netvsc_result
  ) throws(SenderError) -> netvsc_result { try body(&self) }
}

/// What can be asked, also of one that is finished.
extension HeldSender {
  var inFlightCount: Int { ask({ $0.inFlightCount }, finished: 0) }
  var receivableCount: Int { ask({ $0.receivableCount }, finished: 0) }
  var hasRoom: Bool { ask({ $0.hasRoom }, finished: false) }
  var isStopped: Bool { ask({ $0.isStopped }, finished: false) }
  var isClosing: Bool { ask({ $0.isClosing }, finished: false) }
  var shouldMove: Bool { ask({ $0.shouldMove }, finished: false) }
  var counters: QueueCounters { ask({ $0.counters }, finished: account?.counters ?? QueueCounters()) }
  var latencies: LatencyCounters { ask({ $0.latencies }, finished: account?.latencies ?? LatencyCounters()) }
  var times: SenderTimes { ask({ $0.times }, finished: account?.times ?? SenderTimes()) }

  private func ask<Answer>(_ body: (borrowing Sender) -> Answer, finished: @autoclosure () -> Answer) -> Answer {
    switch sender {
    case .some(let sender): body(sender)
    case .none: finished()
    }
  }
}
