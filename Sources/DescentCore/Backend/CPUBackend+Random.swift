import CDescent

// Random numbers: the C engine behind `Generator`.
extension CPUBackend {
  func random(_ call: RandomCall) throws(Misuse) {
    let state = call.generator.state
    let dtype = call.output.dtype.c
    let count = Int64(call.output.layout.elementCount)
    let out = call.output.address
    let status: Int32
    switch call.distribution {
    case .uniform(let low, let high):
      status = dsc_fill_uniform(state, dtype, count, low, high, out)
    case .normal(let mean, let std, let serial):
      status = dsc_fill_normal(state, dtype, count, mean, std, serial, out)
    case .integers(let low, let range):
      status = dsc_fill_integers(state, dtype, count, Int64(low), UInt64(range), out)
    case .unbounded:
      status = dsc_fill_random(state, dtype, count, out)
    case .bernoulli(let p):
      status = dsc_fill_bernoulli(state, dtype, count, p, out)
    case .bernoulliEach(let probabilities):
      status = dsc_fill_bernoulli_each(
        state, probabilities.dtype.c, probabilities.address, dtype, count, out)
    case .exponential(let lambda):
      status = dsc_fill_exponential(state, dtype, count, lambda, out)
    case .geometric(let p):
      status = dsc_fill_geometric(state, dtype, count, p, out)
    case .cauchy(let median, let sigma):
      status = dsc_fill_cauchy(state, dtype, count, median, sigma, out)
    case .logNormal(let mean, let std):
      status = dsc_fill_log_normal(state, dtype, count, mean, std, out)
    case .poissonEach(let rates):
      status = dsc_fill_poisson_each(state, dtype, rates.address, count, out)
    case .permutation:
      dsc_fill_permutation(state, count, out.assumingMemoryBound(to: Int64.self))
      status = 0
    case .multinomial(let weights):
      let rows = call.output.layout.shape[0]
      status = dsc_fill_multinomial(
        state, weights.dtype.c, Int64(rows), Int64(weights.layout.shape[-1]), weights.address,
        Int64(call.output.layout.shape[1]), out.assumingMemoryBound(to: Int64.self))
    }
    if status != 0 { throw CPUBackend.misuse(status) }
  }
}

/// The engine's memory, owned by a `Generator`.
typealias GeneratorState = UnsafeMutablePointer<DscGenerator>

extension GeneratorState {
  static func make(seed: UInt64) -> GeneratorState {
    let state = GeneratorState.allocate(capacity: 1)
    state.initialize(to: DscGenerator())
    dsc_generator_seed(state, seed)
    return state
  }

  func seed(_ seed: UInt64) { dsc_generator_seed(self, seed) }
  func next32() -> UInt32 { dsc_random_u32(self) }
  func next64() -> UInt64 { dsc_random_u64(self) }
}

// PyTorch's saved state: u64 seed, i32 left, i32 seeded, u64 next, 624 words of 64 bits, the three
// numbers of the normal pair (only the second is in use), i32 whether it is, and at the end the cache
// of float normals, which the CPU does not fill.
extension GeneratorState {
  static let byteCount = 5056
  private static let words = 24
  private static let normal = words + 624 * 8

  func bytes() -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Self.byteCount)
    bytes.withUnsafeMutableBytes { raw in
      raw.storeBytes(of: pointee.seed, toByteOffset: 0, as: UInt64.self)
      raw.storeBytes(of: pointee.left, toByteOffset: 8, as: Int32.self)
      raw.storeBytes(of: 1, toByteOffset: 12, as: Int32.self)
      raw.storeBytes(of: UInt64(pointee.next), toByteOffset: 16, as: UInt64.self)
      withUnsafeBytes(of: &pointee.state) { state in
        for (i, word) in state.bindMemory(to: UInt32.self).enumerated() {
          raw.storeBytes(of: UInt64(word), toByteOffset: Self.words + 8 * i, as: UInt64.self)
        }
      }
      if pointee.has_normal {
        raw.storeBytes(of: pointee.normal, toByteOffset: Self.normal + 8, as: Double.self)
        raw.storeBytes(of: 1, toByteOffset: Self.normal + 24, as: Int32.self)
      }
    }
    return bytes
  }

  /// Takes a saved state over; false if it is none.
  func restore(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { raw in
      let left = raw.load(fromByteOffset: 8, as: Int32.self)
      let next = raw.load(fromByteOffset: 16, as: UInt64.self)
      if left < 1 || left > 624 || next > 624 || raw.load(fromByteOffset: 12, as: Int32.self) != 1 {
        return false
      }
      let words = (0..<624).map {
        UInt32(truncatingIfNeeded: raw.load(fromByteOffset: Self.words + 8 * $0, as: UInt64.self))
      }
      setWords(words)
      pointee.seed = raw.load(fromByteOffset: 0, as: UInt64.self)
      pointee.left = left
      pointee.next = Int32(next)
      pointee.has_normal = raw.load(fromByteOffset: Self.normal + 24, as: Int32.self) != 0
      pointee.normal = raw.load(fromByteOffset: Self.normal + 8, as: Double.self)
      return true
    }
  }

  /// The engine's words, from which the first draw makes a new block.
  func setWords(_ words: [UInt32]) {
    withUnsafeMutableBytes(of: &pointee.state) { state in
      words.withUnsafeBytes { state.copyMemory(from: $0) }
    }
    pointee.left = 1
    pointee.next = 0
    pointee.has_normal = false
    pointee.normal = 0
  }
}
