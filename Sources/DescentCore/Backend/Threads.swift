import CDescent
import Synchronization

/// The size of the thread pool: `torch.set_num_threads`. It never changes a result.
public enum Threads {
  /// Threads used for one operation, the caller's included, 1 to 256; starts as the number of processors.
  public static var count: Int {
    get { Int(dsc_thread_count()) }
    set {
      guard (1...256).contains(newValue) else {
        return Misuse(
          "Threads.count", "a number of threads is 1 to 256", got: "\(newValue)",
          try: "Threads.count = 1 for the calling thread alone"
        ).report()
      }
      dsc_set_thread_count(Int32(newValue))
    }
  }
}

/// What the back end was asked for.
public enum Kernels {
  // Threads that call at once may lose a count: a step's cost is not paid for that.
  static let counter = Atomic<Int>(0)

  /// Calls of kernels so far, in the process: a measure of a step that no other load changes. Exact while one
  /// thread calls.
  public static var calls: Int { counter.load(ordering: .relaxed) }

  @inline(__always)
  static func count() {
    counter.store(counter.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
  }
}
