import TestSupport
import Testing
import VMBusRing

/// The real ring code, in every order of its steps and with every value its loads may return, within bounds; and by
/// chance beyond them.
@Suite("Exploration of a ring", .serialized)
struct RingExplorationTests {
  /// A scene, and how far it is explored.
  struct Exploration: Sendable, CustomStringConvertible {
    let scene: RingScene
    let bounds: ExplorationBounds

    init(_ kind: ProducerKind, _ writerCount: Int, _ messagesPerWriter: Int, _ preemptions: Int, _ staleReads: Int) {
      scene = RingScene(kind: kind, writerCount: writerCount, messagesPerWriter: messagesPerWriter)
      bounds = ExplorationBounds(preemptions: preemptions, staleReads: staleReads)
    }

    var description: String { "\(scene), \(bounds)" }

    func explore() throws {
      let explorer = Explorer(try scene.scene(), bounds: bounds)
      try explorer.explore()
      print("explored \(self): \(explorer.counts)")
    }
  }

  @Test(
    "loses, tears, doubles and reorders no message, and no wake-up",
    arguments: [
      Exploration(.exclusive, 1, 4, .max, .max),
      Exploration(.ordered, 2, 2, 3, 2),
      Exploration(.ordered, 3, 1, 2, 2),
      Exploration(.cooperative, 2, 2, 2, 2),
      Exploration(.cooperative, 3, 1, 2, 0),
    ])
  func explore(exploration: Exploration) throws { try exploration.explore() }

  @Test(
    "is as safe within wider bounds", .enabled(if: LongTests.areWanted, "set NETVSC_LONG_TESTS=1 to run it"),
    arguments: [
      Exploration(.cooperative, 3, 1, 2, 2),
      Exploration(.cooperative, 2, 2, 3, 2),
    ])
  func exploreFurther(exploration: Exploration) throws { try exploration.explore() }

  @Test(
    "is as safe by chance, where the runs are longer",
    arguments: [
      RingScene(kind: .exclusive, writerCount: 1, messagesPerWriter: 8),
      RingScene(kind: .ordered, writerCount: 3, messagesPerWriter: 3),
      RingScene(kind: .cooperative, writerCount: 3, messagesPerWriter: 3),
    ])
  func playByChance(scene: RingScene) throws {
    var chance = SeededGenerator(for: "schedules of \(scene)")
    let explorer = Explorer(try scene.scene())
    for _ in 0..<(LongTests.areWanted ? 50_000 : 1000) { try explorer.playByChance(using: &chance) }
    print("played \(scene): \(explorer.counts.executions) executions, \(explorer.counts.steps) steps")
  }
}
