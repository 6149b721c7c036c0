/// What one thread of a run does, in parts.
///
/// Between two parts the thread keeps nothing: what a part does depends on its number and on the answers to its operations
/// alone. The last part can be repeated for ever.
struct ThreadProgram {
  let name: String
  /// What a part throws, but `Abandoned`, is a flaw of the run.
  let parts: [() throws -> Void]
  let repeatsLastPart: Bool
  /// Whether it differs from the program before in names only, and nothing depends on the order of those names.
  let isLikeTheOneBefore: Bool

  init(
    _ name: String, parts: [() throws -> Void], repeatsLastPart: Bool = false, isLikeTheOneBefore: Bool = false
  ) {
    self.name = name
    self.parts = parts
    self.repeatsLastPart = repeatsLastPart
    self.isLikeTheOneBefore = isLikeTheOneBefore
  }
}

/// Ends a part of a program that is not played any further.
struct Abandoned: Error {}
