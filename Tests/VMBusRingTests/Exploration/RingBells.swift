/// The doorbells of a scene, and the queue of those who wait for room: a bit for each writer.
struct RingBells: Sendable {
  let reader: ModelWord
  /// What the reader rings when there is room.
  let writers: ModelWord
  /// What wakes a writer that waits for another.
  let queued: [ModelWord]
  let queue: ModelWord

  init(port: ModelPort, writerCount: Int) {
    reader = port.makeWord("reader's bell")
    writers = port.makeWord("writers' bell")
    queued = (0..<writerCount).map { port.makeWord("bell of writer \($0)") }
    queue = port.makeWord("queue for room")
  }
}

extension ModelWord {
  /// Wakes whoever sleeps here, now or the next time.
  func ring() { port.perform(.ring(bell: number)) }

  /// Sleeps until somebody rings.
  func sleep() throws(Abandoned) {
    if port.perform(.sleep(bell: number)) == SoloRun.givenUp { throw Abandoned() }
  }
}
