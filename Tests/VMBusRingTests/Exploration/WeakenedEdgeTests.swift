import Testing
import VMBusRing

/// An ordering is one half of something; without it, a run must be found that breaks a rule. Else it would be there for
/// nothing, or the exploration would be blind to it.
@Suite("Exploration of a ring with one ordering less", .serialized)
struct WeakenedEdgeTests {
  /// An edge, and a scene that needs it.
  struct Need: Sendable, CustomStringConvertible {
    let edge: OrderingEdge
    let scene: RingScene
    var bounds = ExplorationBounds(preemptions: 1, staleReads: 1)

    var description: String { "\(edge) in \(scene)" }

    private static let exclusive = RingScene(kind: .exclusive, writerCount: 1, messagesPerWriter: 4)
    private static let ordered = RingScene(kind: .ordered, writerCount: 2, messagesPerWriter: 2)
    private static let cooperative = RingScene(kind: .cooperative, writerCount: 2, messagesPerWriter: 2)

    /// Every kind of ring that has an edge needs it.
    static let all =
      needs(
        [.publishIndex, .observeIndex, .releaseSpace, .observeSpace, .publishThenTestMask, .unmaskThenLook],
        in: [exclusive, ordered, cooperative])
      // An ordered ring does not ask for room.
      + needs([.releaseThenTestPending, .armThenLook], in: [exclusive, cooperative])
      + needs([.claimSpace, .takeTurn, .passTurn], in: [ordered, cooperative])
      + needs([.mark, .observeMark, .markThenLook, .claimTurn], in: [cooperative])
      + [OrderingEdge.takeRoom, .passRoom].map {
        // One asks for room when the other is done waiting, and has yet to leave the queue: with one message's room, it
        // takes a third writer.
        Need(
          edge: $0, scene: RingScene(kind: .cooperative, writerCount: 3, messagesPerWriter: 1, dataByteCount: 32),
          bounds: ExplorationBounds(preemptions: 2, staleReads: 0))
      }

    private static func needs(_ edges: [OrderingEdge], in scenes: [RingScene]) -> [Need] {
      edges.flatMap { edge in scenes.map { Need(edge: edge, scene: $0) } }
    }
  }

  @Test("finds what breaks", arguments: Need.all)
  func breaks(need: Need) throws {
    let explorer = Explorer(try need.scene.scene(weakened: need.edge), bounds: need.bounds)
    var isFound = false
    do { try explorer.explore() } catch { isFound = true }
    #expect(isFound)
    print("without \(need): \(explorer.counts)")
  }

  @Test("leaves out no edge that has a partner")
  func complete() {
    #expect(Set(Need.all.map(\.edge)) == Set(OrderingEdge.allCases).subtracting([.hint]))
  }
}
