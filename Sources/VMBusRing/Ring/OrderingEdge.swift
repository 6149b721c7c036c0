/// The labelled synchronisation edges of the rings.
///
/// Every atomic operation of the ring code names its edge, so the label is part of the code and not of a comment beside
/// it. On mapped memory the label costs nothing. Where each one stands, its ordering, its partner, and what breaks without
/// it: see the article `Orderings` of this module.
@usableFromInline
package enum OrderingEdge: String, Sendable, CaseIterable {
  case publishIndex, observeIndex
  case releaseSpace, observeSpace
  case publishThenTestMask, unmaskThenLook
  case releaseThenTestPending, armThenLook
  case takeTurn, passTurn
  case mark, observeMark
  case markThenLook, claimTurn
  case takeRoom, passRoom
  /// Both ends of the reservation's word: whoever claims behind a claim sees a read index no older than the one that the
  /// claim was made by.
  case claimSpace
  /// Relaxed: a value that is judged after a fence which another edge names, or that only decides about a retry or a
  /// doorbell too many, or that no other thread sees yet.
  case hint
}
