internal import CPlatform
internal import Glibc

/// A call into the system that failed: which one, and the reason the system gave.
public struct SystemError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The name of the call, as its manual page has it.
  public let call: String
  /// The value of `errno` right after the call.
  public let code: Int32

  package init(call: String, code: Int32) {
    self.call = call
    self.code = code
  }

  /// Reads `errno`, so it must come right after the call that failed.
  init(_ call: StaticString) {
    self.init(call: "\(call)", code: errno)
  }

  /// The call and the system's own text for the code.
  public var description: String {
    // SAFETY: strerror returns a terminated string; it is copied before anything else can run on this thread.
    "\(call): \(unsafe String(cString: strerror(code)))"
  }
}

/// The door to the system: every call that takes or gives a pointer or a descriptor is made here.
enum SystemCalls {
  static let pageByteCount = 4096

  static func makeMemoryFile(named name: StaticString, byteCount: Int) throws(SystemError) -> Int32 {
    // SAFETY: a static string is terminated and lives for ever.
    let descriptor = unsafe platform_memfd_create(UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self))
    guard descriptor >= 0 else { throw SystemError("memfd_create") }
    guard ftruncate(descriptor, off_t(byteCount)) == 0 else {
      let error = SystemError("ftruncate")
      close(descriptor)
      throw error
    }
    guard platform_seal_size(descriptor) == 0 else {
      let error = SystemError("fcntl(F_ADD_SEALS)")
      close(descriptor)
      throw error
    }
    return descriptor
  }

  /// How large the file is, and remains. One of huge pages is refused: a hole can be made in it although it is sealed, and
  /// what is not there any more cannot always be had again.
  static func sealedByteCount(of descriptor: Int32) throws(SystemError) -> Int {
    let seals = platform_seals(descriptor)
    guard seals >= 0 else { throw SystemError("fcntl(F_GET_SEALS)") }
    guard seals & platform_size_seals() == platform_size_seals() else {
      throw SystemError(call: "fcntl(F_GET_SEALS)", code: EPERM)
    }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw SystemError("fstat") }
    var fileSystem = statvfs()
    guard unsafe fstatvfs(descriptor, &fileSystem) == 0 else { throw SystemError("fstatvfs") }
    guard fileSystem.f_bsize == UInt(pageByteCount) else { throw SystemError(call: "fstatvfs", code: EPERM) }
    return Int(status.st_size)
  }

  /// Maps `byteCount` bytes of the file, wherever the system likes.
  static func map(_ descriptor: Int32, byteCount: Int) throws(SystemError) -> UnsafeMutableRawPointer {
    let address = unsafe mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
    guard let address = unsafe address, unsafe address != MAP_FAILED else { throw SystemError("mmap") }
    return unsafe address
  }

  /// Maps `first` and then `second` (twice) one behind the other, in address space of our own.
  ///
  /// The reservation comes first, so that the fixed mappings can only replace pages of it. All pages are there at once: a
  /// ring is gone through from end to end, and the first to write a page would wait for it, in the middle of its packets.
  static func mapInARow(_ descriptor: Int32, _ first: Range<Int>, twice second: Range<Int>) throws(SystemError)
    -> UnsafeMutableRawPointer
  {
    let byteCount = first.count + 2 * second.count
    let reserved = unsafe mmap(nil, byteCount, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let base = unsafe reserved, unsafe base != MAP_FAILED else { throw SystemError("mmap") }
    var offset = 0
    for part in [first, second, second] {
      // SAFETY: offset + part.count stays inside the reservation made above.
      let address = unsafe mmap(
        base + offset, part.count, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED | MAP_POPULATE, descriptor,
        off_t(part.lowerBound))
      guard unsafe address != MAP_FAILED else {
        let error = SystemError("mmap")
        unsafe unmap(base, byteCount: byteCount)
        throw error
      }
      offset += part.count
    }
    return unsafe base
  }

  static func unmap(_ address: UnsafeMutableRawPointer, byteCount: Int) {
    let result = unsafe munmap(address, byteCount)
    precondition(result == 0, "munmap of a range that we mapped cannot fail")
  }

  /// Another descriptor of the same file.
  static func duplicate(_ descriptor: Int32) throws(SystemError) -> Int32 {
    let copy = platform_duplicate(descriptor)
    guard copy >= 0 else { throw SystemError("fcntl(F_DUPFD_CLOEXEC)") }
    return copy
  }

  static func closeDescriptor(_ descriptor: Int32) { close(descriptor) }

  static func makeEventCounter() throws(SystemError) -> Int32 {
    let descriptor = platform_eventfd()
    guard descriptor >= 0 else { throw SystemError("eventfd") }
    return descriptor
  }

  /// Makes sure that a descriptor is an event counter, whose calls do not block.
  static func prepareEventCounter(_ descriptor: Int32) throws(SystemError) {
    guard platform_is_eventfd(descriptor) == 1 else { throw SystemError(call: "eventfd", code: EINVAL) }
    guard fcntl(descriptor, F_SETFL, O_RDWR | O_NONBLOCK) == 0 else { throw SystemError("fcntl(F_SETFL)") }
  }

  /// Adds one to the counter. A counter at its maximum already says all that a doorbell can.
  static func addOne(toEventCounter descriptor: Int32) {
    var one: UInt64 = 1
    _ = unsafe write(descriptor, &one, MemoryLayout<UInt64>.size)
  }

  /// Whether one can be added to the counter at this moment.
  static func hasRoom(inEventCounter descriptor: Int32) -> Bool { platform_is_writable(descriptor) == 1 }

  /// Takes the counter back to zero. Does not block, even where another process has the counter, took it back first, and
  /// had its calls block.
  static func clear(eventCounter descriptor: Int32) {
    var value: UInt64 = 0
    let result = unsafe platform_read_now(descriptor, &value, MemoryLayout<UInt64>.size)
    // A kernel before 5.8 does not know this of counters.
    if result < 0, errno == EOPNOTSUPP { _ = unsafe read(descriptor, &value, MemoryLayout<UInt64>.size) }
  }

  /// Waits until the counter is not zero. Returns false when `timeout` nanoseconds passed or a signal came.
  static func wait(forEventCounter descriptor: Int32, timeout: UInt64) -> Bool {
    let seconds = Int64(min(timeout / 1_000_000_000, 1_000_000_000))
    return platform_wait_readable(descriptor, seconds, Int64(timeout % 1_000_000_000)) > 0
  }

  static func sleep(_ nanoseconds: UInt64) {
    var duration = timespec()
    duration.tv_sec = Int(nanoseconds / 1_000_000_000)
    duration.tv_nsec = Int(nanoseconds % 1_000_000_000)
    unsafe nanosleep(&duration, nil)
  }

  static func monotonicNanoseconds() -> UInt64 {
    var now = timespec()
    let result = unsafe clock_gettime(CLOCK_MONOTONIC, &now)
    precondition(result == 0, "every Linux has a monotonic clock")
    return UInt64(now.tv_sec) &* 1_000_000_000 &+ UInt64(now.tv_nsec)
  }

  static func wallClockNanoseconds() -> Int64 {
    var now = timespec()
    let result = unsafe clock_gettime(CLOCK_REALTIME, &now)
    precondition(result == 0, "every Linux has a wall clock")
    return Int64(now.tv_sec) &* 1_000_000_000 &+ Int64(now.tv_nsec)
  }

  static func startThread(_ body: ThreadBody) throws(SystemError) -> pthread_t {
    var thread = pthread_t()
    // SAFETY: the retained body is taken back, exactly once, by the thread or below when there is none.
    let context = unsafe Unmanaged.passRetained(body)
    let result = unsafe pthread_create(
      &thread, nil,
      { context in
        unsafe Unmanaged<ThreadBody>.fromOpaque(context!).takeRetainedValue().run()
        return nil
      }, context.toOpaque())
    guard result == 0 else {
      unsafe context.release()
      throw SystemError(call: "pthread_create", code: result)
    }
    return thread
  }

  static func join(_ thread: pthread_t) {
    let result = pthread_join(thread, nil)
    precondition(result == 0, "a thread is joined once, by another one")
  }

  /// How often another thread was given the calling thread's core while it could have gone on.
  static var callingThreadPreemptionCount: Int {
    var usage = rusage()
    let callingThread: Int32 = 1  // RUSAGE_THREAD, which the Glibc module lacks
    let result = unsafe getrusage(callingThread, &usage)
    precondition(result == 0, "a thread can ask what it used")
    return usage.ru_nivcsw
  }

  static func bindCallingThread(toCPU cpu: Int) -> Bool { platform_bind_to_cpu(Int32(cpu)) == 0 }
  static func usableCPU(at index: Int) -> Int { Int(platform_usable_cpu(Int32(index))) }
  static var usableCPUCount: Int { Int(platform_usable_cpu_count()) }
}
