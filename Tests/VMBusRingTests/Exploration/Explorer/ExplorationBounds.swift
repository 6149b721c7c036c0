/// How far an exploration goes.
struct ExplorationBounds: Sendable, CustomStringConvertible {
  /// How often a thread that could go on is left for another.
  var preemptions = Int.max
  /// How often a load returns something older than the newest store.
  var staleReads = Int.max

  var description: String {
    let name = { (bound: Int) in bound == .max ? "any number of" : "\(bound)" }
    return "\(name(preemptions)) preemptions, \(name(staleReads)) stale reads"
  }
}

/// What an exploration came to.
struct ExplorationCounts: CustomStringConvertible {
  /// Runs that were played to their end, and those that came to a state already explored.
  var executions = 0
  var joined = 0
  var states = 0
  var steps = 0

  var description: String {
    "\(executions) executions to the end, \(joined) into explored states; \(states) states, \(steps) steps"
  }
}
