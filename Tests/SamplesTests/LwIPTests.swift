import Foundation
import TestSupport
import Testing

@Suite(
  "lwIP over the engine, with the kernel on the other side of a TAP", .serialized, .lwIP, .ownNetwork, .peer("ping"),
  .peer("curl"), .peer("sha256sum"), .peer("bash"))
struct LwIPTests {
  private let stack: LwIPStack

  init() throws { stack = try LwIPStack() }

  @Test("answers pings, and serves a file whole", arguments: ["inline", "threads"])
  func serves(host: String) throws {
    let size = LongTests.areWanted ? "100MiB" : "10MiB"
    let expected = try stack.checksum(of: size)
    let account = try stack.run(["--driver", "netvsc", "--host", host]) {
      try ping(count: 200)
      let checksum = try download(size)
      #expect(checksum == expected)
    }
    expectBalance(account)
    #expect(account["lost"] == 0)
    #expect(account["failed"] == 0)
    #expect(account["received_without_memory"] == 0)
    #expect(account["host_delivered"] == account["completed"])
  }

  @Test("sends by TCP to who connects, and tells the rate")
  func sends() throws {
    let expected = try stack.checksum(of: "5MiB")
    let account = try stack.run(["--driver", "netvsc", "--send", "5MiB"]) {
      let connection = "/dev/tcp/\(LwIPStack.address)/\(LwIPStack.senderPort)"
      let checksum = try LwIPStack.checksum(byShell: "cat < \(connection)")
      #expect(checksum == expected)
    }
    expectBalance(account)
    #expect(account.transfers.count == 1)
    #expect(account.transfers.first?["bytes"] as? Int == 5 << 20)
    #expect(account.transfers.first?["bits_per_second"] as? Int ?? 0 > 0)
  }

  @Test("gets a file through a host that loses one frame of a hundred", arguments: ["inline", "threads"])
  func loses(host: String) throws {
    let size = "1MiB"
    let expected = try stack.checksum(of: size)
    let account = try stack.run(["--driver", "netvsc", "--host", host, "--loss", "10000"]) {
      let checksum = try download(size)
      #expect(checksum == expected)
    }
    expectBalance(account)
    #expect(account["host_lost_to_sink"] ?? 0 > 0)
  }

  @Test("does the same over a plain TAP driver, and over lwIP's own", arguments: ["tap", "tapif"])
  func plainly(driver: String) throws {
    let expected = try stack.checksum(of: "1MiB")
    let account = try stack.run(["--driver", driver]) {
      try ping(count: 20)
      let checksum = try download("1MiB")
      #expect(checksum == expected)
    }
    #expect(account.status == 0)
    #expect(account.counts["driver"] as? String == driver)
  }

  private func ping(count: Int) throws {
    let output = try Peer("ping").run(["-q", "-c", "\(count)", "-i", "0.002", "-w", "20", LwIPStack.address])
    #expect(output.standardOutput.contains("\(count) received, 0% packet loss"), "\(output.standardOutput)")
  }

  private func download(_ size: String) throws -> String {
    try LwIPStack.checksum(byShell: "curl -sSf --max-time 60 http://\(LwIPStack.address)/\(size)")
  }

  /// Every frame is accounted for, and every pbuf that was lent was given back.
  private func expectBalance(_ account: LwIPStack.Account, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(account.status == 0, "\(account.errors)", sourceLocation: sourceLocation)
    #expect(account.counts["balanced"] as? Bool == true, sourceLocation: sourceLocation)
    #expect(account["offered"] == account["completed"], sourceLocation: sourceLocation)
    #expect(account["pbufs_lent"] ?? 0 > 0, sourceLocation: sourceLocation)
    #expect(account["pbufs_lent"] == account["pbufs_returned"], sourceLocation: sourceLocation)
  }
}
