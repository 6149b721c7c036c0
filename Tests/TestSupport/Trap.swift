internal import Glibc
package import Testing

extension ExitTest.Condition {
  /// The process ends by a failed precondition: unlike `.failure`, not by an error that the test itself throws.
  package static var trap: Self {
    #if arch(x86_64)
      .signal(SIGILL)
    #else
      .signal(SIGTRAP)
    #endif
  }
}
