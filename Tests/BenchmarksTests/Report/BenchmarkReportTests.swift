import Benchmarks
import Foundation
import Testing

@Suite("The report of a benchmark")
struct BenchmarkReportTests {
  private func encoded(_ report: BenchmarkReport) throws -> [String: Any] {
    let object = try JSONSerialization.jsonObject(with: JSONEncoder().encode(report))
    return try #require(object as? [String: Any])
  }

  @Test("has every key of its schema, a missing peer as null")
  func schema() throws {
    var report = BenchmarkReport(machine: Machine(processor: "p", coreCount: 2, kernel: "k"))
    report.results.append(
      BenchmarkResult(
        "r", ["mode": .text("m"), "senders": .number(4), "pinned": .flag(true)], Samples([1, 2, 4]), unit: "ns"))
    report.ratios.append(BenchmarkRatio(name: "q", value: 3, target: 4))
    let object = try encoded(report)
    #expect(object["schema"] as? String == "netvsc.bench/1")
    let machine = try #require(object["machine"] as? [String: Any])
    #expect(Set(machine.keys) == ["cpu", "cores", "kernel", "optimisation"])
    let result = try #require((object["results"] as? [[String: Any]])?.first)
    #expect(Set(result.keys) == ["name", "parameters", "peer", "median", "min", "max", "unit"])
    #expect(result["peer"] is NSNull)
    #expect([result["median"], result["min"], result["max"]].map { $0 as? Double } == [2, 1, 4])
    let parameters = try #require(result["parameters"] as? [String: Any])
    #expect(parameters["mode"] as? String == "m")
    #expect(parameters["senders"] as? Int == 4)
    #expect(parameters["pinned"] as? Bool == true)
    let ratio = try #require((object["ratios"] as? [[String: Any]])?.first)
    #expect(ratio["name"] as? String == "q")
    #expect(ratio["value"] as? Double == 3)
  }

  @Test("misses a target only from below, and none where there is none")
  func targets() {
    #expect(!BenchmarkRatio(name: "", value: 3.99, target: 4).isReached)
    #expect(BenchmarkRatio(name: "", value: 4, target: 4).isReached)
    #expect(BenchmarkRatio(name: "", value: 0, target: nil).isReached)
  }

  @Test("tells parameters in their order")
  func parameters() {
    let parameters: Parameters = ["mode": .text("shared"), "batch": .number(32), "pinned": .flag(false)]
    #expect("\(parameters)" == "shared, batch 32, not pinned")
  }
}
