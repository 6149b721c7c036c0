/// Everything that one thread was ever seen to do: a tree with an operation at each node, and a branch for each answer.
///
/// A thread is deterministic, so its real code runs only to find a node that is not in the tree yet. It then runs from the
/// start of its part, by the answers that lead there, and on alone until the part ends or would wait; whatever it does on
/// the way goes into the tree as well. So code never stops half-way, and needs no stack of its own.
struct ThreadTree {
  struct Node {
    let operation: ModelOperation
    /// Where it hangs, and by which answer; the start of a part hangs nowhere.
    let parent: Int?
    let answer: UInt64
    let part: Int
    var branches: [(answer: UInt64, node: Int)] = []
  }

  let program: ThreadProgram
  private(set) var nodes: [Node] = []
  private var starts: [Int?]

  init(_ program: ThreadProgram) {
    self.program = program
    starts = Array(repeating: nil, count: program.parts.count)
  }

  func operation(at node: Int) -> ModelOperation { nodes[node].operation }

  /// The part behind the one that ends at `node`; nil behind the last.
  func part(behind node: Int) -> Int? {
    let next = nodes[node].part + 1
    if next < program.parts.count { return next }
    return program.repeatsLastPart ? next - 1 : nil
  }

  /// Where a part starts. `solo` plays it where that is not known.
  mutating func start(of part: Int, solo: () -> SoloRun) -> Int {
    if let start = starts[part] { return start }
    grow(part: part, answers: [], from: nil, solo: solo())
    return starts[part]!
  }

  /// Where `answer` leads from `node`. `solo` plays on where that is not known.
  mutating func next(from node: Int, answer: UInt64, solo: () -> SoloRun) -> Int {
    for branch in nodes[node].branches where branch.answer == answer { return branch.node }
    var answers = [answer]
    var above = node
    while let parent = nodes[above].parent {
      answers.append(nodes[above].answer)
      above = parent
    }
    grow(part: nodes[node].part, answers: answers.reversed(), from: node, solo: solo())
    return nodes[node].branches.last!.node
  }

  /// Runs the part's code by `answers`, which lead to a branch of `node`, and from there on as `solo` answers.
  private mutating func grow(part: Int, answers: [UInt64], from node: Int?, solo: SoloRun) {
    var operations: [ModelOperation] = []
    var found = answers
    solo.port.run {
      do {
        try program.parts[part]()
        operations.append(.end)
      } catch is Abandoned {
      } catch {
        operations.append(.fail("\(error)"))
      }
    } answer: { operation in
      operations.append(operation)
      if operations.count <= answers.count { return answers[operations.count - 1] }
      let answer = solo.answer(operation)
      found.append(answer)
      return answer
    }
    var parent = node
    for index in answers.count..<operations.count {
      let answer = index == 0 ? 0 : found[index - 1]
      nodes.append(Node(operation: operations[index], parent: parent, answer: answer, part: part))
      if let parent {
        nodes[parent].branches.append((answer, nodes.count - 1))
      } else {
        starts[part] = nodes.count - 1
      }
      parent = nodes.count - 1
    }
  }
}
