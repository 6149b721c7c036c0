/// Threads, the memory that they start with, and the rules they are judged by.
struct Scene<Rules: RunRules> {
  let port: ModelPort
  let programs: [ThreadProgram]
  let memory: MemoryModel
  let rules: Rules
  /// Ends the waiting of the code that is explored, as closing a ring does.
  let close: () -> Void

  init(
    port: ModelPort, programs: [ThreadProgram], dataByteCount: UInt32 = 0, rules: Rules,
    close: @escaping () -> Void = {}
  ) {
    self.port = port
    self.programs = programs
    self.rules = rules
    self.close = close
    memory = MemoryModel(
      threadCount: programs.count, words: port.firstValues, dataWordCount: Int(dataByteCount / 8))
  }

  func solo(_ thread: Int, in memory: MemoryModel) -> SoloRun {
    SoloRun(port: port, memory: memory, thread: thread, close: close)
  }
}
