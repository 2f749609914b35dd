#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What belongs to a thread: checks in progress, nodes waiting to be freed, an idle engine. What every
/// operation touches, gradient mode and small memory blocks, is `ThreadLocal`.
///
/// Closures such as `noGrad {}` are synchronous, so their effect is exactly a thread's.
final class ThreadState {
  var inferenceMode = false
  var anomalyDetection = false

  var checkDepth = 0
  var firstMisuse: Misuse?
  /// The line that started the backward pass that runs.
  @exclusivity(unchecked) var backward: CallSite?
  @exclusivity(unchecked) var modules: [ModuleCall] = []

  /// Objects whose release would recurse too deeply, freed one after the other; see `Graveyard`.
  @exclusivity(unchecked) var graveyard: [AnyObject] = []

  @exclusivity(unchecked) private var firstEngine: Engine?
  /// Runs the thread's backward passes, but for those inside one; made for the first.
  @inline(__always)
  var engine: Engine { firstEngine ?? makeEngine() }

  @inline(never)
  private func makeEngine() -> Engine {
    let engine = Engine()
    firstEngine = engine
    return engine
  }

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    let result = pthread_key_create(&key) { pointer in
      #if canImport(Darwin)
        Unmanaged<ThreadState>.fromOpaque(pointer).release()
      #else
        if let pointer { Unmanaged<ThreadState>.fromOpaque(pointer).release() }
      #endif
    }
    precondition(result == 0, "ThreadState: no thread-local key is left")
    return key
  }()

  @inline(__always)
  static var current: ThreadState {
    Unmanaged<ThreadState>.fromOpaque(ThreadLocal.state ?? create()).takeUnretainedValue()
  }

  /// Calls `body` with the thread's state without counting it: it lives as long as the thread.
  @inline(__always)
  static func withCurrent<R>(_ body: (ThreadState) -> R) -> R {
    Unmanaged<ThreadState>.fromOpaque(ThreadLocal.state ?? create())._withUnsafeGuaranteedRef(body)
  }

  @inline(never)
  private static func create() -> UnsafeMutableRawPointer {
    let pointer = Unmanaged.passRetained(ThreadState()).toOpaque()
    ThreadLocal.state = pointer
    pthread_setspecific(key, pointer)  // for its end
    return pointer
  }

  deinit {
    BlockCache.flush()
    ThreadLocal.state = nil
  }
}

/// Frees long chains without recursion.
///
/// A node of the graph owns its inputs, which own theirs: left alone, freeing a chain of a million
/// operations would need a million stack frames. A releasing object hands over what it owns once the
/// recursion is deep, and the outermost release frees the rest in a loop.
enum Graveyard {
  private static let depthLimit = 64

  /// Calls `release`, which drops the references of an object that is going away, unless the release
  /// is nested deeply; then `handOver` must move them to the list given to it.
  @inline(__always)
  static func bury(_ release: () -> Void, handOver: (inout [AnyObject]) -> Void) {
    if ThreadLocal.releaseDepth >= depthLimit {
      handOver(&ThreadState.current.graveyard)
      ThreadLocal.hasGraves = true
      return
    }
    ThreadLocal.releaseDepth += 1
    release()
    ThreadLocal.releaseDepth -= 1
    if ThreadLocal.releaseDepth == 0 && ThreadLocal.hasGraves { drain() }
  }

  @inline(never)
  private static func drain() {
    let state = ThreadState.current
    // Each object popped is released at the end of its turn; what it owns is buried again.
    ThreadLocal.releaseDepth = 1
    while !state.graveyard.isEmpty { _ = state.graveyard.removeLast() }
    ThreadLocal.releaseDepth = 0
    ThreadLocal.hasGraves = false
  }
}
