import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Sizes of blocks: powers of two and three steps between them, from 64 bytes up.
///
/// A block of class c holds at least the bytes asked for and wastes less than a fifth.
struct SizeClass {
  static let count = 4 * 40

  @inline(__always)
  static func index(bytes: Int) -> Int {
    if bytes <= 64 { return 0 }
    let top = Int.bitWidth - 1 - (bytes - 1).leadingZeroBitCount  // 2^top < bytes + 1 <= 2^(top+1)
    let quarter = ((bytes - 1) >> (top - 2)) & 3
    return (top - 6) * 4 + quarter + 1
  }

  @inline(__always)
  static func bytes(_ index: Int) -> Int {
    if index == 0 { return 64 }
    let top = (index - 1) / 4 + 6
    let quarter = (index - 1) & 3
    // Rounded to whole cache lines: the quarters of 64 and 128 would be smaller.
    return ((1 << top) + (quarter + 1) * (1 << (top - 2)) + 63) & ~63
  }
}

/// Free lists of small blocks that belong to one thread: no lock on the path of small tensors.
enum BlockCache {
  static let classCount = ThreadLocal.blockClasses

  @inline(__always)
  static func pop(_ sizeClass: Int) -> UnsafeMutableRawPointer? { ThreadLocal.popBlock(sizeClass) }

  /// Keeps the block, or returns false if the thread has enough of its class.
  @inline(__always)
  static func push(_ block: UnsafeMutableRawPointer, _ sizeClass: Int) -> Bool {
    ThreadLocal.pushBlock(block, sizeClass, bytes: SizeClass.bytes(sizeClass))
      || keepFirst(block, sizeClass)
  }

  /// The first block that a thread frees: from now on the thread's end gives its blocks back.
  @inline(never)
  private static func keepFirst(_ block: UnsafeMutableRawPointer, _ sizeClass: Int) -> Bool {
    if ThreadLocal.state != nil { return false }
    _ = ThreadState.current
    return ThreadLocal.pushBlock(block, sizeClass, bytes: SizeClass.bytes(sizeClass))
  }

  /// Gives every block to the shared pool: at the end of the thread, or on `Memory.clearCache()`.
  static func flush() {
    for sizeClass in 0..<BlockCache.classCount {
      while let block = pop(sizeClass) { BlockPool.shared.give(block, sizeClass) }
    }
  }
}

/// Free blocks shared by all threads, bounded in total; the place where memory comes from and goes.
final class BlockPool: Sendable {
  static let shared = BlockPool()

  private struct State {
    var free = [[UInt]](repeating: [], count: SizeClass.count)
    var cachedBytes = 0
    var limit = 4 << 30
  }
  private let state = Locked(State())

  /// Bytes had from the system and not given back; their peak; calls to the system.
  let reservedBytes = Atomic<Int>(0)
  let peakReservedBytes = Atomic<Int>(0)
  let systemAllocations = Atomic<Int>(0)

  func take(_ sizeClass: Int) -> UnsafeMutableRawPointer? {
    let cached: UInt? = state.withLock { state in
      guard let block = state.free[sizeClass].popLast() else { return nil }
      state.cachedBytes -= SizeClass.bytes(sizeClass)
      return block
    }
    if let cached { return UnsafeMutableRawPointer(bitPattern: cached) }
    return allocate(SizeClass.bytes(sizeClass))
  }

  func give(_ block: UnsafeMutableRawPointer, _ sizeClass: Int) {
    let bytes = SizeClass.bytes(sizeClass)
    let kept = state.withLock { state in
      if state.cachedBytes + bytes > state.limit { return false }
      state.free[sizeClass].append(UInt(bitPattern: block))
      state.cachedBytes += bytes
      return true
    }
    if !kept { release(block, bytes) }
  }

  func clear() {
    let freed: [(UInt, Int)] = state.withLock { state in
      var freed: [(UInt, Int)] = []
      for sizeClass in 0..<SizeClass.count {
        for block in state.free[sizeClass] { freed.append((block, SizeClass.bytes(sizeClass))) }
        state.free[sizeClass] = []
      }
      state.cachedBytes = 0
      return freed
    }
    for (block, bytes) in freed { release(UnsafeMutableRawPointer(bitPattern: block)!, bytes) }
  }

  var cachedBytes: Int { state.withLock { $0.cachedBytes } }

  func setLimit(_ bytes: Int) { state.withLock { $0.limit = bytes } }

  private func allocate(_ bytes: Int) -> UnsafeMutableRawPointer? {
    var pointer: UnsafeMutableRawPointer?
    guard posix_memalign(&pointer, 64, bytes) == 0, let pointer else { return nil }
    systemAllocations.add(1, ordering: .relaxed)
    let now = reservedBytes.add(bytes, ordering: .relaxed).newValue
    var peak = peakReservedBytes.load(ordering: .relaxed)
    while now > peak {
      let (done, old) = peakReservedBytes.weakCompareExchange(
        expected: peak, desired: now, ordering: .relaxed)
      if done { break }
      peak = old
    }
    return pointer
  }

  private func release(_ block: UnsafeMutableRawPointer, _ bytes: Int) {
    free(block)
    reservedBytes.subtract(bytes, ordering: .relaxed)
  }
}

/// What the allocator of tensor memory holds, and ways to bound it.
///
/// Freed blocks are kept in size classes, small ones by each thread and large ones by the process, so
/// that a training loop in its steady state asks the system for nothing and takes no page faults.
///
/// - Source: torch.cuda.memory_stats, torch.cuda.empty_cache, for the CPU as well
public enum Memory {
  /// A snapshot of the allocator's counters.
  public struct Statistics: Sendable {
    /// Bytes had from the system and not given back: in use by tensors, or cached.
    public let reservedBytes: Int
    /// The largest `reservedBytes` so far.
    public let peakReservedBytes: Int
    /// Bytes in the shared cache (the threads' small caches, at most some MB each, not counted).
    public let cachedBytes: Int
    /// How often the system was asked for memory: stands still in a steady state.
    public let systemAllocations: Int
  }

  public static var statistics: Statistics {
    let pool = BlockPool.shared
    return Statistics(
      reservedBytes: pool.reservedBytes.load(ordering: .relaxed),
      peakReservedBytes: pool.peakReservedBytes.load(ordering: .relaxed),
      cachedBytes: pool.cachedBytes,
      systemAllocations: pool.systemAllocations.load(ordering: .relaxed))
  }

  /// Gives cached blocks back to the system (the calling thread's and the shared ones).
  public static func clearCache() {
    BlockCache.flush()
    BlockPool.shared.clear()
  }

  /// Bounds the shared cache, in bytes; 4 GiB unless set.
  public static func setCacheLimit(_ bytes: Int) { BlockPool.shared.setLimit(bytes) }
}
