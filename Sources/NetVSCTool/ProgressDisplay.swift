internal import Dispatch
internal import TrafficReplay

/// The progress line on standard error: redrawn in place on a terminal, a line a second anywhere else.
struct ProgressDisplay {
  /// Between two looks at the run, in nanoseconds.
  static let interval: UInt64 = 200_000_000

  private static let logInterval: UInt64 = 1_000_000_000
  private static let defaultWidth = 80
  /// To the start of the line, and nothing of it left.
  private static let erase = "\r\u{1B}[K"

  private let terminal = OutputFile.standardError
  private let inPlace: Bool
  private let shown: Bool
  private var line: ProgressLine
  private var lastShown: UInt64

  init(choice: ProgressChoice, quiet: Bool, duration: UInt64?) {
    inPlace = terminal.isTerminal && !Console.terminalIsDumb
    shown =
      switch choice {
      case .auto: inPlace && !quiet
      case .always: true
      case .never: false
      }
    lastShown = Self.now
    line = ProgressLine(startingAt: lastShown, duration: duration)
  }

  mutating func show(_ progress: ReplayProgress) {
    let now = Self.now
    guard shown, now - lastShown >= (inPlace ? Self.interval : Self.logInterval) else { return }
    lastShown = now
    draw(progress, at: now)
  }

  /// Writes a line of its own, above the progress line where there is one.
  func note(_ text: String) { write((shown && inPlace ? Self.erase : "") + text + "\n") }

  /// Shows the last state where lines stay, and leaves the terminal's line as it was.
  mutating func end(with progress: ReplayProgress) {
    guard shown else { return }
    if inPlace { write(Self.erase) } else { draw(progress, at: Self.now) }
  }

  private mutating func draw(_ progress: ReplayProgress, at now: UInt64) {
    // A line that fills the last column would wrap on some terminals.
    let width = (Console.columns(of: terminal) ?? Self.defaultWidth) - 1
    let text = line.text(for: progress, at: now, width: width)
    write(inPlace ? Self.erase + text : text + "\n")
  }

  /// Nothing is lost with a progress line: when nobody can see it, the run goes on.
  private func write(_ text: String) { try? terminal.write(text) }

  static var now: UInt64 { DispatchTime.now().uptimeNanoseconds }
}
