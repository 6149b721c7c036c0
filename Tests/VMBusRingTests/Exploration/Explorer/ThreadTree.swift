/// Everything that one thread was ever seen to do: a graph with an operation at each node, and a branch for each answer.
///
/// A thread is deterministic, so its real code runs only to find a node that is not there yet. It then runs from the start
/// of its part, by answers that lead there, and on alone until the part ends or would wait; whatever it does on the way is
/// added as well. So code never stops half-way, and needs no stack of its own.
///
/// Nodes in which the thread knows the same are one: where a part starts or ends, at a milestone, and where a loop waits,
/// since no loop of the ring code that waits carries anything from one turn to the next.
final class ThreadTree {
  struct Node {
    let operation: ModelOperation
    /// See `WordSharing.bits`.
    let sharing: UInt64
    /// Where it was found first, and by which answer; -1 for the start of a part.
    let parent: Int
    let answer: UInt64
    let part: Int
    /// The last milestone on the way here; -1 where there is none.
    let milestone: Int
    /// The first branch; -1 where there is none.
    var branch = -1
  }

  private struct Branch {
    let answer: UInt64
    let node: Int
    /// Another branch of the same node; -1 behind the last.
    let next: Int
  }

  /// What makes two nodes one.
  private enum Meeting: Hashable {
    case milestone(part: Int, knowledge: UInt64)
    /// The part and the milestone before.
    case pause(part: Int, behind: Int)
    case end(part: Int)
  }

  let program: ThreadProgram
  private let thread: Int
  private let sharing: WordSharing
  private var nodes = Pile<Node>()
  private var branches = Pile<Branch>()
  private var starts: [Int?]
  private var meetings: [Meeting: Int] = [:]

  init(_ program: ThreadProgram, of thread: Int, sharing: WordSharing) {
    self.program = program
    self.thread = thread
    self.sharing = sharing
    starts = Array(repeating: nil, count: program.parts.count)
  }

  /// What is done at a node. It stays there until the tree grows.
  func node(_ place: Int) -> UnsafeMutablePointer<Node> { nodes.base + place }

  /// The part behind the one that ends at a node; nil behind the last.
  func part(behind place: Int) -> Int? {
    let next = nodes.base[place].part + 1
    if next < program.parts.count { return next }
    return program.repeatsLastPart ? next - 1 : nil
  }

  /// Where a part starts. `solo` plays it where that is not known.
  func start(of part: Int, solo: () -> SoloRun) -> Int {
    if let start = starts[part] { return start }
    grow(part: part, path: [], answers: [], from: -1, solo: solo())
    return starts[part]!
  }

  /// Where `answer` leads from a node; -1 where that is not known.
  func branch(of place: Int, _ answer: UInt64) -> Int {
    var branch = nodes.base[place].branch
    while branch >= 0 {
      if branches.base[branch].answer == answer { return branches.base[branch].node }
      branch = branches.base[branch].next
    }
    return -1
  }

  /// Where `answer` leads from a node, from where it was not known. `solo` plays on.
  func grow(from place: Int, answer: UInt64, solo: SoloRun) -> Int {
    var answers = [answer]
    var path = [nodes.base[place].operation]
    var above = place
    while nodes.base[above].parent >= 0 {
      answers.append(nodes.base[above].answer)
      above = nodes.base[above].parent
      path.append(nodes.base[above].operation)
    }
    grow(part: nodes.base[place].part, path: path.reversed(), answers: answers.reversed(), from: place, solo: solo)
    return branch(of: place, answer)
  }

  /// Runs the part's code by `answers`, which lead along `path` to a branch of `place`, and from there on as `solo`
  /// answers.
  private func grow(part: Int, path: [ModelOperation], answers: [UInt64], from place: Int, solo: SoloRun) {
    var operations: [ModelOperation] = []
    var found = answers
    solo.port.run {
      do {
        try program.parts[part]()
        operations.append(.end)
      } catch is Abandoned {
      } catch {
        operations.append(solo.port.failure("\(error)"))
      }
    } answer: { operation in
      operations.append(operation)
      if operations.count <= answers.count {
        precondition(operation == path[operations.count - 1], "a thread knows no more than its milestones say")
        return answers[operations.count - 1]
      }
      let answer = solo.answer(operation)
      found.append(answer)
      return answer
    }
    var parent = place
    for index in answers.count..<operations.count {
      parent = add(operations[index], behind: parent, answer: index == 0 ? 0 : found[index - 1], part: part)
    }
  }

  /// The node of an operation that was found behind `parent`: a new one, or one that was met before.
  private func add(_ operation: ModelOperation, behind parent: Int, answer: UInt64, part: Int) -> Int {
    let isStart = parent < 0
    if !isStart, branch(of: parent, answer) >= 0 { return branch(of: parent, answer) }
    var milestone = isStart ? -1 : nodes.base[parent].milestone
    var meeting: Meeting?
    switch operation {
    case .milestone(let knowledge):
      meeting = .milestone(part: part, knowledge: knowledge)
      milestone = nodes.count
    case .pause: meeting = .pause(part: part, behind: milestone)
    case .end: meeting = .end(part: part)
    default: break
    }
    let place = meeting.flatMap { meetings[$0] } ?? nodes.count
    if isStart {
      starts[part] = place
    } else {
      branches.append(Branch(answer: answer, node: place, next: nodes.base[parent].branch))
      nodes.base[parent].branch = branches.count - 1
    }
    guard place == nodes.count else { return place }
    sharing.note(operation, by: thread)
    nodes.append(
      Node(
        operation: operation, sharing: WordSharing.bits(of: operation), parent: parent, answer: answer, part: part,
        milestone: milestone))
    if let meeting { meetings[meeting] = place }
    return place
  }
}
