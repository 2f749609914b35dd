import DescentCore

/// The keys and values of the steps that a causal attention has seen, so that a further step costs one
/// query instead of a whole sequence.
///
/// One cache serves one layer. Its memory is taken at the first `append` for all steps it can hold, and
/// written in place from then on.
/// ```swift
/// let caches = model.blocks.map { _ in KVCache(capacity: 256) }
/// var logits = noGrad { model(prompt, caches) }        // in each block: cache.attend(q, k, v)
/// for _ in 0..<100 { logits = noGrad { model(next(logits), caches) } }
/// ```
/// Nothing is recorded: a cache is for inference.
/// - Source: transformers.StaticCache
public final class KVCache {
  /// How many steps the cache can hold.
  public let capacity: Int
  /// How many steps it holds.
  public private(set) var length = 0
  private var memory: (keys: Tensor, values: Tensor)?

  /// Makes an empty cache.
  ///
  /// - Precondition: `KVCache: a cache holds one step at least. Got …`
  public init(capacity: Int, file: StaticString = #fileID, line: UInt = #line) {
    self.capacity = capacity
    if capacity < 1 {
      Misuse(
        "KVCache", "a cache holds one step at least", got: "capacity \(capacity)",
        try: "the longest sequence"
      ).report(file: file, line: line)
    }
  }

  /// Adds the keys and values of further steps, [..., heads, steps, E] and [..., heads, steps, V], and
  /// returns those of all steps so far, as views of the cache.
  ///
  /// The first call decides the other sizes and the dtype.
  /// - Precondition: `KVCache: 300 steps are more than the cache holds. Got … Try …`
  public func append(
    _ key: Tensor, _ value: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> (key: Tensor, value: Tensor) {
    if let problem = misuse(key, value) {
      problem.report(file: file, line: line)
      return (key, value)
    }
    return noGrad {
      let memory = memory ?? (empty(key), empty(value))
      self.memory = memory
      let steps = key.shape[-2]
      _ = memory.keys.narrow(-2, length, steps).copy_(key)
      _ = memory.values.narrow(-2, length, steps).copy_(value)
      length += steps
      return (memory.keys.narrow(-2, 0, length), memory.values.narrow(-2, 0, length))
    }
  }

  /// Causal attention of further steps to all so far and themselves: query, key and value are those of
  /// the new steps, [..., heads, steps, E].
  ///
  /// - Parameters:
  ///   - scale: 1/√E by default.
  ///   - enableGqa: whether several heads of the query share one of key and value.
  public func attend(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, scale: Double? = nil, enableGqa: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let before = length
    let all = append(key, value, file: file, line: line)
    return query.scaledDotProductAttention(
      all.key, all.value, isCausal: true, causalOffset: before, scale: scale, enableGqa: enableGqa,
      file: file, line: line)
  }

  /// Forgets all steps from `length` on; the memory is kept.
  public func truncate(to length: Int) { self.length = max(0, min(length, self.length)) }

  private func empty(_ part: Tensor) -> Tensor {
    var shape = part.shape
    shape[-2] = capacity
    return Tensor.empty(shape, dtype: part.dtype)
  }

  private func misuse(_ key: Tensor, _ value: Tensor) -> Misuse? {
    let got = "key \(Array(key.shape)), value \(Array(value.shape)) after \(length) steps"
    if key.ndim < 2 || value.ndim != key.ndim || key.shape[-2] != value.shape[-2] {
      return Misuse(
        "KVCache", "there are not as many values as keys", got: got,
        try: "[..., heads, steps, E] and [..., heads, steps, V]")
    }
    if length + key.shape[-2] > capacity {
      return Misuse(
        "KVCache", "\(length + key.shape[-2]) steps are more than the cache holds", got: got,
        try:
          "KVCache(capacity: \(length + key.shape[-2])), or truncate(to: 0) before a new sequence")
    }
    guard let memory else { return nil }
    func fits(_ part: Tensor, _ whole: Tensor) -> Bool {
      var shape = part.shape
      shape[-2] = capacity
      return shape == whole.shape && part.dtype == whole.dtype
    }
    if fits(key, memory.keys) && fits(value, memory.values) { return nil }
    return Misuse(
      "KVCache", "key and value differ from those before",
      got: got + ", a cache of \(Array(memory.keys.shape)) and \(Array(memory.values.shape))",
      try: "a cache for each layer and each batch")
  }
}
