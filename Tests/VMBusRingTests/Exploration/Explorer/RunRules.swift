/// What a run must keep to, step by step and at its end.
///
/// All that changes in the course of a run is in `notes`, numbers that are part of the run's state: they begin as 0, and
/// runs that differ in none of them are judged alike from there on.
protocol RunRules: Sendable {
  /// How many numbers it remembers.
  var noteCount: Int { get }
  /// Notes what is so before the first step.
  func begin(_ notes: UnsafeMutablePointer<UInt64>)
  /// Judges a step, after it was done.
  func judge(
    _ operation: ModelOperation, answer: UInt64, by thread: Int, _ notes: UnsafeMutablePointer<UInt64>
  ) throws(ModelFlaw)
  /// Judges a run in which nobody can go on. `waiting` are those who have not ended.
  func judgeEnd(waiting: [Int], _ notes: UnsafeMutablePointer<UInt64>) throws(ModelFlaw)
  /// What the run came to, for who compares.
  func outcome(_ notes: UnsafeMutablePointer<UInt64>) -> [UInt64]
}

/// A step that was done.
struct TrailStep {
  let thread: Int
  let operation: ModelOperation
  let age: Int
  let answer: UInt64
}

/// A run that broke a rule, with every step that led there.
struct FailedRun: Error, CustomStringConvertible {
  let flaw: ModelFlaw
  let steps: [String]

  var description: String { (steps + ["\(flaw)"]).joined(separator: "\n") }

  init(_ flaw: ModelFlaw, after trail: [TrailStep], threads: [String], words: [String]) {
    self.flaw = flaw
    steps = trail.map { step in
      let word = step.operation.word.map { " [\(words[$0])]" } ?? ""
      let age = step.age > 0 ? ", \(step.age) stores old" : ""
      return "\(threads[step.thread]): \(step.operation)\(word) = \(step.answer)\(age)"
    }
  }
}
