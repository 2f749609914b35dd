import DescentCore
import Testing

/// Reductions, scans and norms: derivatives to second order, and results that are known.
@Suite("Reductions")
struct ReductionsTests {
  static nonisolated(unsafe) let checks: [(String, [Shape], ([Tensor]) -> [Tensor])] = [
    (
      "sum", [[2, 3, 2]],
      { [$0[0].sum(), $0[0].sum(dim: [0, 2]), $0[0].sum(dim: 1, keepDim: true)] }
    ),
    ("mean", [[2, 3, 2]], { [$0[0].mean(), $0[0].mean(dim: [0, 2]), $0[0].mean(dim: -1)] }),
    ("prod", [[2, 3]], { [$0[0].prod(), $0[0].prod(dim: 1), $0[0].prod(dim: 0, keepDim: true)] }),
    (
      "var", [[3, 4]], { [$0[0].var(), $0[0].var(dim: 1), $0[0].var(dim: [0, 1], correction: 0)] }
    ),
    ("std", [[3, 4]], { [$0[0].std(), $0[0].std(dim: 0, keepDim: true)] }),
    ("max", [[3, 4]], { [$0[0].max(), $0[0].max(dim: 1).values, $0[0].amax(dim: [0, 1])] }),
    ("aminmax", [[3, 4]], { [$0[0].aminmax(dim: 0).min, $0[0].aminmax().max] }),
    ("logsumexp", [[3, 4]], { [$0[0].logsumexp(dim: 1), $0[0].logsumexp(dim: [0, 1])] }),
    ("nansum", [[3, 4]], { [$0[0].nansum(dim: 1), $0[0].nanmean(dim: 0)] }),
    (
      "softmax", [[3, 4]],
      { [$0[0].softmax(dim: 1), $0[0].logSoftmax(dim: 0), $0[0].softmin(dim: 1)] }
    ),
    ("cumsum", [[3, 4]], { [$0[0].cumsum(dim: 1), $0[0].cumsum(dim: 0)] }),
    ("cumprod", [[3, 4]], { [$0[0].cumprod(dim: 1)] }),
    ("cummax", [[3, 4]], { [$0[0].cummax(dim: 1).values, $0[0].cummin(dim: 0).values] }),
    ("logcumsumexp", [[3, 4]], { [$0[0].logcumsumexp(dim: 1)] }),
    (
      "norm", [[3, 4]],
      { x in
        [1.0, 1.5, 2, 3, .infinity].flatMap { [x[0].norm($0), x[0].vectorNorm($0, dim: 1)] }
      }
    ),
    ("matrixNorm", [[2, 3, 4]], { [$0[0].matrixNorm(), $0[0].matrixNorm(.one)] }),
    ("normalize", [[3, 4]], { [$0[0].normalize(), $0[0].renorm(2, 0, 0.5)] }),
    ("dist", [[3, 4], [4]], { [$0[0].dist($0[1]), $0[0].dist($0[1], p: 3)] }),
    ("diff", [[3, 4]], { [$0[0].diff(), $0[0].diff(n: 2, dim: 1), $0[0].trapezoid(dx: 0.5)] }),
    ("trapezoid", [[3, 4], [4]], { [$0[0].trapezoid($0[1]), $0[0].cumulativeTrapezoid($0[1])] }),
    ("cov", [[3, 4]], { [$0[0].cov(), $0[0].corrcoef()] }),
    ("cross", [[2, 3], [1, 3]], { [$0[0].cross($0[1])] }),
  ]

  @Test("first and second derivatives agree with differences", arguments: checks.indices)
  func derivatives(_ i: Int) {
    let (name, shapes, function) = Self.checks[i]
    let generator = Generator(seed: 7)
    let inputs = shapes.map {
      Tensor.randn($0, dtype: .float64, requiresGrad: true, generator: generator)
    }
    let first = gradCheck(inputs) { function($0) }
    #expect(first.passed, "\(name): \(first)")
    let second = gradGradCheck(inputs, atol: 1e-4) { function($0).map { $0 * $0 } }
    #expect(second.passed, "\(name): \(second)")
  }

  @Test("products beside zeros have exact gradients")
  func zeros() {
    for row in [[0.0, 2, 3], [0, 0, 3], [2, 0, 0]] {
      let x = Tensor(row, dtype: .float64, requiresGrad: true)
      for function in [{ (x: Tensor) in x.prod() }, { $0.prod(dim: 0) }, { $0.cumprod(dim: 0) }] {
        let report = gradCheck([x]) { [function($0[0])] }
        #expect(report.passed, "\(row): \(report)")
      }
    }
  }

  @Test("of nothing, sums are 0, products 1, and a largest element is refused")
  func nothing() {
    let none = Tensor.zeros(0, 3)
    #expect(none.sum().item() == 0 && none.prod().item() == 1)
    #expect(none.sum(dim: 0).toArray() == [0, 0, 0])
    #expect(none.mean().item().isNaN)
    #expect(!none.any().item(as: Bool.self) && none.all().item(as: Bool.self))
    #expect(throws: Misuse.self) { try checked { _ = none.max() } }
    #expect(throws: Misuse.self) { try checked { _ = none.argmax(dim: 0) } }
  }

  @Test("infinities and NaN pass as in PyTorch")
  func infinities() {
    let infinite = Tensor([-Double.infinity, -Double.infinity])
    #expect(infinite.logsumexp(dim: 0).item() == -.infinity)
    #expect(Tensor([Double.infinity, 1]).logsumexp(dim: 0).item() == .infinity)
    let x = Tensor([1, Double.nan, 3])
    #expect(x.max().item().isNaN && x.nansum().item() == 4 && x.nanmean().item() == 2)
    #expect(x.cumsum(dim: 0)[2].item().isNaN)
    #expect(x.argmax().item(as: Int.self) == 1)
  }
}
