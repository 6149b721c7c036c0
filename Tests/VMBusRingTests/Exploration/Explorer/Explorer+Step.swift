extension Explorer {
  /// What a thread does next.
  func operation(of thread: Int, in state: RunState<Rules>) -> ModelOperation {
    trees[thread].operation(at: state.places[thread])
  }

  /// The start, with every thread before its first step that others may notice.
  mutating func startState() throws(FailedRun) -> RunState<Rules> {
    var state = RunState(
      memory: scene.memory, places: Array(repeating: 0, count: trees.count), rules: scene.rules, trail: nil)
    for thread in trees.indices {
      state.places[thread] = trees[thread].start(of: 0) { [scene] in scene.solo(thread, in: scene.memory) }
    }
    for thread in trees.indices { try settle(thread, in: &state) }
    return state
  }

  /// Does a thread's next step.
  mutating func perform(_ thread: Int, age: Int, in state: inout RunState<Rules>) throws(FailedRun) {
    countStep()
    let operation = operation(of: thread, in: state)
    sharing.note(operation, by: thread)
    do throws(ModelFlaw) {
      let answer = try state.memory.perform(operation, age: age, by: thread)
      state.trail = Trail(
        thread: thread, operation: operation, age: age, answer: answer, previous: state.trail)
      try state.rules.judge(operation, answer: answer, by: thread)
      let memory = state.memory
      state.places[thread] = trees[thread].next(from: state.places[thread], answer: answer) { [scene] in
        scene.solo(thread, in: memory)
      }
    } catch {
      throw failure(error, in: state)
    }
  }

  /// Goes on with a thread up to its next step that others may notice.
  mutating func settle(_ thread: Int, in state: inout RunState<Rules>) throws(FailedRun) {
    while true {
      let operation = operation(of: thread, in: state)
      if operation == .end {
        state.memory.threads[thread].watched = View()
        guard let part = trees[thread].part(behind: state.places[thread]) else {
          state.memory.threads[thread].isEnded = true
          return
        }
        let memory = state.memory
        state.places[thread] = trees[thread].start(of: part) { [scene] in scene.solo(thread, in: memory) }
      } else {
        guard sharing.isPrivate(operation) else { return }
        try perform(thread, age: 0, in: &state)
      }
    }
  }

  /// Judges a run in which nobody can go on.
  func judgeEnd(of state: RunState<Rules>) throws(FailedRun) {
    do throws(ModelFlaw) {
      try state.rules.judgeEnd(waiting: state.places.indices.filter { operation(of: $0, in: state) != .end })
    } catch {
      throw failure(error, in: state)
    }
  }

  private func failure(_ flaw: ModelFlaw, in state: RunState<Rules>) -> FailedRun {
    FailedRun(flaw, after: state.trail, threads: scene.programs.map(\.name), words: scene.port.names)
  }
}
