import CDescent

/// What belongs to a thread and is touched by every small operation: C's thread-local variables, reached in an
/// instruction or two. The rest is `ThreadState`.
enum ThreadLocal {
  /// Whether operations record.
  @inline(__always)
  static var gradEnabled: Bool {
    get { !dsc_thread().pointee.no_grad }
    set { dsc_thread().pointee.no_grad = !newValue }
  }

  /// How deeply releases of graph nodes are nested.
  @inline(__always)
  static var releaseDepth: Int {
    get { Int(dsc_thread().pointee.release_depth) }
    set { dsc_thread().pointee.release_depth = Int32(truncatingIfNeeded: newValue) }
  }

  /// Whether nodes wait to be freed.
  @inline(__always)
  static var hasGraves: Bool {
    get { dsc_thread().pointee.has_graves }
    set { dsc_thread().pointee.has_graves = newValue }
  }

  /// The thread's `ThreadState`; nil until it is needed.
  @inline(__always)
  static var state: UnsafeMutableRawPointer? {
    get { dsc_thread().pointee.state }
    set { dsc_thread().pointee.state = newValue }
  }

  /// Size classes of which the thread keeps blocks.
  static let blockClasses = Int(DSC_BLOCK_CLASSES)

  /// A free block of the class, or nil.
  @inline(__always)
  static func popBlock(_ sizeClass: Int) -> UnsafeMutableRawPointer? {
    dsc_block_pop(Int64(sizeClass))
  }

  /// Keeps the block, unless the thread has enough of its class or no state yet.
  @inline(__always)
  static func pushBlock(_ block: UnsafeMutableRawPointer, _ sizeClass: Int, bytes: Int) -> Bool {
    dsc_block_push(block, Int64(sizeClass), Int64(bytes))
  }
}
