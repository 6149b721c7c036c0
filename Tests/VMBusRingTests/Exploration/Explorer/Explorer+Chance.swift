extension Explorer {
  /// Plays one run to its end, within no bounds: who steps next and what loads return is left to chance.
  func playByChance<Chance: RandomNumberGenerator>(using chance: inout Chance) throws(FailedRun) {
    repeat {
      do {
        try start()
        while !sharing.hasGrown, let thread = chooseByChance(using: &chance) {
          try perform(thread, age: ageByChance(thread, using: &chance))
          try settle(thread)
          state.forget(keepsOlder: true)
        }
        if !sharing.hasGrown { try judgeEnd() }
      } catch {
        guard sharing.hasGrown else { throw error }
      }
    } while sharing.hasGrown
  }

  /// Mostly the thread that stepped last, if it can go on; nil where nobody can.
  private func chooseByChance<Chance: RandomNumberGenerator>(using chance: inout Chance) -> Int? {
    if let last = lastThread, canGoOn(last), Int.random(in: 0..<6, using: &chance) > 0 { return last }
    return trees.indices.filter { canGoOn($0) }.randomElement(using: &chance)
  }

  /// Mostly the newest store.
  private func ageByChance<Chance: RandomNumberGenerator>(_ thread: Int, using chance: inout Chance) -> Int {
    let operation = operation(of: thread)
    let count = state.answerCount(of: operation, by: thread)
    guard count > 1, Int.random(in: 0..<4, using: &chance) == 0 else { return 0 }
    let age = Int.random(in: 0..<count, using: &chance)
    return state.isPossible(operation, age: age) ? age : 0
  }
}
