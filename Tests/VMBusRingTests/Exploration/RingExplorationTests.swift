import TestSupport
import Testing
import VMBusRing

/// The real ring code, in every order of its steps and with every value its loads may return, within bounds.
@Suite("Exploration of a ring", .serialized)
struct RingExplorationTests {
  @Test(
    "loses, tears, doubles and reorders no message, and no wake-up",
    arguments: [
      RingScene(kind: .exclusive, writerCount: 1, messagesPerWriter: 4),
      RingScene(kind: .ordered, writerCount: 2, messagesPerWriter: 2),
      RingScene(kind: .cooperative, writerCount: 2, messagesPerWriter: 2),
    ])
  func explore(scene: RingScene) throws {
    var explorer = Explorer(try scene.scene(), bounds: ExplorationBounds(preemptions: 1, staleReads: 1))
    try explorer.explore()
    print("explored \(scene): \(explorer.counts)")
  }
}
