import DescentCore
import Testing

/// Medians, quantiles, the k-th, the most frequent: values of PyTorch 2.13, derivatives by differences.
@Suite("Order statistics")
struct OrderStatisticsTests {
  static let nan = Double.nan
  static var rows: Tensor { Tensor([[1, nan, 3, nan], [1, 2, 3, 4], [nan, nan, nan, nan]]) }

  /// The same number, NaN being equal to NaN.
  private func same(_ a: Tensor, _ b: [Double]) -> Bool {
    a.numel() == b.count && zip(a.toArray(), b).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }
  }

  @Test("the median is the lower one of two, and NaN where there is a NaN")
  func median() {
    #expect(Tensor([4.0, 1, 3, 2]).median().item() == 2)
    #expect(Tensor([3, 1, 2, 9]).median().item(as: Int.self) == 2)
    #expect(Self.rows.median().item().isNaN && Self.rows.nanmedian().item() == 2)
    #expect(Tensor.zeros(0).median().item().isNaN)
    let (values, indices) = Self.rows.median(dim: 1)
    #expect(same(values, [.nan, 2, .nan]) && indices.toArray(Int.self) == [1, 1, 0])
    let (numbers, places) = Self.rows.nanmedian(dim: -1, keepDim: true)
    #expect(same(numbers, [1, 2, .nan]) && numbers.shape == [3, 1])
    #expect(places.toArray(Int.self).prefix(2) == [0, 1])
  }

  @Test("the gradient of the median of all is shared by equal elements")
  func medianGradient() {
    let x = Tensor([2.0, 1, 2, 5, 2], requiresGrad: true)
    x.median().backward()
    #expect(x.grad!.toArray().map { ($0 * 3).rounded() } == [1, 0, 1, 0, 1])
    let y = Tensor([2.0, Self.nan], requiresGrad: true)
    y.median().backward()
    #expect(y.grad!.toArray() == [0, 1])
  }

  @Test("NaN counts as largest for kthvalue")
  func kthvalue() {
    let x = Tensor([Self.nan, 1, Self.nan, 2])
    #expect(x.kthvalue(2).values.item() == 2 && x.kthvalue(2).indices.item(as: Int.self) == 3)
    #expect(x.kthvalue(3).values.item().isNaN)
    #expect(Tensor(5.0).kthvalue(1, keepDim: true).values.shape == [])
    #expect(Tensor.zeros(0, 3).kthvalue(1).values.shape == [0])
  }

  @Test("the mode is the smallest of the most frequent, at its last place")
  func mode() {
    let (values, indices) = Tensor([[3, 1, 1, 3, 2], [5, 4, 5, 4, 5]]).mode()
    #expect(values.toArray(Int.self) == [1, 5] && indices.toArray(Int.self) == [2, 4])
    #expect(Tensor([true, false, true]).mode().values.item(as: Bool.self))
    let columns = Tensor([[1.0, 2], [1, 3], [0, 3]]).mode(dim: 0, keepDim: true)
    #expect(columns.values.toArray() == [1, 3] && columns.values.shape == [1, 2])
  }

  @Test("quantiles of each interpolation", arguments: QuantileInterpolation.allCases)
  func quantile(_ form: QuantileInterpolation) {
    let q = Tensor([0.0, 0.125, 0.5, 0.75, 1])
    let got = Tensor([4.0, 1, 8, 2]).quantile(q, interpolation: form)
    let expected: [QuantileInterpolation: [Double]] = [
      .linear: [1, 1.375, 3, 5, 8], .lower: [1, 1, 2, 4, 8], .higher: [1, 2, 4, 8, 8],
      .midpoint: [1, 1.5, 3, 6, 8], .nearest: [1, 1, 4, 4, 8],
    ]
    #expect(got.toArray() == expected[form])
  }

  @Test("the shape of quantiles, and NaN")
  func quantileShapes() {
    let (x, q) = (Tensor.rand(2, 3, 4, generator: Generator(seed: 1)), Tensor([0.5, 0.2]))
    #expect(x.quantile(0.5).shape == [] && x.quantile(0.5, keepDim: true).shape == [1, 1, 1])
    #expect(x.quantile(q, dim: 1).shape == [2, 2, 4])
    #expect(x.quantile(q, dim: 1, keepDim: true).shape == [2, 2, 1, 4])
    #expect(Tensor(2.0).quantile(q, dim: 0, keepDim: true).shape == [2])
    #expect(same(Self.rows.quantile(0.5, dim: 1), [.nan, 2.5, .nan]))
    #expect(same(Self.rows.nanquantile(0.5, dim: 1), [2, 2.5, .nan]))
  }

  @Test("first and second derivatives agree with differences")
  func derivatives() {
    let x = Tensor.randn(
      3, 5, dtype: .float64, requiresGrad: true, generator: Generator(seed: 3))
    let q = Tensor([0.1, 0.6], dtype: .float64).requiresGrad_()
    let function: ([Tensor]) -> [Tensor] = {
      let (x, q) = ($0[0], $0[1])
      return [
        x.median(), x.nanmedian(dim: 0).values, x.kthvalue(2, dim: 1).values, x.mode().values,
        x.msort(), x.quantile(q, dim: 1), x.nanquantile(q, interpolation: .midpoint) * q.sum(),
      ]
    }
    let first = gradCheck([x, q], function)
    #expect(first.passed, "\(first)")
    let second = gradGradCheck([x, q]) { function($0).map { $0 * $0 } }
    #expect(second.passed, "\(second)")
  }

  @Test("names are PyTorch's")
  func names() {
    let x = Tensor.rand(3, 3, requiresGrad: true, generator: Generator(seed: 2))
    let expected: [(Tensor, String)] = [
      (x.median(), "MedianBackward0"), (x.median(dim: 0).values, "MedianBackward1"),
      (x.nanmedian(), "NanmedianBackward0"), (x.nanmedian(dim: 0).values, "NanmedianBackward1"),
      (x.kthvalue(1).values, "KthvalueBackward0"), (x.mode().values, "ModeBackward0"),
      (x.msort(), "SortBackward0"), (x.quantile(0.5), "SqueezeBackward1"),
    ]
    for (tensor, name) in expected { #expect(tensor.gradFn?.name == name) }
  }

  @Test(
    "misuse is refused",
    arguments: [
      { _ = Tensor([true]).median() }, { _ = Tensor.zeros([0], dtype: .int64).median() },
      { _ = Tensor.zeros(2, 0).median(dim: 1) }, { _ = Tensor.ones(3).kthvalue(0) },
      { _ = Tensor.ones(3).kthvalue(4) }, { _ = Tensor([true]).kthvalue(1) },
      { _ = Tensor.zeros(0).mode() }, { _ = Tensor([1, 2]).quantile(0.5) },
      { _ = Tensor.zeros(0).quantile(0.5) }, { _ = Tensor.ones(3).quantile(1.5) },
      { _ = Tensor.ones(3).quantile(Double.nan) }, { _ = Tensor.ones(3).quantile(Tensor([[0.5]])) },
      { _ = Tensor.ones(3).quantile(Tensor([0.5], dtype: .float64)) },
    ] as [@Sendable () -> Void])
  func misuse(_ body: @Sendable () -> Void) {
    #expect(throws: Misuse.self) { try checked(body) }
  }
}
