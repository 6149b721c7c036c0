internal import Foundation

/// Tests that take minutes: run by hand before a release, not with every change.
package enum LongTests {
  /// For `.enabled(if:)`.
  package static var areWanted: Bool { ProcessInfo.processInfo.environment["NETVSC_LONG_TESTS"] == "1" }
}
