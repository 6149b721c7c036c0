internal import Glibc

/// The door to the three descriptors that every program expects to be open.
enum StandardStreams {
  /// Fills those that were closed by whoever began the program, so that no file of ours gets their numbers and, with
  /// them, what is meant for a terminal.
  ///
  /// They are filled with what cannot be written to: writing there fails, as it would to a closed one. Call it first.
  static func reserve() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
      // The lowest free number is taken, and all below are in use.
      let opened = unsafe open("/dev/null", O_RDONLY)
      guard opened == descriptor else { return }
    }
  }

  static var standardInputIsTerminal: Bool { isatty(STDIN_FILENO) == 1 }
}
