internal import Glibc

/// How many descriptors the program may have: the door to that limit.
enum DescriptorLimit {
  /// Takes as many as the system allows. What a process begins with is less, for the sake of programs that wait by `select`.
  static func raise() {
    var limit = rlimit()
    let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    // SAFETY: both calls use it while they last only.
    guard unsafe getrlimit(kind, &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    _ = unsafe setrlimit(kind, &limit)
  }
}
