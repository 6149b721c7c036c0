internal import NetVSP

/// Where the frames of a run go that the host has no place of its own for.
///
/// A run whose sink can take no more has nothing to go on for: the sink stops it, and says why.
protocol RunSink: FrameSink {
  /// How many frames found no room at once.
  var waitCount: UInt64 { get }

  /// Passes on what it holds back, for there is nothing more to take for a while.
  func flush()

  /// Ends it. Throws when not all that it took has got where it should.
  func close() throws(RunFailure)
}

extension RunSink {
  var waitCount: UInt64 { 0 }
  func flush() {}
}
