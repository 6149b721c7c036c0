import NetVSC

/// A sender that tests can keep in a collection. It belongs to one thread, like what is in it.
final class SenderBox {
  var sender: Sender {
    _read { yield held! }
    _modify { yield &held! }
  }
  private var held: Sender?

  init(_ sender: consuming Sender) { held = consume sender }

  /// Ends the sender's work.
  func finish() -> SenderAccount { held.take()!.finish() }
}
