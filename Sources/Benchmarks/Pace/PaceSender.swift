internal import NetworkInterface
internal import TrafficReplay

/// Somebody who sends at a pace, into an interface.
package struct PaceSender {
  /// What the program is called; nil for ours.
  let peer: String?
  /// Sends all of it. Throws where that fails.
  let send: (PaceAssignment) throws -> Void

  /// Another program.
  package init(peer: String?, send: @escaping (PaceAssignment) throws -> Void) {
    self.peer = peer
    self.send = send
  }

  /// Our replay, through the rings.
  static func replay(to interface: InterfaceName) -> PaceSender {
    PaceSender(peer: nil) { assignment in
      let options = ReplayOptions(
        capturePaths: [assignment.capture], queueCount: 1, loopCount: UInt64(assignment.passCount),
        packetLimit: UInt64(assignment.due.count), pace: assignment.pace, sink: .interface(interface))
      let result = ReplayRun(options, control: ReplayControl(senderCount: 1)).run()
      if let problem = result.problems.first { throw ReplayBenchmarkError(problem) }
    }
  }

  /// The loop in C.
  static func spinning(to interface: InterfaceName) -> PaceSender {
    PaceSender(peer: "spinning-c") { try SpinningSender.send($0, to: interface.description) }
  }
}
