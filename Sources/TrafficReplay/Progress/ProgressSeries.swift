/// What had been completed by a time.
package struct ProgressSample: Sendable, Equatable {
  /// Since the series began, in nanoseconds.
  package let time: UInt64
  package let completed: Tally

  package init(time: UInt64, completed: Tally) {
    self.time = time
    self.completed = completed
  }
}

/// How a run went over its time, in a bounded number of samples however long it takes.
///
/// It begins with short intervals, for short runs. Each time that it is full, every second sample goes, and the interval
/// doubles.
package struct ProgressSeries: Sendable {
  /// The most samples that are kept.
  package static let capacity = 600
  private static let shortestInterval: UInt64 = 1_000_000

  package private(set) var samples: [ProgressSample]
  /// Between two samples, in nanoseconds.
  package private(set) var interval = Self.shortestInterval
  private let start: UInt64

  /// Begins at `now` (nanoseconds), with nothing completed.
  package init(startingAt now: UInt64) {
    start = now
    samples = [ProgressSample(time: 0, completed: .zero)]
  }

  /// Takes a look at `now`. One that comes too early after the last sample is not kept.
  package mutating func record(_ progress: ReplayProgress, at now: UInt64) {
    let time = now - min(start, now)
    guard let last = samples.last, time >= last.time + interval else { return }
    append(progress, at: time)
  }

  /// Takes the last look, which is kept unless no time has passed.
  package mutating func end(with progress: ReplayProgress, at now: UInt64) {
    let time = now - min(start, now)
    guard let last = samples.last, time > last.time else { return }
    append(progress, at: time)
  }

  private mutating func append(_ progress: ReplayProgress, at time: UInt64) {
    if samples.count == Self.capacity {
      samples = stride(from: 0, to: samples.count, by: 2).map { samples[$0] }
      interval *= 2
    }
    samples.append(ProgressSample(time: time, completed: progress.completed))
  }
}
