/// What is made different in each further pass over the captures.
package enum Variation: String, Sendable, CaseIterable {
  /// The addresses, so that each pass has flows of its own.
  case flows
}
