/// How far an exploration goes.
struct ExplorationBounds: Sendable {
  /// How often a thread that could go on is left for another.
  let preemptions: Int
  /// How often a load returns something older than the newest store.
  let staleReads: Int

  static let unbounded = ExplorationBounds(preemptions: .max, staleReads: .max)
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

/// Plays every run of a few threads on a model of memory, within bounds.
///
/// It branches only in front of steps that reach a word which several threads use and one of them writes, in front of
/// fences and of waiting; other steps commute with whatever the other threads do. A state is explored once for each
/// thread that runs in it and for what was left of the bounds: a later visit with no more left finds nothing new.
struct Explorer<Rules: RunRules> {
  let scene: Scene<Rules>
  let bounds: ExplorationBounds
  private(set) var counts = ExplorationCounts()
  private(set) var outcomes: Set<[UInt64]> = []
  var trees: [ThreadTree]
  var sharing: WordSharing
  private var explored: ExploredStates
  private var pending: [Branch] = []

  /// A run to be gone on with: `thread` steps next. An age of nil stands for every one there is.
  private struct Branch {
    var state: RunState<Rules>
    var thread: Int
    var age: Int?
    var preemptions: Int
    var staleReads: Int
  }

  init(_ scene: Scene<Rules>, bounds: ExplorationBounds = .unbounded) {
    self.scene = scene
    self.bounds = bounds
    trees = scene.programs.map { ThreadTree($0) }
    sharing = WordSharing(wordCount: scene.memory.words.count)
    explored = ExploredStates(bounds)
  }

  /// Explores everything. Throws the first run that breaks a rule.
  mutating func explore() throws(FailedRun) {
    repeat {
      counts = ExplorationCounts()
      outcomes = []
      explored = ExploredStates(bounds)
      pending = []
      sharing.hasGrown = false
      let start = try startState()
      for thread in start.places.indices where start.memory.canPerform(operation(of: thread, in: start), by: thread) {
        pending.append(
          Branch(
            state: start, thread: thread, age: nil, preemptions: bounds.preemptions, staleReads: bounds.staleReads))
      }
      while !sharing.hasGrown, let branch = pending.popLast() { try play(branch) }
      // A word turned out to be shared: what was played so far did not branch there.
    } while sharing.hasGrown
    counts.states = explored.count
  }

  /// Plays a run to its end or to a state that is explored, and leaves the other branches for later.
  private mutating func play(_ branch: Branch) throws(FailedRun) {
    var branch = branch
    while !sharing.hasGrown {
      try step(&branch)
      let goesOn = branch.state.memory.canPerform(operation(of: branch.thread, in: branch.state), by: branch.thread)
      guard
        explored.insert(
          &branch.state, running: goesOn ? branch.thread : nil, preemptions: branch.preemptions,
          staleReads: branch.staleReads)
      else {
        counts.joined += 1
        return
      }
      let others = branch.state.places.indices.filter {
        $0 != branch.thread
          && branch.state.memory.canPerform(operation(of: $0, in: branch.state), by: $0)
      }
      branch.age = nil
      if goesOn {
        guard branch.preemptions > 0 else { continue }
        for thread in others {
          var other = branch
          other.thread = thread
          other.preemptions -= 1
          pending.append(other)
        }
      } else {
        guard let next = others.first else {
          try end(branch.state)
          return
        }
        for thread in others.dropFirst() {
          var other = branch
          other.thread = thread
          pending.append(other)
        }
        branch.thread = next
      }
    }
  }

  /// Does the branch's step; for older stores that it could take as well, leaves branches.
  private mutating func step(_ branch: inout Branch) throws(FailedRun) {
    if branch.age == nil {
      branch.age = 0
      let operation = operation(of: branch.thread, in: branch.state)
      let count = branch.state.memory.answerCount(of: operation, by: branch.thread)
      if count > 1, branch.staleReads > 0 {
        for age in 1..<count where branch.state.memory.isPossible(operation, age: age) {
          var older = branch
          older.age = age
          older.staleReads -= 1
          pending.append(older)
        }
      }
    }
    try perform(branch.thread, age: branch.age ?? 0, in: &branch.state)
    try settle(branch.thread, in: &branch.state)
  }

  private mutating func end(_ state: RunState<Rules>) throws(FailedRun) {
    counts.executions += 1
    try judgeEnd(of: state)
    outcomes.insert(state.rules.outcome)
  }

  /// Counts a step that was done.
  mutating func countStep() { counts.steps += 1 }
}
