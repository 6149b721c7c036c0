internal import NetVSC
internal import PacketCapture

/// Reads the captures as often as asked, and has their frames dealt out to lanes.
struct CaptureSource: ~Copyable {
  /// Captures that take no more memory than this are read once and kept, in bytes.
  static let keptLimit = 256 << 20
  private let options: ReplayOptions
  private let control: ReplayControl
  private let limit: ReadingLimit
  private let keptLimit: Int
  private let feed: ChunkFeed
  private let inspected: [InspectedCapture]
  private var editor: FrameEditor
  private var dealer: FrameDealer
  /// One for each capture; of the first pass.
  private(set) var accounts: [CaptureAccount]
  /// The packets of the first pass; nil when it was cut off.
  private var packetsPerPass: UInt64?

  init(
    _ options: ReplayOptions, _ inspected: [InspectedCapture], lanes: LanePlan, device: Device, feed: ChunkFeed,
    control: ReplayControl, limit: ReadingLimit, keptLimit: Int
  ) {
    self.options = options
    self.control = control
    self.limit = limit
    self.keptLimit = keptLimit
    self.feed = feed
    self.inspected = inspected
    accounts = inspected.map(\.account)
    editor = FrameEditor(options)
    dealer = FrameDealer(options, lanes: lanes, device: device, feed: feed, keptLimit: keptLimit)
  }

  /// Why reading ended early, by no fault of a capture.
  var failure: RunFailure? { dealer.failure }
  /// Whether there were frames that the host could have cut into segments and does not.
  var hasUncutFrames: Bool { dealer.hasUncutFrames }

  /// Feeds the lanes until all passes are done, the limit is reached, or the feed is cancelled. `whileWaiting` is called
  /// now and then while a pipe gives nothing.
  mutating func run(whileWaiting: () -> Void) {
    var pass: UInt64 = 0
    var room = options.packetLimit ?? .max
    while options.loopCount == 0 || pass < options.loopCount {
      guard pass == 0 || canBeReadAgain() else { break }
      // What did not fit the first time will not fit now.
      dealer.beginPass(room: room, keeps: pass == 0 && isWorthKeeping)
      editor.beginPass(pass)
      let read = options.mergesCaptures ? readMerged(whileWaiting) : readInTurn(whileWaiting)
      if pass == 0 { accounts = read }
      guard let dealt = dealer.endPass(), !isStopped else { return feed.cancel() }
      // Time is up, perhaps within the pass: it is no measure for others.
      guard !limit.isReached else { break }
      let packetCount = dealt.extent.packetCount
      if pass == 0 {
        packetsPerPass = packetCount
        tellExpectation(packetsPerPass: packetCount)
      }
      if packetCount == room || (pass > 0 && notesChanges(read)) || packetCount == 0 { break }
      if let kept = dealt.kept {
        _ = feed.put(.again(kept, dealt.extent))
        return
      }
      guard feed.put(.endOfPass(dealt.extent)) else { return }
      room -= options.packetLimit == nil ? 0 : packetCount
      pass += 1
    }
    _ = feed.put(.end)
  }

  /// How many passes over the captures have so many packets, the last one perhaps in part.
  func passCount(of packetCount: UInt64) -> UInt64 {
    let (whole, rest) = packetCount.quotientAndRemainder(dividingBy: max(packetsPerPass ?? packetCount, 1))
    return rest == 0 ? whole : whole + 1
  }

  /// Whether the frames of the first pass can be sent again, and may fit in memory. What is chosen of a large capture may.
  private var isWorthKeeping: Bool {
    guard options.loopCount != 1, options.variation == nil else { return false }
    guard options.selection == .all else { return true }
    return inspected.reduce(0) { $0 + ($1.fileByteCount ?? 0) } <= keptLimit
  }

  private func tellExpectation(packetsPerPass: UInt64) {
    let all = options.loopCount == 0 ? nil : packetsPerPass.multipliedReportingOverflow(by: options.loopCount)
    let looped = all.flatMap { $0.overflow ? nil : $0.partialValue }
    switch (looped, options.packetLimit) {
    case (let looped?, let limit?): control.expect(packets: min(looped, limit))
    case (let count?, nil), (nil, let count?): control.expect(packets: count)
    case (nil, nil): break
    }
  }

  /// Whether there can be a further pass. If not, the account of a capture says so.
  private mutating func canBeReadAgain() -> Bool {
    guard let index = inspected.firstIndex(where: { !$0.canBeReadAgain }) else { return true }
    accounts[index].refuseAgain(isVaried: options.variation != nil)
    return false
  }

  /// Whether a capture gave other packets than in the first pass, so that there is nothing to repeat. Its account says so.
  private mutating func notesChanges(_ read: [CaptureAccount]) -> Bool {
    guard let index = read.indices.first(where: { read[$0].differs(from: accounts[$0]) }) else { return false }
    accounts[index].change(to: read[index])
    return true
  }

  // MARK: Orders

  /// Reads the captures one after the other. Returns their accounts.
  private mutating func readInTurn(_ whileWaiting: () -> Void) -> [CaptureAccount] {
    var accounts: [CaptureAccount] = []
    for capture in inspected {
      dealer.beginCapture()
      accounts.append(read(capture, whileWaiting))
    }
    return accounts
  }

  private mutating func read(_ inspected: InspectedCapture, _ whileWaiting: () -> Void) -> CaptureAccount {
    var account = inspected.account
    do throws(CaptureError) {
      guard !isStopped else {
        account.ended = limit.end
        return account
      }
      var capture = try CaptureInPass(inspected, options.selection)
      while dealer.wantsMore, advance(&capture, whileWaiting) {
        capture.deal(to: &dealer, by: &editor)
      }
      capture.leave(looksOn: !isStopped)
      return capture.account
    } catch {
      account.breakOff(error, at: limit)
      return account
    }
  }

  /// Reads the captures together, their packets in the order of time. Returns their accounts.
  ///
  /// Each capture keeps its own order, also where its time stamps step back; of packets of one time, that of the capture
  /// named first goes first.
  private mutating func readMerged(_ whileWaiting: () -> Void) -> [CaptureAccount] {
    dealer.beginCapture()
    var accounts = inspected.map(\.account)
    var open: [MergedCapture] = []
    for index in inspected.indices {
      do throws(CaptureError) {
        open.append(MergedCapture(index, try CaptureInPass(inspected[index], options.selection)))
      } catch {
        accounts[index].breakOff(error, at: limit)
      }
    }
    var waiting: [MergedCapture] = []
    for merged in open where advance(&merged.capture, whileWaiting) { waiting.append(merged) }
    while dealer.wantsMore,
      let next = waiting.indices.min(by: { waiting[$0].capture.timestamp < waiting[$1].capture.timestamp })
    {
      waiting[next].capture.deal(to: &dealer, by: &editor)
      if dealer.wantsMore, !advance(&waiting[next].capture, whileWaiting) { waiting.remove(at: next) }
    }
    for merged in open {
      merged.capture.leave(looksOn: !isStopped)
      accounts[merged.index] = merged.capture.account
    }
    return accounts
  }

  /// Goes on to the capture's next chosen packet. What was dealt out leaves while there is nothing to read.
  private mutating func advance(_ capture: inout CaptureInPass, _ whileWaiting: () -> Void) -> Bool {
    let (limit, feed) = (limit, feed)
    return capture.advance(unless: { limit.isReached || feed.isCancelled }) {
      whileWaiting()
      dealer.handOverPart()
    }
  }

  /// Whether no more is to be read. When time is up, the lanes cancel the feed: each of them has sent something by then.
  private var isStopped: Bool { control.stopRequested || feed.isCancelled }
}

/// One of several captures that are read together.
private final class MergedCapture {
  /// Its number among them.
  let index: Int
  var capture: CaptureInPass

  init(_ index: Int, _ capture: consuming CaptureInPass) {
    self.index = index
    self.capture = capture
  }
}
