/// Another program that sends a capture, measured in turn with ours.
package struct ReplayPeer {
  /// What the program is called.
  let name: String
  /// Where the packets go.
  let target: String
  /// Sends the capture for a while, and returns packets per second; nil where that failed.
  let measure: () -> Double?

  package init(_ name: String, to target: String, measure: @escaping () -> Double?) {
    self.name = name
    self.target = target
    self.measure = measure
  }

  var parameters: Parameters { ["to": .text("to \(target)")] }
}
