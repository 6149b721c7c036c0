import Testing
import TrafficReplay

/// Something that decides an exit status, in the order in which it does.
private enum Circumstance: Int, CaseIterable {
  case filterUnfit
  case captureMissing
  case notPermitted
  case imbalance
  case hostGone
  case sinkFailed
  case interrupted
  case captureDamaged
  case refusal

  var status: ReplayStatus {
    switch self {
    case .filterUnfit: .wrongUsage
    case .captureMissing: .captureUnreadable
    case .notPermitted: .notPermitted
    case .imbalance: .internalFault
    case .hostGone: .hostGone
    case .sinkFailed: .inputOutputFailed
    case .interrupted: .interrupted
    case .captureDamaged: .captureUnusable
    case .refusal: .incomplete
    }
  }

  func spoil(_ result: inout ReplayResult) {
    switch self {
    case .filterUnfit: result.captures.append(CaptureAccount(path: "z", ended: .refused, failure: .filterUnfit))
    case .captureMissing: result.captures.append(CaptureAccount(path: "x", ended: .refused, failure: .missing))
    case .notPermitted: result.failure = .notPermitted("no")
    case .imbalance: result.verify?.received += 1
    case .hostGone: result.failure = .hostWentAway("gone")
    case .sinkFailed: result.failure = .sinkFailed("full")
    case .interrupted: result.interrupted = true
    case .captureDamaged: result.captures.append(CaptureAccount(path: "y", ended: .damaged, failure: .damaged))
    case .refusal: result.refuse(1, because: .tooLarge)
    }
  }
}

@Suite("The exit status")
struct ReplayStatusTests {
  @Test("is 0 when all was completed")
  func complete() {
    #expect(ReplayStatus(of: sampleResult()) == .complete)
  }

  @Test("has the numbers that are promised")
  func numbers() {
    #expect(ReplayStatus.allCases.map(\.rawValue) == [0, 1, 64, 65, 66, 69, 70, 74, 77, 130])
  }

  @Test(
    "is that of the first circumstance that applies, of any that come together",
    arguments: 1..<1 << Circumstance.allCases.count)
  func precedence(set: Int) {
    let circumstances = Circumstance.allCases.filter { set >> $0.rawValue & 1 == 1 }
    // A run ends for one reason only.
    let reasons: [Circumstance] = [.notPermitted, .hostGone, .sinkFailed]
    guard circumstances.count(where: { reasons.contains($0) }) < 2 else { return }
    var result = sampleResult()
    for circumstance in circumstances { circumstance.spoil(&result) }
    #expect(ReplayStatus(of: result) == circumstances[0].status)
  }

  @Test(
    "follows from what was wrong with a capture",
    arguments: zip(CaptureFailure.allCases, [66, 66, 65, 74, 65, 65, 64] as [Int32]))
  func captures(failure: CaptureFailure, code: Int32) {
    var result = sampleResult()
    result.captures[0].failure = failure
    #expect(ReplayStatus(of: result).rawValue == code)
  }

  @Test("tells of the link type before it tells of emptiness")
  func linkTypeBeforeEmptiness() {
    let options = ReplayOptions(capturePaths: ["x"], queueCount: 1)
    var result = ReplayResult(options: options, captures: [CaptureAccount(path: "x")])
    #expect(ReplayStatus(of: result) == .incomplete)
    result.captures[0].failure = .linkType
    #expect(ReplayStatus(of: result) == .captureUnusable)
  }

  @Test("follows from why the run failed")
  func failures() {
    let expected: [(RunFailure, Int32)] = [
      (.hostWentAway(""), 69), (.notPermitted(""), 77), (.sinkFailed(""), 74), (.outputFailed(""), 74),
      (.internalFault(""), 70),
    ]
    for (failure, code) in expected {
      var result = sampleResult()
      result.failure = failure
      #expect(ReplayStatus(of: result).rawValue == code)
    }
  }

  @Test("is 1 when something failed or was lost", arguments: [\QueueAccount.failed, \QueueAccount.lost])
  func incomplete(part: WritableKeyPath<QueueAccount, Tally> & Sendable) {
    var result = sampleResult()
    result.move(1, to: part)
    #expect(ReplayStatus(of: result) == .incomplete)
  }

  @Test("is 70 for packets that left before their time, and says so")
  func early() {
    var result = sampleResult()
    result.pacing = PaceAccount(packetCount: 2000, span: 1, gapErrors: [], earlyCount: 2)
    #expect(ReplayStatus(of: result) == .internalFault)
    #expect(result.problems == ["2 packets left before their time, by a fault of this program"])
  }

  @Test("is 70 for a violation, even though the host went away because of it")
  func violation() {
    var result = sampleResult()
    result.failure = .hostWentAway("gone")
    result.host.violations = 1
    #expect(ReplayStatus(of: result) == .internalFault)
  }
}
