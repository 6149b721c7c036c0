import NetVSC
import Testing
import TrafficReplay

@Suite("The log of departures")
struct DepartureLogTests {
  @Test("takes the time from when packets were due to when they were published, in order")
  func errors() {
    var log = DepartureLog()
    #expect(log.span == nil)
    for due: UInt64 in [100, 110, 120, 130] { log.note(due: due) }
    log.settle(publishedCount: 0, at: 0)
    #expect(log.gapErrors.count == 0)
    log.settle(publishedCount: 3, at: 125)
    #expect(log.gapErrors.buckets.map(\.nanoseconds) == [5, 15, 25])
    #expect(log.span == 100...120)
    log.note(due: 150)
    log.settle(publishedCount: 3, at: 160)
    log.settle(publishedCount: 5, at: 160)
    #expect(log.gapErrors.buckets.map(\.nanoseconds) == [5, 10, 15, 25, 30])
    #expect(log.span == 100...150)
  }

  @Test("passes over what was published and never noted, which a send that fails leaves behind")
  func unnoted() {
    var log = DepartureLog()
    log.note(due: 10)
    log.settle(publishedCount: 3, at: 12)
    #expect(log.gapErrors.buckets.map(\.nanoseconds) == [2])
  }

  @Test("counts packets that left early, and takes them for punctual")
  func early() {
    var log = DepartureLog()
    for due: UInt64 in [90, 100, 101] { log.note(due: due) }
    log.settle(publishedCount: 3, at: 99)
    #expect(log.earlyCount == 2)
    #expect(log.gapErrors.buckets.map(\.nanoseconds) == [0, 9])
  }
}
