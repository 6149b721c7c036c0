import Benchmarks
import Testing

@Suite("A case of the engine's benchmark")
struct EngineCaseTests {
  @Test("is read from what describes it", arguments: EngineWay.allCases)
  func description(way: EngineWay) {
    let engineCase = EngineCase(way, frameByteCount: 1514, batchCount: 8, queueCount: 64)
    #expect(EngineCase("\(engineCase)") == engineCase)
  }

  @Test(
    "is none where something is missing, unknown or impossible",
    arguments: [
      "", "copy", "copy/64/32", "copy/64/32/1/", "fly/64/32/1", "copy/13/32/1", "copy/9217/32/1", "copy/64/0/1",
      "copy/64/32/0", "copy/64/32/65", "copy/x/32/1",
    ])
  func nonsense(text: String) {
    #expect(EngineCase(text) == nil)
  }

  @Test("has the name of its threshold")
  func name() {
    #expect(EngineCase(.copy, frameByteCount: 64).name == "engine.copy.64.batch32")
    #expect(
      EngineCase(.direct, frameByteCount: 128, batchCount: 1, queueCount: 2).name == "engine.direct.128.batch1.queues2")
  }

  @Test("is there once for all questions that it answers")
  func plan() {
    let cases = EngineBenchmarkPlan.full.cases
    #expect(Set(cases).count == cases.count)
    for way in [EngineWay.copy, .direct] {
      for byteCount in [64, 128, 512, 1514, 9014] {
        #expect(cases.contains(EngineCase(way, frameByteCount: byteCount)))
      }
      for batchCount in [1, 8, 32, 256] {
        #expect(cases.contains(EngineCase(way, frameByteCount: 64, batchCount: batchCount)))
      }
      for queueCount in [1, 2, 8, 64] {
        #expect(cases.contains(EngineCase(way, frameByteCount: 64, queueCount: queueCount)))
      }
    }
  }

  @Test(
    "sends every packet through every queue", .timeLimit(.minutes(1)),
    arguments: EngineWay.allCases.map { EngineCase($0, frameByteCount: 9014, batchCount: 256, queueCount: 3) })
  func sending(engineCase: EngineCase) throws {
    #expect(try EngineBenchmark.sendCounted(packetCount: 1, engineCase) == 3 * 256)
    #expect(try EngineBenchmark.sendCounted(packetCount: 1100, engineCase) == 4 * 256)
  }
}
