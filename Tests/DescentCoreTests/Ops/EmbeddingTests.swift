import DescentCore
import Testing

/// Rows looked up, and what they give back.
@Suite("Embedding")
struct EmbeddingTests {
  /// Some rows are looked up often, some never.
  private func indices(_ count: Int, rows: Int) -> Tensor {
    Tensor.randint(rows / 2, [count], generator: Generator(seed: 3)) * 2
  }

  @Test(
    "gradients are products with the choice of rows; threads change no bit",
    arguments: [(37, 3), (40, 64), (37, 129), (9, 2500)], [DType.float32, .float64])
  func gradient(_ size: (rows: Int, columns: Int), _ dtype: DType) {
    let (rows, columns) = size
    let index = indices(50, rows: rows)
    let g = Tensor.randn(50, columns, dtype: dtype, generator: Generator(seed: 4))
    let choice = index.oneHot(numClasses: rows).to(.float64)
    let expected = choice.t().mm(g.to(.float64))
    let before = Threads.count
    defer { Threads.count = before }
    for count in [1, 2, 3] {
      Threads.count = count
      let table = Tensor.zeros(rows, columns, dtype: dtype, requiresGrad: true)
      Tensor.embedding(table, index).backward(g)
      let selected = Tensor.zeros(rows, columns, dtype: dtype, requiresGrad: true)
      selected.indexSelect(0, index).backward(g)
      #expect(table.grad!.equal(selected.grad!))
      let error = (table.grad!.to(.float64) - expected).abs().max().item()
      #expect(error < (dtype == .float32 ? 1e-5 : 1e-13), "\(error)")
    }
  }

  @Test("a large table's gradient is that of its parts")
  func large() {
    let (rows, columns) = (26_000, 128)
    let generator = Generator(seed: 5)
    let index = Tensor.randint(rows, [rows], generator: generator)
    let g = Tensor.randn(rows, columns, generator: generator)
    func gradient(_ g: Tensor) -> Tensor {
      let table = Tensor.zeros(rows, g.shape[1], requiresGrad: true)
      Tensor.embedding(table, index).backward(g)
      return table.grad!
    }
    let whole = gradient(g)
    for first in stride(from: 0, to: columns, by: 16) {
      let part = gradient(g[.all, first..<first + 16].contiguous())
      #expect(whole[.all, first..<first + 16].equal(part))
    }
  }

  @Test("the padding row has no gradient, and gradients can be divided by frequency")
  func options() {
    let index = Tensor([0, 2, 2, 1, 2])
    let table = Tensor.zeros(4, 200, requiresGrad: true)
    Tensor.embedding(table, index, paddingIdx: 1).backward(Tensor.ones(5, 200))
    #expect(table.grad![.all, 7].toArray(Float.self) == [1, 0, 3, 0])
    table.grad = nil
    Tensor.embedding(table, index, scaleGradByFreq: true).backward(Tensor.ones(5, 200))
    #expect(table.grad![.all, 199].toArray(Float.self) == [1, 1, 1, 0])
  }

  @Test("no index, and a gradient of one number for all")
  func edges() {
    let table = Tensor.ones(3, 200, requiresGrad: true)
    Tensor.embedding(table, Tensor.zeros(0, dtype: .int64)).sum().backward()
    #expect(table.grad!.equal(Tensor.zeros(3, 200)))
    table.grad = nil
    table.indexSelect(0, Tensor([2, 2])).sum().backward()
    #expect(table.grad!.sum(dim: 1).toArray(Float.self) == [0, 0, 400])
  }

  @Test("first and second derivatives agree with differences", arguments: [3, 70])
  func derivatives(_ columns: Int) {
    let generator = Generator(seed: 6)
    let table = Tensor.randn(5, columns, dtype: .float64, requiresGrad: true, generator: generator)
    let index = Tensor([3, 0, 3, 1])
    let places = Tensor.randint(columns, [5, 4], generator: generator)
    for function in [
      { (x: [Tensor]) in [Tensor.embedding(x[0], index).tanh().sum(dim: 1)] },
      { x in [x[0].indexSelect(0, index).square().sum(dim: 0)[..<3]] },
      { x in [x[0].gather(1, places).square(), x[0].amax(dim: 1), x[0].max(dim: 0).values[..<3]] },
    ] {
      let (first, second) = (gradCheck([table], function), gradGradCheck([table], function))
      #expect(first.passed, "\(first)")
      #expect(second.passed, "\(second)")
    }
  }
}
