/// How the reading of a capture ended.
package enum CaptureEnd: String, Sendable, CaseIterable {
  /// At its last packet.
  case end
  /// Where the limit on packets or on time cut it, or no later packet was asked for.
  case limit
  /// At the damage that `CaptureAccount.problem` names.
  case damaged
  /// Where somebody interrupted the run.
  case interrupted
  /// Before its first packet, for the reason that `CaptureAccount.problem` names.
  case refused
}

/// Why a capture was not sent, or not to its end.
package enum CaptureFailure: Sendable, CaseIterable {
  case missing
  /// A directory, or a file that may not be read.
  case unreadable
  case damaged
  /// The system failed to read on.
  case readFailed
  case notACapture
  /// Its link type cannot be sent.
  case linkType
  /// The filter asks for what its link type does not have.
  case filterUnfit
}

/// What one capture gave, in one pass over it.
package struct CaptureAccount: Sendable {
  package var path: String
  /// The link type's name, such as "EN10MB"; nil when the file did not get so far as to tell.
  package var linkType: String?
  /// Packets that were chosen to be sent.
  package var packets: UInt64
  /// Captured bytes of these.
  package var bytes: UInt64
  /// How many of them the capture's snap length had cut.
  package var truncated: UInt64
  /// Packets that were read and not chosen, so not offered.
  package var skipped: UInt64
  package var ended: CaptureEnd
  /// One line: what is wrong, where, and what to do about it.
  package var problem: String?
  package var failure: CaptureFailure?

  package init(
    path: String, linkType: String? = nil, packets: UInt64 = 0, bytes: UInt64 = 0, truncated: UInt64 = 0,
    skipped: UInt64 = 0, ended: CaptureEnd = .end, problem: String? = nil, failure: CaptureFailure? = nil
  ) {
    self.path = path
    self.linkType = linkType
    self.packets = packets
    self.bytes = bytes
    self.truncated = truncated
    self.skipped = skipped
    self.ended = ended
    self.problem = problem
    self.failure = failure
  }
}
