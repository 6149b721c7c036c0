/// What a run must keep to, step by step and at its end.
protocol RunRules: Sendable {
  /// Judges a step, after it was done.
  mutating func judge(_ operation: ModelOperation, answer: UInt64, by thread: Int) throws(ModelFlaw)
  /// Judges a run in which nobody can go on. `waiting` are those who have not ended.
  func judgeEnd(waiting: [Int]) throws(ModelFlaw)
  /// What the run came to, for who compares.
  var outcome: [UInt64] { get }
  /// Puts all that later judgements depend on into `key`.
  func append(to key: inout [UInt64])
}

/// A run as far as it got.
struct RunState<Rules: RunRules>: Sendable {
  var memory: MemoryModel
  /// Where each thread stands in its tree.
  var places: [Int]
  var rules: Rules
  var trail: Trail?

  /// Puts all that the future depends on into `key`. Where a thread stands in its tree is all that it knows.
  mutating func append(to key: inout [UInt64]) {
    for place in places { key.append(UInt64(truncatingIfNeeded: place)) }
    rules.append(to: &key)
    memory.append(to: &key)
  }
}

/// The steps that led somewhere, the last one first.
final class Trail: Sendable {
  let thread: Int
  let operation: ModelOperation
  let age: Int
  let answer: UInt64
  let previous: Trail?

  init(thread: Int, operation: ModelOperation, age: Int, answer: UInt64, previous: Trail?) {
    self.thread = thread
    self.operation = operation
    self.age = age
    self.answer = answer
    self.previous = previous
  }
}

/// A run that broke a rule, with every step that led there.
struct FailedRun: Error, CustomStringConvertible {
  let flaw: ModelFlaw
  let steps: [String]

  var description: String { (steps + ["\(flaw)"]).joined(separator: "\n") }

  init(_ flaw: ModelFlaw, after trail: Trail?, threads: [String], words: [String]) {
    self.flaw = flaw
    var steps: [String] = []
    var step = trail
    while let current = step {
      let word = current.operation.word.map { " [\(words[$0])]" } ?? ""
      let age = current.age > 0 ? ", \(current.age) stores old" : ""
      steps.append("\(threads[current.thread]): \(current.operation)\(word) = \(current.answer)\(age)")
      step = current.previous
    }
    self.steps = steps.reversed()
  }
}
