import DescentCore
import Testing

extension SharedState {
  /// Results that do not fit in the cache take paths of their own: they are what small ones are, bit for
  /// bit, whatever the number of threads.
  @Suite("Large results")
  struct LargeResults {
    /// 13 MB of float32, and no whole number of vectors.
    static let count = 3_250_003

    /// Compares what a function gives for rows of its operands with what it gives for a few at a time.
    private func expectSame(
      _ name: String, _ operands: [Tensor], step: Int, _ body: ([Tensor]) -> Tensor
    ) {
      let whole = body(operands)
      let rows = operands[0].shape[0]
      var first = 0
      while first < rows {
        let last = min(first + step, rows)
        let part = body(operands.map { $0.shape[0] == rows ? $0[first..<last] : $0 })
        let same = whole[first..<last].equal(part)
        #expect(same, "\(name): rows \(first) ..< \(last)")
        if !same { return }
        first = last
      }
    }

    static nonisolated(unsafe) let operations: [(String, ([Tensor]) -> Tensor)] = [
      ("x + x", { $0[0] + $0[0] }), ("x + y", { $0[0] + $0[1] }), ("relu", { $0[0].relu() }),
      ("exp", { $0[0].exp() }), ("gelu", { $0[0].gelu() }), ("copy", { $0[0].clone() }),
      ("lerp", { $0[0].lerp($0[1], 0.3) }), ("where", { Tensor.where($0[0] .> 0, $0[0], $0[1]) }),
      ("float64", { $0[0].to(.float64) }), ("float16", { ($0[0] * 3).to(.float16) }),
      ("int32", { ($0[0] * 100).to(.int32) }), ("cumulative", { $0[0].tanh() * $0[1].sigmoid() }),
      ("pow", { $0[0].abs().pow($0[1]) }),
    ]

    @Test("elementwise operations", arguments: operations.indices)
    func elementwise(_ i: Int) {
      let (name, body) = Self.operations[i]
      let generator = Generator(seed: 5)
      let x = Tensor.randn(Self.count + 1, generator: generator)
      let y = Tensor.randn(Self.count + 1, generator: generator)
      SharedState.withThreads {
        expectSame(name, [x[..<Self.count], y[..<Self.count]], step: 300_001, body)
      }
      // Operands that do not begin at a line.
      expectSame(name, [x[1...], y[1...]], step: 300_001, body)
    }

    @Test("results of one and two bytes")
    func narrow() {
      let x = Tensor.randn(4 * Self.count, generator: Generator(seed: 6))
      expectSame("x > 0.5", [x], step: 1_000_001) { $0[0] .> 0.5 }
      for dtype in [DType.float16, .bfloat16] {
        let half = x[..<(2 * Self.count)].to(dtype)
        expectSame("\(dtype.name)", [half], step: 1_000_001) { $0[0] * $0[0] + 1 }
        expectSame("\(dtype.name) x * 0.3", [half], step: 1_000_001) { $0[0] * 0.3 }
        expectSame("\(dtype.name) relu", [half], step: 1_000_001) { $0[0].relu() }
        expectSame("\(dtype.name) tanh", [half[1...]], step: 1_000_001) { $0[0].tanh() }
        let part = half[..<30_001]
        #expect((part * 0.3).equal((part.to(.float32) * 0.3).to(dtype)))
        #expect(part.tanh().equal(part.to(.float32).tanh().to(dtype)))
      }
    }

    @Test("in place, and results with gaps")
    func inPlace() {
      let x = Tensor.randn(Self.count, generator: Generator(seed: 7))
      let expected = x + 1
      let y = x.clone()
      y.add_(1)
      #expect(y.equal(expected))
      let matrix = Tensor.zeros(1700, 2100)
      matrix[.all, 3..<2000] = Tensor.ones(1700, 1997)
      #expect(matrix.sum().item() == 1700 * 1997)
      #expect(matrix[.all, 2].sum().item() == 0 && matrix[.all, 2000].sum().item() == 0)
    }

    @Test("matrices: broadcast, transposed, joined")
    func matrices() {
      let generator = Generator(seed: 8)
      let m = Tensor.randn(1801, 1803, generator: generator)
      let row = Tensor.randn(1803, generator: generator)
      SharedState.withThreads {
        expectSame("row", [m], step: 100) { $0[0] + row }
        expectSame("column", [m], step: 100) { $0[0] + $0[0][.all, 0..<1] }
        expectSame("transposed", [m.t()], step: 100) { $0[0].contiguous() }
        let square = m[.all, 1..<1802]
        expectSame("transposed sum", [square.t(), square], step: 100) { $0[0] + 2 * $0[1] }
        let joined = Tensor.cat([m, m])
        #expect(joined[..<1801].equal(m) && joined[1801...].equal(m))
      }
    }

    @Test("gradients of two operands in one pass")
    func gradients() {
      let generator = Generator(seed: 9)
      let x = Tensor.randn(Self.count, generator: generator)
      let y = Tensor.randn(Self.count, generator: generator)
      func gradients(_ x: Tensor, _ y: Tensor) -> [Tensor] {
        let (a, b) = (x.detach().requiresGrad_(), y.detach().requiresGrad_())
        (a * b.tanh()).sum().backward()
        return [a.grad!, b.grad!]
      }
      SharedState.withThreads {
        for k in 0..<2 {
          expectSame("operand \(k)", [x, y], step: 300_001) { gradients($0[0], $0[1])[k] }
        }
      }
    }

    @Test("softmax, its logarithm and their gradients", arguments: [1001, 1024, 2500])
    func softmax(_ columns: Int) {
      let rows = Self.count / columns + 2
      let generator = Generator(seed: 10)
      let x = Tensor.randn(rows, columns, generator: generator)
      let g = Tensor.randn(rows, columns, generator: generator)
      func gradient(_ x: Tensor, _ g: Tensor, _ body: (Tensor) -> Tensor) -> Tensor {
        let leaf = x.detach().requiresGrad_()
        body(leaf).backward(g)
        return leaf.grad!
      }
      SharedState.withThreads {
        expectSame("softmax", [x], step: 101) { $0[0].softmax(dim: 1) }
        expectSame("log-softmax", [x], step: 101) { $0[0].logSoftmax(dim: 1) }
        expectSame("softmax's gradient", [x, g], step: 101) {
          gradient($0[0], $0[1]) { $0.softmax(dim: 1) }
        }
        expectSame("log-softmax's gradient", [x, g], step: 101) {
          gradient($0[0], $0[1]) { $0.logSoftmax(dim: 1) }
        }
      }
    }

    @Test("normalised rows and groups, and their gradients")
    func normalised() {
      let generator = Generator(seed: 13)
      let x = Tensor.randn(3251, 1001, generator: generator)
      let g = Tensor.randn(3251, 1001, generator: generator)
      let weight = Tensor.randn(1001, generator: generator)
      let images = Tensor.randn(34, 2048, 7, 7, generator: generator)
      let factors = Tensor.randn(2048, generator: generator)
      func gradient(_ x: Tensor, _ g: Tensor, _ body: (Tensor) -> Tensor) -> Tensor {
        let leaf = x.detach().requiresGrad_()
        body(leaf).backward(g)
        return leaf.grad!
      }
      SharedState.withThreads {
        expectSame("rows", [x], step: 101) { $0[0].layerNorm([1001], weight, weight) }
        expectSame("rows' gradient", [x, g], step: 101) {
          gradient($0[0], $0[1]) { $0.layerNorm([1001], weight, nil) }
        }
        expectSame("groups", [images], step: 3) { $0[0].groupNorm(32, factors, factors) }
        expectSame("groups' gradient", [images, images], step: 3) {
          gradient($0[0], $0[1].tanh()) { $0.groupNorm(32, factors, nil) }
        }
      }
    }

    @Test("elements and rows gathered")
    func gathered() {
      let generator = Generator(seed: 11)
      let m = Tensor.randn(1801, 1803, generator: generator)
      let index = Tensor.randint(1803, [1801, 1803], generator: generator)
      let rows = Tensor.randint(1801, [1900], generator: generator)
      SharedState.withThreads {
        expectSame("gather", [m, index], step: 100) { $0[0].gather(1, $0[1]) }
        expectSame("indexSelect", [rows], step: 100) { m.indexSelect(0, $0[0]) }
        expectSame("subscript", [rows], step: 100) { m[$0[0]] }
      }
      // The same places one by one, some of them from the end.
      let flat = index + Tensor.arange(1801).view(-1, 1) * 1803
      let places = Tensor.where(index .> 900, flat - 1801 * 1803, flat)
      SharedState.withThreads { #expect(m.view(-1)[places].equal(m.gather(1, index))) }
      let bad = index.clone()
      bad[1800, 1802] = Tensor(1803)
      #expect(throws: Misuse.self) { try checked { _ = m.gather(1, bad) } }
    }

    @Test("sums are the same for every number of threads and near the sum in float64")
    func sums() {
      let m = Tensor.rand(1801, 1803, generator: Generator(seed: 12))
      var first: [Tensor] = []
      SharedState.withThreads {
        let sums = [m.sum(), m.sum(dim: 1), (m * m).mean(), m.amax(dim: [0, 1])]
        if first.isEmpty { first = sums }
        for (a, b) in zip(sums, first) { #expect(a.equal(b)) }
      }
      let wide = m.to(.float64)
      #expect(abs(first[0].to(.float64).item() / wide.sum().item() - 1) < 1e-6)
      #expect((first[1].to(.float64) / wide.sum(dim: 1) - 1).abs().max().item() < 1e-6)
    }
  }
}
