/// Python's `random` module with an integer seed, bit for bit: for programs that shuffle with it.
///
/// ```swift
/// let random = PythonRandom(seed: 7)
/// var indices = Array(0..<20)
/// random.shuffle(&indices)  // 17, 15, 11, 18, 7, …
/// ```
///
/// - Source: random.Random
public final class PythonRandom {
  private let engine: Generator

  /// - Parameters:
  ///   - seed: its absolute value counts, as in Python.
  public init(seed: Int) {
    let magnitude = seed.magnitude
    let high = UInt32(truncatingIfNeeded: magnitude >> 32)
    let low = UInt32(truncatingIfNeeded: magnitude)
    engine = Generator(words: PythonRandom.words(key: high == 0 ? [low] : [low, high]))
  }

  /// The state for a key of several words: `init_by_array` of Matsumoto and Nishimura, 2002.
  private static func words(key: [UInt32]) -> [UInt32] {
    let n = 624
    var words = [UInt32](repeating: 19_650_218, count: n)
    for j in 1..<n { words[j] = 1_812_433_253 &* (words[j - 1] ^ words[j - 1] >> 30) &+ UInt32(j) }
    var (i, j) = (1, 0)
    for _ in 0..<n {
      words[i] =
        (words[i] ^ (words[i - 1] ^ words[i - 1] >> 30) &* 1_664_525) &+ key[j] &+ UInt32(j)
      i += 1
      j = (j + 1) % key.count
      if i == n { (words[0], i) = (words[n - 1], 1) }
    }
    for _ in 1..<n {
      words[i] = (words[i] ^ (words[i - 1] ^ words[i - 1] >> 30) &* 1_566_083_941) &- UInt32(i)
      i += 1
      if i == n { (words[0], i) = (words[n - 1], 1) }
    }
    words[0] = 0x8000_0000
    return words
  }

  /// A uniform number in [0, 1) of 53 bits.
  public func random() -> Double {
    let (high, low) = (engine.random() >> 5, engine.random() >> 6)
    return (Double(high) * 0x1p26 + Double(low)) * 0x1p-53
  }

  /// A uniform number between two bounds.
  public func uniform(_ low: Double, _ high: Double) -> Double { low + (high - low) * random() }

  /// An integer in 0 ..< limit.
  ///
  /// - Precondition: the limit is positive.
  public func randrange(
    _ limit: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Int {
    if limit <= 0 {
      Misuse("randrange", "the range is empty", got: "\(limit)", try: "a positive limit").raise(
        file: file, line: line)
      return 0
    }
    let bits = Int.bitWidth - limit.leadingZeroBitCount
    while true {
      let draw = bitsDrawn(bits)
      if draw < limit { return draw }
    }
  }

  /// An integer in start ..< stop.
  public func randrange(
    _ start: Int, _ stop: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Int {
    start + randrange(stop - start, file: file, line: line)
  }

  /// An integer in low ... high.
  public func randint(
    _ low: Int, _ high: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Int {
    randrange(low, high + 1, file: file, line: line)
  }

  /// One of the elements.
  public func choice<T>(
    _ elements: [T], file: StaticString = #fileID, line: UInt = #line
  ) -> T {
    elements[randrange(elements.count, file: file, line: line)]
  }

  /// Brings an array into random order.
  public func shuffle<T>(_ array: inout [T]) {
    for i in stride(from: array.count - 1, to: 0, by: -1) { array.swapAt(i, randrange(i + 1)) }
  }

  /// `getrandbits`: up to 63 bits, words from the lowest up.
  private func bitsDrawn(_ bits: Int) -> Int {
    if bits <= 32 { return Int(engine.random() >> UInt32(32 - bits)) }
    let low = UInt64(engine.random())
    return Int(UInt64(engine.random() >> UInt32(64 - bits)) << 32 | low)
  }
}
