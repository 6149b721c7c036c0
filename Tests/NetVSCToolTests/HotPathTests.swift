import Foundation
import TestSupport
import Testing

@Suite("The hot path")
struct HotPathTests {
  @Test(
    "takes no more instructions than its thresholds allow, in rings and engine", .peer("valgrind"), .peer("objdump"),
    .enabled(if: ReleaseBuild.isCurrent, "build it first: swift build -c release --product netvsc"))
  func thresholds() throws {
    let outcome = try Peer("bash").run([PackageFolders.root.appending(path: ".ci/hot-path").path])
    #expect(outcome.status == 0, "\(outcome.standardOutput)\(outcome.standardError)")
    #expect(outcome.lines.contains { $0.hasPrefix("engine.copy.64.batch32 ") })
    #expect(outcome.lines.contains { $0.hasPrefix("engine.direct.64.batch32 ") })
  }
}
