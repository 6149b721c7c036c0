internal import Glibc

/// Another run of this very program, which is given one descriptor.
///
/// For work that may never end: a process can be killed, a thread cannot. It does not outlive this object.
package final class ChildProcess {
  /// The number that the descriptor has there.
  package static let inheritedDescriptor: Int32 = 3

  private let identifier: pid_t
  private var wasSeenEnded = false

  /// Starts the program with these arguments, its name not included, and hands `descriptor` over.
  package init(arguments: [String], inheriting descriptor: Int32) throws(SystemError) {
    identifier = try SystemCalls.startThisProgram(
      with: arguments, handingOver: descriptor, as: Self.inheritedDescriptor)
  }

  deinit {
    guard !wasSeenEnded else { return }
    kill(identifier, SIGKILL)
    SystemCalls.wait(for: identifier)
  }

  /// Whether it has ended, in whatever way.
  package var hasEnded: Bool {
    // The system tells it once, and may give its number to another process then.
    if !wasSeenEnded { wasSeenEnded = SystemCalls.hasEnded(identifier) }
    return wasSeenEnded
  }
}

extension SystemCalls {
  fileprivate static func startThisProgram(
    with arguments: [String], handingOver descriptor: Int32, as number: Int32
  ) throws(SystemError) -> pid_t {
    // SAFETY: each string is copied by us, and freed when the call that reads it is done; the actions are ours, begun and
    // ended here.
    let program = "/proc/self/exe"
    var texts = unsafe ([program] + arguments).map { unsafe strdup($0) } + [nil]
    defer { unsafe texts.forEach { unsafe free($0) } }
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    // A duplicate stays open across the start, where the original does not.
    unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, number)
    var identifier: pid_t = 0
    let result = unsafe posix_spawn(&identifier, program, &actions, nil, &texts, environ)
    guard result == 0 else { throw SystemError(call: "posix_spawn", code: result) }
    return identifier
  }

  fileprivate static func wait(for identifier: pid_t) {
    while waitpid(identifier, nil, 0) < 0 {
      precondition(errno == EINTR, "a child is waited for once")
    }
  }

  fileprivate static func hasEnded(_ identifier: pid_t) -> Bool {
    waitpid(identifier, nil, WNOHANG) == identifier
  }
}
