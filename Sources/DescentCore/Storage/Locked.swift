#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A value behind a lock.
///
/// The system's lock rather than `Synchronization.Mutex`: ThreadSanitizer sees its handing over, so that
/// races are found and nothing else is reported.
final class Locked<Value>: @unchecked Sendable {
  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  @exclusivity(unchecked) private var value: Value

  init(_ value: sending Value) {
    self.value = value
    let result = pthread_mutex_init(lock, nil)
    precondition(result == 0, "Locked: no lock is left")
  }

  deinit {
    pthread_mutex_destroy(lock)
    lock.deallocate()
  }

  /// Runs a closure while no other one runs.
  func withLock<R>(_ body: (inout Value) throws -> R) rethrows -> R {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    return try body(&value)
  }
}
