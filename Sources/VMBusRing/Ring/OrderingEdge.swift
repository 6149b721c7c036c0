/// The labelled synchronisation edges of the rings.
///
/// Every atomic operation of the ring code names its edge, so the label is part of the code and not of a comment beside
/// it. An edge has two ends; the documentation of each end names the other and says what breaks without the pair. On
/// mapped memory the label costs nothing.
///
/// | end | ordering | partner | without it |
/// | --- | --- | --- | --- |
/// | `publishIndex` | release | `observeIndex` | the reader sees an index before the bytes it covers |
/// | `observeIndex` | acquire | `publishIndex` | as above, seen from the reader |
/// | `releaseSpace` | release | `observeSpace` | the writer overwrites bytes that are still being read |
/// | `observeSpace` | acquire | `releaseSpace` | as above, seen from the writer |
/// | `publishThenTestMask` | full fence | `unmaskThenLook` | the writer sees the mask still set, the reader an empty ring: it sleeps beside a packet |
/// | `unmaskThenLook` | full fence | `publishThenTestMask` | as above, seen from the reader |
/// | `clearMask` | release | `testMask` | the writer sees a cleared mask and a read index of before: it takes the ring for one that was not empty, and does not ring |
/// | `testMask` | acquire | `clearMask` | as above, seen from the writer |
/// | `releaseThenTestPending` | full fence | `armThenLook` | the reader sees no blocked writer, the writer no room: it sleeps for ever |
/// | `armThenLook` | full fence | `releaseThenTestPending` | as above, seen from the writer |
/// | `mark` | release | `observeMark` | the publisher exposes a slot whose bytes are not there yet |
/// | `observeMark` | acquire | `mark` | as above, seen from the publisher |
/// | `markThenLook` | full fence | `publishThenTestMask` | the writer sees the turn elsewhere, the publisher no mark: nobody publishes the slot |
/// | `claimTurn` | acquire | `passTurn` | the next publisher stores an older index over a newer one |
/// | `takeRoom` | acquire and release | `passRoom` | the reader is told an older writer's need, and this one's never |
/// | `passRoom` | release | `takeRoom` | as above, seen from the writer that is done waiting |
/// | `takeTurn` | acquire | `passTurn` | an index could be published before an earlier writer's bytes |
/// | `passTurn` | release | `takeTurn` | as above, seen from the earlier writer |
@usableFromInline
package enum OrderingEdge: String, Sendable, CaseIterable {
  case publishIndex, observeIndex
  case releaseSpace, observeSpace
  case publishThenTestMask, unmaskThenLook
  case clearMask, testMask
  case releaseThenTestPending, armThenLook
  case takeTurn, passTurn
  case mark, observeMark
  case markThenLook, claimTurn
  case takeRoom, passRoom
  /// Relaxed: reservation itself. Disjointness comes from the compare-and-swap alone, and nothing is read through it;
  /// the room that it takes was seen free through `observeSpace`.
  case claimSpace
  /// Relaxed: a value that is judged after a fence which another edge names, or that only decides about a retry or a
  /// doorbell too many, or that no other thread sees yet.
  case hint
}
