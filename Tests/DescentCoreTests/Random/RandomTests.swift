import DescentCore
import Foundation
import Testing

extension SharedState {
  @Suite("Random numbers")
  struct RandomTests {
    static let draws: [String: @Sendable (Int) -> Tensor] = [
      "rand": { .rand($0) }, "rand64": { .rand($0, dtype: .float64) },
      "randBF16": { .rand($0, dtype: .bfloat16) }, "randn": { .randn($0) },
      "randn64": { .randn($0, dtype: .float64) }, "randnHalf": { .randn($0, dtype: .float16) },
      "randint": { .randint(-5, 100000, [$0]) }, "randintWide": { .randint(0, 1 << 40, [$0]) },
      "randperm": { .randperm($0) },
      "normal": { .normal(mean: Tensor.arange($0).float(), std: Tensor.linspace(0.1, 1, $0)) },
      "uniform": { Tensor.empty($0).uniform_(-3, 5) },
      "bernoulli": { Tensor.empty($0).bernoulli_(0.3) },
      "bernoulliEach": { Tensor.linspace(0, 1, $0).bernoulli() },
      "exponential": { Tensor.empty($0).exponential_(1.5) },
      "geometric": { Tensor.empty($0).geometric_(0.3) },
      "cauchy": { Tensor.empty($0).cauchy_(median: 0.5, sigma: 2) },
      "logNormal": { Tensor.empty($0).logNormal_(mean: 0.1, std: 0.5) },
      "random": { Tensor.empty($0, dtype: .int64).random_() },
      "poisson": { Tensor.linspace(0.1, 20, $0).poisson() },
      "dropout": { Tensor.ones($0).dropout(0.4) },
      "alphaDropout": { Tensor.linspace(-1, 1, $0).alphaDropout(0.4) },
      "transposedNormal": { Tensor.empty($0, 3).transpose(0, 1).normal_() },
      "transposedUniform": { Tensor.empty($0, 3).transpose(0, 1).uniform_() },
      "slicedUniform": { Tensor.zeros($0, 4).asStrided([$0, 2], [4, 2]).uniform_() },
      "slicedNormal": { Tensor.zeros($0, 4).asStrided([$0, 2], [4, 2]).normal_() },
      "transposedLike": { .randnLike(Tensor.empty($0, 3).transpose(0, 1)) },
      "transposedDropout": { Tensor.ones($0, 3).transpose(0, 1).dropout(0.4) },
      "multinomial": { Tensor.linspace(0.1, 1, $0).multinomial(4) },
      "multinomialOne": { Tensor.linspace(0.1, 1, 2 * $0).view(2, $0).multinomial(1) },
      "multinomialReplaced": {
        Tensor.linspace(0.1, 1, 2 * $0).view(2, $0).multinomial(6, replacement: true)
      },
    ]

    @Test("every draw equals PyTorch's bit for bit and leaves the same state")
    func fixtures() throws {
      let cases = try CoreFixture.cases("random")
      #expect(Set(cases.map { $0.string("draw") }) == Set(Self.draws.keys))
      for fixture in cases {
        let draw = try #require(Self.draws[fixture.string("draw")])
        manualSeed(fixture.int("seed"))
        let tensor = draw(fixture.int("n"))
        let label = Comment(
          "\(fixture.string("draw"))(\(fixture.int("n"))), seed \(fixture.int("seed"))")
        #expect(tensor.dtype.name == fixture.string("dtype"), label)
        #expect(tensor.withUnsafeBytes { Array($0) } == fixture.bytes, label)
        let next = (fixture.entry["next"] as? NSNumber)?.doubleValue ?? .nan
        #expect(Tensor.rand().item(as: Float.self) == Float(next), label)
      }
    }

    @Test("a saved state continues the stream, cached normal included")
    func states() {
      let generator = Generator(seed: 3)
      _ = Tensor.randn(3, generator: generator)
      let state = generator.getState()
      #expect(state.shape == [5056] && state.dtype == .uint8)
      let copy = generator.clone()
      let expected = Tensor.randn(5, generator: generator).toArray()
      #expect(Tensor.randn(5, generator: copy).toArray() == expected)
      let other = Generator()
      other.setState(state)
      #expect(Tensor.randn(5, generator: other).toArray() == expected)
      #expect(other.initialSeed == 3)
    }

    @Test("NumPy's generator")
    func numPy() {
      let random = NumPyRandom(seed: 3)
      #expect(random.rand() as Double == 0.5507979025745755)
      #expect(random.randn() as Double == -1.0294714740051425)
      #expect(random.randn() as Double == 1.0248068016826362)
      #expect(random.permutation(6) == [5, 4, 1, 2, 3, 0])
      #expect(random.uniform(1, 2) == 1.2072428781381868)
    }

    @Test("Python's generator")
    func python() {
      let random = PythonRandom(seed: 7)
      var indices = Array(0..<20)
      random.shuffle(&indices)
      #expect(indices == [17, 15, 11, 18, 7, 6, 19, 3, 14, 0, 9, 5, 16, 8, 13, 2, 1, 12, 4, 10])
      #expect(random.random() == 0.09071301334386506)
      #expect(random.randrange(1000) == 434 && random.randint(1, 6) == 1)
      #expect(PythonRandom(seed: -(1 << 40) - 5).random() == 0.5043802970418443)
    }

    @Test("what PyTorch refuses is refused")
    func misuse() {
      let calls: [() -> Void] = [
        { _ = Tensor.randint(5, 5, [2]) }, { _ = Tensor.randint(0, 300, [2], dtype: .uint8) },
        { _ = Tensor.rand(2, dtype: .int64) }, { Tensor.zeros(3).uniform_(2, 1) },
        { Tensor.zeros(3).normal_(std: -1) }, { Tensor.zeros(3).bernoulli_(1.5) },
        { Tensor.zeros(3).exponential_(-1) }, { Tensor.zeros(3).geometric_(1) },
        { Tensor.zeros(3, dtype: .int64).normal_() }, { _ = Tensor([1.5]).bernoulli() },
        { _ = Tensor([1.0, -1]).multinomial(1) }, { _ = Tensor([0.0, 0]).multinomial(1) },
        { _ = Tensor([0.0, 1]).multinomial(3) }, { _ = Tensor([0, 1]).multinomial(1) },
        { _ = Tensor.randperm(-1) }, { _ = Tensor.ones(3).dropout(1.5) },
        { _ = Tensor([-1.0]).poisson() }, { Tensor.zeros(1).expand(3).normal_() },
        { Tensor.zeros(2, requiresGrad: true).normal_() },
      ]
      for (i, call) in calls.enumerated() {
        #expect(throws: Misuse.self, "call \(i)") { try checked(call) }
      }
    }
  }
}
