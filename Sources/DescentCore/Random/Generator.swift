/// PyTorch's CPU generator, bit for bit: the same seed gives the same numbers.
///
/// Everything that draws takes a `generator:`; without one it draws from `Generator.default`, which
/// `manualSeed(_:)` seeds.
/// ```swift
/// manualSeed(0)
/// print(Tensor.rand(2))  // tensor([0.4963, 0.7682])
/// ```
/// A generator is not thread-safe, like the tensors it fills.
///
/// - Source: torch.Generator
public final class Generator {
  let state: GeneratorState
  /// The seed in full; only its low 32 bits choose the stream, as in PyTorch.
  public private(set) var initialSeed: UInt64

  /// A generator with PyTorch's default seed, 67280421310721.
  public convenience init() { self.init(bits: 67_280_421_310_721) }

  /// A generator with a seed; negative ones wrap as in PyTorch.
  public convenience init(seed: Int) { self.init(bits: UInt64(bitPattern: Int64(seed))) }

  private init(bits: UInt64) {
    initialSeed = bits
    state = .make(seed: bits)
  }

  /// An engine in a given state of 624 words, before its first draw.
  convenience init(words: [UInt32]) {
    self.init(bits: 0)
    state.setWords(words)
  }

  deinit { state.deallocate() }

  /// Starts the stream of a seed anew and forgets the cached normal.
  ///
  /// - Source: torch.Generator.manual_seed
  @discardableResult
  public func manualSeed(_ seed: Int) -> Generator {
    initialSeed = UInt64(bitPattern: Int64(seed))
    state.seed(initialSeed)
    return self
  }

  /// Seeds from the system's random numbers and returns the seed.
  ///
  /// - Source: torch.Generator.seed
  @discardableResult
  public func seed() -> UInt64 {
    var system = SystemRandomNumberGenerator()
    initialSeed = system.next()
    state.seed(initialSeed)
    return initialSeed
  }

  /// The whole state as 5056 bytes (uint8), in PyTorch's format: a state of either continues the
  /// stream of the other.
  ///
  /// - Source: torch.Generator.get_state
  public func getState() -> Tensor { Tensor(state.bytes(), shape: [GeneratorState.byteCount]) }

  /// Goes on from a saved state.
  ///
  /// - Precondition: `setState: not the state of a generator. Got …`
  /// - Source: torch.Generator.set_state
  public func setState(
    _ saved: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) {
    if saved.dtype != .uint8 || saved.numel() != GeneratorState.byteCount
      || !state.restore(saved.toArray(UInt8.self))
    {
      Misuse(
        "setState", "not the state of a generator",
        got: "\(saved.dtype.name) \(saved.shape.brackets)",
        try: "what getState() returned: \(GeneratorState.byteCount) bytes"
      ).raise(file: file, line: line)
      return
    }
    initialSeed = state.pointee.seed
  }

  /// Takes over another generator's state.
  func continueAs(_ other: Generator) {
    initialSeed = other.initialSeed
    state.pointee = other.state.pointee
  }

  /// A generator in the same state, independent from now on.
  ///
  /// - Source: torch.Generator.clone_state
  public func clone() -> Generator {
    let copy = Generator(bits: initialSeed)
    copy.continueAs(self)
    return copy
  }

  /// The next 32 random bits.
  public func random() -> UInt32 { state.next32() }

  /// The next 64 random bits: two draws, the high word first.
  public func random64() -> UInt64 { state.next64() }

  /// The generator that is used when none is given. Seeded from the system when first used.
  public nonisolated(unsafe) static let `default`: Generator = {
    var system = SystemRandomNumberGenerator()
    return Generator(bits: UInt64(system.next()))
  }()
}

/// Seeds the default generator and returns it.
///
/// - Source: torch.manual_seed
@discardableResult
public func manualSeed(_ seed: Int) -> Generator { Generator.default.manualSeed(seed) }

extension Generator {
  /// A random permutation of 0 ..< n, as `torch.randperm` draws it.
  public func permutation(_ n: Int) -> [Int] {
    let result = Tensor(empty: [n], dtype: .int64)
    do throws(Misuse) {
      try result.device.backend.random(
        RandomCall(distribution: .permutation, generator: self, output: result))
    } catch { error.raise(file: "", line: 0) }
    return result.toArray(Int.self)
  }

  /// A draw of `torch.empty((), dtype=torch.int64).random_()`: what seeds loaders and samplers.
  public func randomSeed() -> Int { Int(random64() & (1 << 63 - 1)) }
}
