import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Makes items 0 ..< count on several threads, a bounded number ahead of the consumer, and hands them
/// out in order.
///
/// An item moves from the thread that made it to the consumer, which alone sees it from then on; that is
/// why `Item` need not be Sendable.
final class Prefetcher<Item>: @unchecked Sendable {
  private let count: Int
  private let ahead: Int
  private let make: (Int) -> Item
  private var threads: [pthread_t] = []

  // Guarded by the mutex.
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let changed: UnsafeMutablePointer<pthread_cond_t>
  private var ready: [Int: Item] = [:]
  private var nextToMake = 0
  private var taken = 0
  private var isCancelled = false

  init(count: Int, workers: Int, ahead: Int, make: @escaping (Int) -> Item) {
    self.count = count
    self.ahead = ahead
    self.make = make
    mutex = .allocate(capacity: 1)
    changed = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
    for _ in 0..<Swift.min(workers, count) { launch() }
  }

  private func launch() {
    let box = Unmanaged.passRetained(Start { [unowned(unsafe) self] in self.work() })
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    #if canImport(Darwin)
      var thread: pthread_t?
    #else
      var thread = pthread_t()
    #endif
    let result = pthread_create(
      &thread, &attributes,
      { argument in
        #if canImport(Darwin)
          Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().body()
        #else
          if let argument { Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().body() }
        #endif
        return nil
      }, box.toOpaque())
    pthread_attr_destroy(&attributes)
    if result != 0 {
      box.release()  // fewer threads make the same batches
      return
    }
    #if canImport(Darwin)
      if let thread { threads.append(thread) }
    #else
      threads.append(thread)
    #endif
  }

  private func work() {
    while true {
      pthread_mutex_lock(mutex)
      while !isCancelled && nextToMake < count && nextToMake >= taken + ahead {
        pthread_cond_wait(changed, mutex)
      }
      if isCancelled || nextToMake >= count {
        pthread_mutex_unlock(mutex)
        return
      }
      let index = nextToMake
      nextToMake += 1
      pthread_mutex_unlock(mutex)
      let item = make(index)
      pthread_mutex_lock(mutex)
      ready[index] = item
      pthread_cond_broadcast(changed)
      pthread_mutex_unlock(mutex)
    }
  }

  /// Item `index`, waiting until it is made; indices are asked for in order.
  func take(_ index: Int) -> Item {
    if threads.isEmpty { return make(index) }
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if let item = ready.removeValue(forKey: index) {
        taken = index + 1
        pthread_cond_broadcast(changed)
        return item
      }
      pthread_cond_wait(changed, mutex)
    }
  }

  deinit {
    pthread_mutex_lock(mutex)
    isCancelled = true
    pthread_cond_broadcast(changed)
    pthread_mutex_unlock(mutex)
    for thread in threads { pthread_join(thread, nil) }
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }
}

/// Carries a closure into a thread.
private final class Start {
  let body: () -> Void
  init(_ body: @escaping () -> Void) { self.body = body }
}
