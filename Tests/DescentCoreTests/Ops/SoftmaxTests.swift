import DescentCore
import Testing

/// Softmax and its logarithm in every length and dtype.
@Suite("Softmax")
struct SoftmaxTests {
  private func random(_ rows: Int, _ columns: Int, _ dtype: DType, seed: Int) -> Tensor {
    (Tensor.randn(rows, columns, generator: Generator(seed: seed)) * 3).to(dtype)
  }

  @Test(
    "rows of every length agree with the definition in float64",
    arguments: [1, 5, 16, 31, 32, 33, 1000, 2048, 2049, 5000],
    [DType.float32, .float64, .float16, .bfloat16])
  func definition(_ columns: Int, _ dtype: DType) {
    let x = random(7, columns, dtype, seed: 1)
    let g = random(7, columns, dtype, seed: 2)
    let wide = x.clone().to(.float64).requiresGrad_()
    let powers = (wide - wide.amax(dim: 1, keepDim: true)).exp()
    let expected = powers / powers.sum(dim: 1, keepDim: true)
    let logarithms = expected.log()
    let unit: Double =
      switch dtype {
      case .float16: 0x1p-10
      case .bfloat16: 0x1p-7
      case .float32: 0x1p-21
      default: 0x1p-45
      }
    for (name, reference, body) in [
      ("softmax", expected, { (x: Tensor) in x.softmax(dim: 1) }),
      ("log-softmax", logarithms, { $0.logSoftmax(dim: 1) }),
    ] {
      let leaf = x.clone().requiresGrad_()
      let y = body(leaf)
      y.backward(g)
      wide.grad = nil
      reference.backward(g.to(.float64), retainGraph: true)
      let values = reference.detach()
      let error = ((y.detach().to(.float64) - values).abs() / (values.abs() + 1)).max().item()
      #expect(error <= unit, "\(name): \(error)")
      // The gradient is a difference of sums over the row.
      let size = g.to(.float64).norm().item() + 1
      let difference = (leaf.grad!.to(.float64) - wide.grad!).abs().max().item()
      #expect(difference <= 2 * unit * size, "gradient of \(name): \(difference)")
    }
  }

  @Test("infinities and NaN are PyTorch's", arguments: [DType.float32, .float64])
  func special(_ dtype: DType) {
    let inf = Double.infinity
    let rows = Tensor(
      [[0, -inf, 0], [-inf, -inf, -inf], [inf, 0, 0], [.nan, 0, 0], [1, 2, 3]], dtype: .float64
    ).to(dtype)
    let y = rows.softmax(dim: 1).to(.float64)
    #expect(y[0].toArray(Double.self) == [0.5, 0, 0.5])
    #expect(y[1..<4].isnan().all().item() == 1)
    let last = y[4].toArray(Double.self)
    for (a, b) in zip(last, [0.09003057317038046, 0.24472847105479764, 0.6652409557748218]) {
      #expect(abs(a - b) < 2e-7)
    }
    let z = rows.logSoftmax(dim: 1).to(.float64)
    #expect(z[0, 1].item() == -inf)
    #expect(z[1..<4].isnan().all().item() == 1)
  }
}
