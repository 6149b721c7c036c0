import NetVSC
import TestSupport
import Testing
import TrafficReplay

@Suite("A damaged capture")
struct MutatedCaptureTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// 240 files, and thousands where time is no matter.
  private static let seeds: Range<UInt64> = 0..<(LongTests.areWanted ? 200 : 8)
  private static let filesPerSeed: UInt64 = 30

  @Test("gives an error or a result that balances, whatever was done to it", arguments: seeds)
  func damage(seed: UInt64) throws {
    for number in seed * Self.filesPerSeed..<(seed + 1) * Self.filesPerSeed {
      let image = SampleImage.all[Int(number % UInt64(SampleImage.all.count))]
      try expectAccount(of: DamagedCapture(of: image, seed: number), way: number)
    }
  }

  @Test("gives what is before the cut, wherever a header or what follows it is cut off", arguments: SampleImage.all)
  func cuts(image: SampleImage) throws {
    let cuts = Set((image.borders + [image.bytes.count]).flatMap { [$0 - 1, $0, $0 + 1] })
    for (way, cut) in cuts.filter({ 0...image.bytes.count ~= $0 }).sorted().enumerated() {
      try expectAccount(of: DamagedCapture(of: image, cutAt: cut), way: UInt64(way))
    }
  }

  @Test(
    "is told from a sound one, which is sent whole as far as it is of one link type", arguments: SampleImage.all)
  func soundOnes(image: SampleImage) throws {
    let result = replay([try folder.write(image.bytes, to: "sound")])
    let isOfOneType = image.name != "two-link-types"
    #expect(ReplayStatus(of: result).rawValue == (isOfOneType ? 1 : 65))
    if isOfOneType {
      #expect(result.queues[0].refusedByReason == [.tooShort: 2])
      #expect(result.ledger.completed.packets >= 4)
    }
  }

  /// Replays the capture in one of several ways, and looks at what came of it.
  private func expectAccount(of capture: DamagedCapture, way: UInt64) throws {
    let time = PassingClock()
    var options = ReplayOptions(
      capturePaths: [try folder.write(capture.bytes, to: "damaged")], queueCount: way % 5 == 0 ? 3 : 1)
    options.copy = CopyChoice.allCases[Int(way % 3)]
    options.vlanOffload = way % 2 == 0
    options.loopCount = way % 4 == 0 ? 2 : 1
    options.segmentByteCount = way % 6 == 0 ? 1000 : nil
    // Captures whose times are centuries apart are not waited for.
    options.duration = 1_000_000_000
    if way % 3 == 1 { options.pace = .timed(speed: Rate(1)) }
    let result = ReplayRun(
      options, control: ReplayControl(senderCount: options.senderCount), clock: time.clock, sleep: { time.sleep($0) },
      keptLimit: way % 8 < 4 ? 0 : ReplayRun.keptLimit
    ).run()
    let status = ReplayStatus(of: result)
    #expect([.complete, .incomplete, .captureUnusable].contains(status), "\(status): \(capture)")
    #expect(status == .complete || !result.problems.isEmpty || result.ledger.refused.packets > 0, "\(capture)")
    #expect(result.imbalances == [], "\(capture)")
    #expect(result.failure == nil, "\(capture)")
    #expect(result.verify.map { $0.offered == $0.received } == true, "\(capture)")
    // No byte is made up, and no memory is taken for one.
    #expect(result.captures[0].bytes <= UInt64(capture.bytes.count), "\(capture)")
  }
}
