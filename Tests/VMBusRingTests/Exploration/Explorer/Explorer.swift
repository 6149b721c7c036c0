/// Plays every run of a few threads on a model of memory, within bounds.
///
/// It branches only in front of steps that reach a word which threads notice each other by, in front of fences and of
/// waiting; other steps commute with whatever the other threads do. A state is explored once for each thread that runs in
/// it and for what was left of the bounds: a later visit with no more left finds nothing new.
final class Explorer {
  let scene: Scene
  let bounds: ExplorationBounds
  var counts = ExplorationCounts()
  var outcomes: Set<[UInt64]> = []
  let trees: [ThreadTree]
  let sharing: WordSharing
  let state: ModelState
  var trail = Pile<TrailStep>()
  private var explored: ExploredStates
  /// Runs to be gone on with, and the states that they begin in.
  private var pending = Pile<Branch>()
  private var saved: SavedStates
  /// A bit for each thread that is like the one before.
  let followers: UInt64

  /// A run to be gone on with: `thread` steps next. An age of -1 stands for every one there is.
  private struct Branch {
    var thread: Int
    var age: Int
    var preemptions: Int
    var staleReads: Int
    /// How many steps led there.
    var trailCount: Int
  }

  init(_ scene: Scene, bounds: ExplorationBounds = ExplorationBounds()) {
    self.scene = scene
    self.bounds = bounds
    let sharing = WordSharing(wordCount: scene.port.firstValues.count)
    self.sharing = sharing
    trees = scene.programs.enumerated().map { ThreadTree($1, of: $0, sharing: sharing) }
    state = scene.makeState()
    explored = ExploredStates(threadCount: scene.programs.count, bounds: bounds)
    saved = SavedStates(state)
    followers = scene.programs.indices.reduce(0) {
      $0 | (scene.programs[$1].isLikeTheOneBefore ? 1 << UInt64($1) : 0)
    }
  }

  /// Explores everything. Throws the first run that breaks a rule.
  func explore() throws(FailedRun) {
    repeat {
      do {
        try exploreAsShared()
      } catch {
        guard sharing.hasGrown else { throw error }
      }
      // More is shared than was known: what was played so far did not branch there, and forgot stores.
    } while sharing.hasGrown
    counts.states = explored.count
  }

  /// Explores everything, as long as no more turns out to be shared.
  private func exploreAsShared() throws(FailedRun) {
    counts = ExplorationCounts()
    outcomes = []
    explored = ExploredStates(threadCount: trees.count, bounds: bounds)
    pending.removeAll()
    saved = SavedStates(state)
    try start()
    for thread in trees.indices where canGoOn(thread) {
      leave(thread, age: -1, preemptions: bounds.preemptions, staleReads: bounds.staleReads)
    }
    while !sharing.hasGrown, pending.count > 0 {
      let branch = pending.base[pending.count - 1]
      pending.removeAll(from: pending.count - 1)
      saved.pop(into: state)
      trail.removeAll(from: branch.trailCount)
      try play(branch)
    }
  }

  /// Leaves a branch of the run as it stands for later.
  private func leave(_ thread: Int, age: Int, preemptions: Int, staleReads: Int) {
    pending.append(
      Branch(
        thread: thread, age: age, preemptions: preemptions, staleReads: staleReads, trailCount: trail.count))
    saved.push(state)
  }

  /// Plays a run to its end or to a state that is explored, and leaves the other branches for later.
  private func play(_ branch: Branch) throws(FailedRun) {
    var (thread, age, preemptions) = (branch.thread, branch.age, branch.preemptions)
    while !sharing.hasGrown {
      if age < 0 {
        if branch.staleReads > 0 { leaveOlder(thread, preemptions: preemptions, staleReads: branch.staleReads) }
        age = 0
      }
      try perform(thread, age: age)
      age = -1
      try settle(thread)
      let goesOn = canGoOn(thread)
      // Where nothing is left there is one way to go on.
      if goesOn, preemptions == 0, branch.staleReads == 0 { continue }
      state.forget(keepsOlder: branch.staleReads > 0)
      guard
        explored.insert(
          state.key, running: goesOn && preemptions != .max ? thread : nil, preemptions: preemptions,
          staleReads: branch.staleReads)
      else {
        counts.joined += 1
        return
      }
      if goesOn && preemptions == 0 { continue }
      guard let next = try choose(behind: thread, goesOn: goesOn, preemptions: preemptions, branch.staleReads) else {
        return
      }
      thread = next
    }
  }

  /// Who steps next, where `thread` stepped last; leaves a branch for each of the others. Nil where the run ends.
  private func choose(
    behind thread: Int, goesOn: Bool, preemptions: Int, _ staleReads: Int
  ) throws(FailedRun) -> Int? {
    let left = goesOn && preemptions != .max ? preemptions &- 1 : preemptions
    var next = goesOn ? thread : -1
    var other = 0
    while other < trees.count {
      if other != thread, canGoOn(other) {
        if next < 0 { next = other } else { leave(other, age: -1, preemptions: left, staleReads: staleReads) }
      }
      other = other &+ 1
    }
    if next < 0 {
      try judgeEnd()
      return nil
    }
    return next
  }

  /// For the older stores that a thread's step could take, leaves branches.
  private func leaveOlder(_ thread: Int, preemptions: Int, staleReads: Int) {
    let operation = operation(of: thread)
    var age = state.answerCount(of: operation, by: thread) &- 1
    while age > 0 {
      if state.isPossible(operation, age: age) {
        leave(
          thread, age: age, preemptions: preemptions, staleReads: staleReads == .max ? .max : staleReads &- 1)
      }
      age = age &- 1
    }
  }
}
