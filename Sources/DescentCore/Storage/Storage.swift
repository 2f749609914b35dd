/// The memory under one tensor and all of its views.
///
/// Owns its bytes, 64-byte aligned. `version` counts in-place changes, so that a saved tensor that was
/// changed is noticed in backward; `lastChange` names the change for the message.
final class Storage {
  let data: UnsafeMutableRawPointer
  let byteCount: Int
  let device: Device
  private let sizeClass: Int32
  var version: UInt32 = 0
  /// The last `UpdateBatch` that reads or changes this; odd if it changes it.
  var updateMark: UInt32 = 0
  var lastChange: Change?

  /// An in-place change: the operation and the caller's line (line 0: an operator, unknown).
  struct Change {
    let operation: String
    let file: StaticString
    let line: UInt
  }

  @inline(__always)
  init(byteCount: Int, device: Device = .cpu) {
    let index = SizeClass.index(bytes: byteCount)
    self.byteCount = byteCount
    self.device = device
    sizeClass = Int32(truncatingIfNeeded: index)
    if index < BlockCache.classCount, let block = BlockCache.pop(index) {
      data = block
    } else {
      data = Storage.obtain(index, byteCount)
    }
  }

  @inline(never)
  private static func obtain(_ sizeClass: Int, _ byteCount: Int) -> UnsafeMutableRawPointer {
    if sizeClass < SizeClass.count, let block = BlockPool.shared.take(sizeClass) { return block }
    fatalError(
      "Memory: \(byteCount) bytes could not be allocated. Try smaller tensors or Memory.clearCache()."
    )
  }

  deinit {
    let index = Int(sizeClass)
    if index < BlockCache.classCount && BlockCache.push(data, index) { return }
    BlockPool.shared.give(data, index)
  }
}
