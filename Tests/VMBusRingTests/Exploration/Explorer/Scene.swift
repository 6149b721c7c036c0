/// Threads, the memory that they start with, and the rules they are judged by.
struct Scene {
  let port: ModelPort
  let programs: [ThreadProgram]
  let dataByteCount: UInt32
  let rules: any RunRules
  /// Ends the waiting of the code that is explored, as closing a ring does.
  let close: () -> Void

  init(
    port: ModelPort, programs: [ThreadProgram], dataByteCount: UInt32 = 0, rules: any RunRules,
    close: @escaping () -> Void = {}
  ) {
    self.port = port
    self.programs = programs
    self.dataByteCount = dataByteCount
    self.rules = rules
    self.close = close
  }

  /// The start of a run.
  func makeState() -> ModelState {
    let state = ModelState(
      threadCount: programs.count, words: port.firstValues, dataWordCount: Int(dataByteCount / 8),
      noteCount: rules.noteCount)
    rules.begin(state.notes)
    return state
  }

  /// A thread that runs on alone from a state on.
  func solo(_ thread: Int, in state: ModelState) -> SoloRun {
    SoloRun(port: port, state: state.copy(), thread: thread, close: close)
  }
}
