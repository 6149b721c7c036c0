extension Explorer {
  /// Goes to the start, with every thread before its first step that others may notice.
  func start() throws(FailedRun) {
    sharing.hasGrown = false
    trail.removeAll()
    state.become(scene.makeState())
    state.sharedWords = sharing.shared | WordSharing.everything
    state.loadedWords = sharing.loaded
    state.watchers = sharing.watchers
    for thread in trees.indices {
      state.threads[thread].place = trees[thread].start(of: 0) { scene.solo(thread, in: state) }
    }
    for thread in trees.indices {
      try settle(thread)
      state.threads[thread].hasStarted = 0
    }
  }

  /// Who stepped last.
  var lastThread: Int? { trail.count > 0 ? trail.base[trail.count - 1].thread : nil }

  /// Judges a run in which nobody can go on.
  func judgeEnd() throws(FailedRun) {
    counts.executions += 1
    do throws(ModelFlaw) {
      try scene.rules.judgeEnd(waiting: trees.indices.filter { state.threads[$0].isEnded == 0 }, state.notes)
    } catch {
      throw failure(error)
    }
    outcomes.insert(scene.rules.outcome(state.notes))
  }

  /// What a thread does next.
  func operation(of thread: Int) -> ModelOperation {
    trees[thread].node(state.threads[thread].place).pointee.operation
  }

  /// Does a thread's next step.
  func perform(_ thread: Int, age: Int) throws(FailedRun) {
    counts.steps += 1
    let tree = trees[thread]
    let place = state.threads[thread].place
    let operation = tree.node(place).pointee.operation
    do throws(ModelFlaw) {
      if case .fail(let reason) = operation { throw ModelFlaw(scene.port.reasons[reason]) }
      let answer = try state.perform(operation, age: age, by: thread)
      trail.append(TrailStep(thread: thread, operation: operation, age: age, answer: answer))
      try scene.rules.judge(operation, answer: answer, by: thread, state.notes)
      var next = tree.branch(of: place, answer)
      if next < 0 { next = tree.grow(from: place, answer: answer, solo: scene.solo(thread, in: state)) }
      state.threads[thread].place = next
      state.threads[thread].hasStarted = 1
    } catch {
      throw failure(error)
    }
  }

  /// Goes on with a thread up to its next step that others may notice.
  func settle(_ thread: Int) throws(FailedRun) {
    let tree = trees[thread]
    while true {
      let place = state.threads[thread].place
      if tree.node(place).pointee.sharing & state.sharedWords == 0 {
        try perform(thread, age: 0)
        continue
      }
      guard tree.node(place).pointee.operation == .end else { return }
      guard let part = tree.part(behind: place) else {
        state.threads[thread] = ModelState.Sight()
        state.threads[thread].place = place
        (state.threads[thread].hasStarted, state.threads[thread].isEnded) = (1, 1)
        return
      }
      state.threads[thread].place = tree.start(of: part) { scene.solo(thread, in: state) }
    }
  }

  /// Whether a thread can go on.
  func canGoOn(_ thread: Int) -> Bool {
    // Of threads that are alike but for their names, the first to start is the first by name.
    if followers >> UInt64(truncatingIfNeeded: thread) & 1 != 0, state.threads[thread &- 1].hasStarted == 0 {
      return false
    }
    return state.canPerform(operation(of: thread), by: thread)
  }

  private func failure(_ flaw: ModelFlaw) -> FailedRun {
    FailedRun(
      flaw, after: (0..<trail.count).map { trail.base[$0] }, threads: scene.programs.map(\.name),
      words: scene.port.names)
  }
}
