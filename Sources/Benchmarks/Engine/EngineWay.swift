/// How a frame gets to the host.
package enum EngineWay: String, Sendable, CaseIterable {
  /// Copied from plain bytes, several to a message; a batch is published together.
  case copy
  /// Lent where it lies in memory of the device's, with its header in a section; a batch is published together.
  case direct
  /// The same with its header in a slot of the queue's own memory, which takes a range more.
  case directSlot = "direct-slot"
  /// Lent in two parts, which lie in two memories of the device's, with its header in a section.
  case directParts = "direct-parts"
  /// The plain way: copied, alone in its message, and published by itself.
  case plain
}
