import DescentCore
import Testing

/// Distances of all pairs of rows: against the definition, derivatives by differences.
@Suite("Distances")
struct DistancesTests {
  static let powers = [0, 0.5, 1, 1.5, 2, 3, Double.infinity]
  static func rows(_ shape: Shape, seed: Int = 1) -> Tensor {
    .randn(shape, dtype: .float64, requiresGrad: true, generator: Generator(seed: seed))
  }

  private func norm(_ z: Tensor, _ p: Double) -> Tensor {
    switch p {
    case 0: (z .!= 0).to(.float64).sum(dim: -1)
    case .infinity: z.abs().amax(dim: [-1])
    default: z.abs().pow(p).sum(dim: -1).pow(1 / p)
    }
  }

  @Test("cdist and pdist are the norms of differences", arguments: powers)
  func values(_ p: Double) {
    let (x, y) = (Self.rows([2, 1, 3, 4]), Self.rows([5, 6, 4], seed: 2))
    let expected = norm(x.unsqueeze(-2) - y.unsqueeze(-3), p)
    #expect(x.cdist(y, p: p).allclose(expected, rtol: 1e-12))
    let z = Self.rows([4, 3])
    let pairs = Tensor.triuIndices(4, 4, offset: 1)
    #expect(z.pdist(p: p).allclose(norm(z[pairs[0]] - z[pairs[1]], p), rtol: 1e-12))
  }

  @Test("the matrix product gives the same Euclidean distances, and is taken from 26 rows on")
  func products() {
    let (x, y) = (Self.rows([30, 3]), Self.rows([7, 3], seed: 2))
    let exact = x.cdist(y, computeMode: .doNotUseMMForEuclidDist)
    #expect(x.cdist(y).allclose(exact, rtol: 1e-10))
    #expect(x.cdist(x).diagonal().abs().max().item() < 1e-6)
  }

  @Test("first and second derivatives agree with differences", arguments: powers)
  func derivatives(_ p: Double) {
    let inputs = [Self.rows([2, 3, 2]), Self.rows([4, 2], seed: 2)]
    for mode in CdistComputeMode.allCases {
      let first = gradCheck(inputs) { [$0[0].cdist($0[1], p: p, computeMode: mode)] }
      #expect(first.passed, "\(mode): \(first)")
      let second = gradGradCheck(inputs) {
        [$0[0].cdist($0[1], p: p, computeMode: mode).square()]
      }
      #expect(second.passed, "\(mode): \(second)")
    }
    let pairs = gradGradCheck([Self.rows([4, 2])]) { [$0[0].pdist(p: p).square()] }
    #expect(pairs.passed, "\(pairs)")
  }

  @Test("where rows or coordinates are equal the gradient is 0; equal maxima take it whole")
  func kinks() {
    let expected: [Double: [Double]] = [
      0: [0, 0, 0, 0], 0.5: [0, 0, -2, -2], 1: [0, 0, -1, -1], 2: [0, 0, -0.70710678, -0.70710678],
      .infinity: [0, 0, -1, -1],
    ]
    for (p, gradient) in expected {
      let x = Tensor([[1.0, 2], [0, 0]], requiresGrad: true)
      x.cdist(Tensor([[1.0, 2]]), p: p)[0].sum().backward()
      #expect(x.grad!.toArray() == [0, 0, 0, 0])
      x.grad = nil
      x[1...].cdist(Tensor([[1.0, 1]]), p: p).sum().backward()
      #expect(x.grad!.allclose(Tensor(gradient, shape: [2, 2]).float()), "p \(p)")
    }
  }

  @Test("empty rows and sides")
  func empty() {
    #expect(Tensor.zeros(2, 0).cdist(Tensor.zeros(3, 0)).toArray() == [0, 0, 0, 0, 0, 0])
    #expect(Tensor.zeros(0, 2).cdist(Tensor.zeros(3, 2)).shape == [0, 3])
    let x = Tensor.ones(1, 3, requiresGrad: true)
    x.pdist().sum().backward()
    #expect(x.grad!.toArray() == [0, 0, 0])
  }

  @Test(
    "misuse is refused",
    arguments: [
      { _ = Tensor.ones(3).cdist(Tensor.ones(2, 3)) },
      { _ = Tensor.ones(2, 3).cdist(Tensor.ones(2, 2)) },
      { _ = Tensor.ones(2, 3).cdist(Tensor.ones(2, 3), p: -1) },
      { _ = Tensor.ones(2, 3).cdist(Tensor.ones(2, 3), p: .nan) },
      { _ = Tensor.ones(2, 3).cdist(Tensor.ones(2, 3, dtype: .float64)) },
      { _ = Tensor([[1, 2]]).cdist(Tensor([[1, 2]])) },
      { _ = Tensor.ones(2, 2, 3).cdist(Tensor.ones(3, 2, 3)) },
      { _ = Tensor.ones(3).pdist() }, { _ = Tensor.ones(2, 2).pdist(p: -1) },
    ] as [@Sendable () -> Void])
  func misuse(_ body: @Sendable () -> Void) {
    #expect(throws: Misuse.self) { try checked(body) }
  }
}
