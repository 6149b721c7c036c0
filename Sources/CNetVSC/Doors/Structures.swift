internal import CNetVSCInterface

// Structures that pass the boundary. Those that may grow come with the size that their user's header gave them.

/// Copies what both know of a structure out to C, and makes the rest zero. Returns false where there is no place for it.
func write<Structure: BitwiseCopyable>(
  _ structure: Structure, to place: UnsafeMutablePointer<Structure>?, _ byteCount: Int
) -> Bool {
  guard let place = unsafe place, byteCount > 0 else { return false }
  let bytes = unsafe UnsafeMutableRawBufferPointer(start: place, count: byteCount)
  unsafe bytes.initializeMemory(as: UInt8.self, repeating: 0)
  unsafe withUnsafeBytes(of: structure) { known in
    unsafe bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: known.prefix(byteCount)))
  }
  return true
}

/// Copies what both know of a structure that begins with its size over `structure`. What only its user knows must be zero:
/// returns false where it is not, or where the size cannot be one.
func read<Structure: BitwiseCopyable>(
  _ place: UnsafePointer<Structure>, over structure: inout Structure
) -> Bool {
  let byteCount = unsafe UnsafeRawPointer(place).load(as: Int.self)
  // Larger than any structure will become: then it was not initialised.
  guard byteCount >= MemoryLayout<Int>.size, byteCount <= 1 << 16 else { return false }
  let bytes = unsafe UnsafeRawBufferPointer(start: place, count: byteCount)
  unsafe withUnsafeMutableBytes(of: &structure) { known in
    unsafe known.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes.prefix(known.count)))
  }
  return unsafe bytes.dropFirst(MemoryLayout<Structure>.size).allSatisfy { $0 == 0 }
}

/// Copies text into an array of C's: cut where it is too long, and terminated.
func write<Array: BitwiseCopyable>(_ text: String, to array: inout Array) {
  unsafe withUnsafeMutableBytes(of: &array) { unsafe write(text, to: $0) }
}

func write(_ text: String, to bytes: UnsafeMutableRawBufferPointer) {
  guard bytes.count > 0 else { return }
  let text = text.utf8.prefix(bytes.count - 1)
  unsafe bytes.copyBytes(from: text)
  unsafe bytes[text.count] = 0
}

/// Copies what may have gone wrong, for a call that returns how long the whole of it is.
func write(_ problem: String?, to text: UnsafeMutablePointer<CChar>?, _ byteCount: Int) -> Int {
  let problem = problem ?? ""
  if let text = unsafe text { unsafe write(problem, to: UnsafeMutableRawBufferPointer(start: text, count: byteCount)) }
  return problem.utf8.count
}

/// Text of the library's own, as C has it: it lives for ever.
func cText(_ text: StaticString) -> UnsafePointer<CChar> {
  // SAFETY: a literal is terminated, and UTF-8 is read as plain bytes.
  unsafe UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
}

/// Tells C why a call failed, if it wants to know, and hands the result on.
func tell(_ failure: Failure, to error: UnsafeMutablePointer<netvsc_error>?) -> netvsc_result {
  if let error = unsafe error {
    var report = netvsc_error()
    report.code = failure.code
    report.system_code = failure.systemCode
    write(failure.text, to: &report.text)
    unsafe error.pointee = report
  }
  return failure.code
}

/// Makes something, and gives C the handle of it.
func make(
  _ place: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<netvsc_error>?,
  _ body: () throws(Failure) -> OpaquePointer
) -> netvsc_result {
  guard let place = unsafe place else { return unsafe tell(.null("the place for the handle"), to: error) }
  unsafe place.pointee = nil
  return unsafe attempt(error) { () throws(Failure) in unsafe place.pointee = try body() }
}

/// Does something that fails with particulars.
func attempt(
  _ report: UnsafeMutablePointer<netvsc_error>?, _ body: () throws(Failure) -> Void
) -> netvsc_result {
  do throws(Failure) {
    try body()
    return NETVSC_OK
  } catch {
    return unsafe tell(error, to: report)
  }
}

/// A thing that C passed; throws where it is NULL.
func needed<Object: AnyObject>(_ handle: OpaquePointer?, _ name: StaticString) throws(Failure) -> Object {
  guard let object: Object = unsafe object(handle) else { throw .null(name) }
  return object
}
