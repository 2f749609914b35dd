#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// NumPy's `np.random.seed` generator, bit for bit: for programs whose data NumPy made.
///
/// ```swift
/// let random = NumPyRandom(seed: 0)
/// print(random.rand())  // 0.5488135039273248
/// ```
/// Everything is float64, as in NumPy. This is the older interface (`np.random.randn`), not
/// `np.random.default_rng`.
///
/// - Source: numpy.random.RandomState
public final class NumPyRandom {
  private let engine: Generator
  private var cachedNormal: Double?

  /// - Parameters:
  ///   - seed: its low 32 bits count.
  public init(seed: Int) { engine = Generator(seed: seed) }

  /// A uniform number in [0, 1): `np.random.rand()` and `np.random.random_sample()`.
  public func rand() -> Double {
    let (high, low) = (engine.random() >> 5, engine.random() >> 6)
    return (Double(high) * 0x1p26 + Double(low)) * 0x1p-53
  }

  /// Uniform numbers in [0, 1), float64.
  public func rand(_ sizes: Int...) -> Tensor { tensor(sizes) { rand() } }

  /// A standard normal number, by Marsaglia's polar method: `np.random.randn()`.
  public func randn() -> Double {
    if let normal = cachedNormal {
      cachedNormal = nil
      return normal
    }
    while true {
      let x: Double = 2 * rand() - 1
      let y: Double = 2 * rand() - 1
      let r = x * x + y * y
      if r >= 1 || r == 0 { continue }
      let factor = (-2 * log(r) / r).squareRoot()
      cachedNormal = factor * x
      return factor * y
    }
  }

  /// Standard normal numbers, float64.
  public func randn(_ sizes: Int...) -> Tensor { tensor(sizes) { randn() } }

  /// A uniform number in [low, high).
  public func uniform(_ low: Double = 0, _ high: Double = 1) -> Double {
    low + (high - low) * rand()
  }

  /// Uniform numbers in [low, high), float64.
  public func uniform(_ low: Double, _ high: Double, size: Shape) -> Tensor {
    tensor(Array(size)) { uniform(low, high) }
  }

  /// A normal number.
  public func normal(_ mean: Double = 0, _ std: Double = 1) -> Double { mean + std * randn() }

  /// Normal numbers, float64.
  public func normal(_ mean: Double, _ std: Double, size: Shape) -> Tensor {
    tensor(Array(size)) { normal(mean, std) }
  }

  /// Brings an array into random order: `np.random.shuffle`.
  public func shuffle<T>(_ array: inout [T]) {
    for i in stride(from: array.count - 1, to: 0, by: -1) { array.swapAt(i, upTo(i)) }
  }

  /// The numbers 0 to n - 1 in random order: `np.random.permutation`.
  public func permutation(_ n: Int) -> [Int] {
    var order = Array(0..<n)
    shuffle(&order)
    return order
  }

  /// An integer in 0...limit, by rejection under the next power of 2.
  private func upTo(_ limit: Int) -> Int {
    if limit == 0 { return 0 }
    let mask = UInt64.max >> UInt64(limit.leadingZeroBitCount)
    while true {
      let draw = limit <= Int(UInt32.max) ? UInt64(engine.random()) : engine.random64()
      if draw & mask <= UInt64(limit) { return Int(draw & mask) }
    }
  }

  private func tensor(_ sizes: [Int], _ draw: () -> Double) -> Tensor {
    let shape = Shape(sizes)
    return Tensor((0..<shape.elementCount).map { _ in draw() }, shape: shape)
  }
}
