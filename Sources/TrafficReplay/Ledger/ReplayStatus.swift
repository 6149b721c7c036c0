/// The exit code of a replay. The numbers from 64 on are those of sysexits.h.
package enum ReplayStatus: Int32, Sendable, CaseIterable {
  /// All that was offered was completed.
  case complete = 0
  /// Something was refused, failed or lost, or there was nothing to send.
  case incomplete = 1
  /// What was asked for does not fit a capture.
  case wrongUsage = 64
  /// A capture is damaged, is none, or has a link type that cannot be sent.
  case captureUnusable = 65
  /// A capture is missing, a directory, or not readable.
  case captureUnreadable = 66
  /// The host went away.
  case hostGone = 69
  /// Our own fault, such as a ledger that does not balance.
  case internalFault = 70
  /// A sink or an output could not be written, or a capture not be read on.
  case inputOutputFailed = 74
  /// The sink is an interface that this user may not send to.
  case notPermitted = 77
  /// Stopped from outside, after draining and reporting. 128 + SIGINT, as shells have it.
  case interrupted = 130

  /// The first that applies to a run.
  package init(of result: ReplayResult) {
    self = Self.precedence.first { $0.applies(to: result) } ?? .complete
  }

  private static let precedence: [ReplayStatus] = [
    .wrongUsage, .captureUnreadable, .notPermitted, .internalFault, .hostGone, .inputOutputFailed, .interrupted,
    .captureUnusable,
    .incomplete,
  ]

  private func applies(to result: ReplayResult) -> Bool {
    switch (self, result.failure) {
    case (.notPermitted, .notPermitted), (.internalFault, .internalFault), (.hostGone, .hostWentAway): true
    case (.inputOutputFailed, .sinkFailed), (.inputOutputFailed, .outputFailed): true
    case (.internalFault, _): !result.imbalances.isEmpty || result.earlyCount > 0
    case (.wrongUsage, _): result.captures.contains { $0.failure?.exitStatus == .wrongUsage }
    case (.captureUnreadable, _): result.captures.contains { $0.failure?.exitStatus == .captureUnreadable }
    case (.captureUnusable, _): result.captures.contains { $0.failure?.exitStatus == .captureUnusable }
    case (.interrupted, _): result.interrupted
    case (.incomplete, _): !result.completedSomethingAndAll
    case (.inputOutputFailed, _): result.captures.contains { $0.failure?.exitStatus == .inputOutputFailed }
    case (.notPermitted, _), (.hostGone, _), (.complete, _): false
    }
  }
}

extension CaptureFailure {
  /// What a program ends with that can do nothing without the capture.
  package var exitStatus: ReplayStatus {
    switch self {
    case .filterUnfit: .wrongUsage
    case .missing, .unreadable: .captureUnreadable
    case .readFailed: .inputOutputFailed
    case .damaged, .notACapture, .linkType: .captureUnusable
    }
  }
}

extension ReplayResult {
  fileprivate var completedSomethingAndAll: Bool {
    let ledger = ledger
    return ledger.offered.packets > 0 && ledger.completed == ledger.offered
  }
}
