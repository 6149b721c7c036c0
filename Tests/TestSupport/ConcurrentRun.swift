package import SharedMemory

/// Runs `body` with 0 ..< `count` on as many threads of the system's, and returns when all have ended.
package func runConcurrently(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) throws(SystemError) {
  guard count > 0 else { return }
  let last = count - 1
  let thread = try WorkerThread { body(last) }
  let others = Result { () throws(SystemError) in try runConcurrently(last, body) }
  thread.join()
  try others.get()
}
