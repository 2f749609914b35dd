import DescentCore
import DescentNN
import Testing

@Suite("Cache of keys and values") struct KVCacheTests {
  static func sequence(_ steps: Int) -> [Tensor] {
    let generator = Generator(seed: 4)
    return (0..<3).map { _ in Tensor.randn(2, 3, steps, 8, generator: generator) }
  }

  @Test(
    "steps one by one, in runs, and all at once give the same",
    arguments: [[Int](repeating: 1, count: 12), [4, 1, 1], [3, 5], [9, 2]])
  func steps(_ runs: [Int]) {
    let length = runs.reduce(0, +)
    let parts = Self.sequence(length)
    let (q, k, v) = (parts[0], parts[1], parts[2])
    let whole = q.scaledDotProductAttention(k, v, isCausal: true)
    let cache = KVCache(capacity: 12)
    var start = 0
    for run in runs {
      func part(_ x: Tensor) -> Tensor { x.narrow(-2, start, run) }
      let output = cache.attend(part(q), part(k), part(v))
      #expect(output.allclose(part(whole), rtol: 1e-5, atol: 1e-5))
      start += run
    }
    #expect(cache.length == length)
  }

  @Test("a cache is written in place, and truncated without losing its memory") func memory() {
    let parts = Self.sequence(4)
    let cache = KVCache(capacity: 6)
    let first = cache.append(parts[1], parts[2])
    #expect(first.key.equal(parts[1]) && first.value.equal(parts[2]))
    cache.truncate(to: 2)
    let second = cache.append(parts[1], parts[2])
    #expect(cache.length == 6 && second.key.shape == [2, 3, 6, 8])
    #expect(second.value.narrow(2, 2, 4).equal(parts[2]))
    #expect(second.value.narrow(2, 0, 2).equal(parts[2].narrow(2, 0, 2)))
    // The first views lie in the same memory, whose steps from 2 on were written again.
    #expect(first.key.narrow(2, 2, 2).equal(parts[1].narrow(2, 0, 2)))
  }

  @Test("a layer with a cache is the layer under a causal mask") func layer() {
    let layer = MultiheadAttention(12, 3, batchFirst: true, generator: Generator(seed: 1))
    let x = Tensor.randn(2, 6, 12, generator: Generator(seed: 2))
    let future = Tensor.ones(6, 6, dtype: .bool).triu(diagonal: 1)
    let whole = layer(x, x, x, needWeights: false, attnMask: future).output
    let cache = KVCache(capacity: 6)
    let parts = [0..<4, 4..<5, 5..<6].map { layer(x[.all, $0], cache: cache) }
    #expect(Tensor.cat(parts, dim: 1).allclose(whole, rtol: 1e-5, atol: 1e-5))
  }

  @Test("misuse says what is wrong") func misuse() {
    func message(_ body: () -> Void) -> String {
      do {
        try checked { body() }
        return ""
      } catch { return "\(error)" }
    }
    let parts = Self.sequence(4)
    let cache = KVCache(capacity: 6)
    _ = cache.append(parts[1], parts[2])
    #expect(message { _ = cache.append(parts[1], parts[2]) }.contains("8 steps are more than"))
    #expect(
      message { _ = cache.append(parts[1][0..<1, .all, 0..<1], parts[2][0..<1, .all, 0..<1]) }
        .contains("key and value differ from those before"))
    #expect(
      message { _ = cache.append(parts[1], parts[2].narrow(2, 0, 1)) }
        .contains("there are not as many values as keys"))
    #expect(message { _ = KVCache(capacity: 0) }.contains("one step at least"))
  }
}
