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

/// The size of the thread pool: `torch.set_num_threads`. It never changes a result.
public enum Threads {
  /// Threads used for one operation, the caller's included; starts as the number of processors.
  public static var count: Int {
    get { Int(dsc_thread_count()) }
    set { dsc_set_thread_count(Int32(Swift.max(1, Swift.min(newValue, 256)))) }
  }
}
