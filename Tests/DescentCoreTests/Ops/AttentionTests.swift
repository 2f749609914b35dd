import DescentCore
import Testing

/// Scaled dot-product attention: the kernel against its definition, gradients, masks, layouts.
@Suite("Attention in blocks")
struct AttentionTests {
  struct Form: Sendable {
    var batch = [2, 3]
    let queries: Int, keys: Int, size: Int, valueSize: Int
    var isCausal = false
    var offset = 0
    /// The shape of a mask, and whether it is bool.
    var mask: [Int]? = nil
    var isBool = false
    /// Heads are split from rows, so that nothing is contiguous.
    var isSplit = false
  }

  static let forms = [
    Form(queries: 5, keys: 7, size: 4, valueSize: 6),
    Form(queries: 70, keys: 130, size: 16, valueSize: 32, isSplit: true),
    Form(queries: 100, keys: 100, size: 20, valueSize: 20, isCausal: true, isSplit: true),
    Form(queries: 33, keys: 97, size: 64, valueSize: 64, isCausal: true, offset: 64),
    Form(queries: 40, keys: 12, size: 8, valueSize: 8, isCausal: true, offset: -3),
    Form(queries: 1, keys: 200, size: 64, valueSize: 64, isSplit: true),
    Form(queries: 3, keys: 50, size: 17, valueSize: 5, isCausal: true, offset: 47),
    Form(queries: 35, keys: 110, size: 8, valueSize: 8, mask: [35, 110]),
    Form(queries: 35, keys: 110, size: 8, valueSize: 8, mask: [2, 1, 1, 110], isBool: true),
    Form(queries: 2, keys: 30, size: 8, valueSize: 8, mask: [2, 3, 2, 30], isBool: true),
    Form(batch: [], queries: 20, keys: 20, size: 3, valueSize: 3, mask: [20], isBool: true),
  ]

  /// The operands of a form as float32 leaves, and the mask.
  static func operands(_ form: Form) -> (leaves: [Tensor], mask: Tensor?) {
    let generator = Generator(seed: 5)
    func leaf(_ rows: Int, _ columns: Int) -> Tensor {
      if !form.isSplit {
        return Tensor.randn(Shape(form.batch + [rows, columns]), generator: generator)
      }
      let joined = Tensor.randn(
        form.batch[0], rows, form.batch[1] * columns, generator: generator)
      return joined.view(form.batch[0], rows, form.batch[1], columns).transpose(1, 2)
    }
    let leaves = [
      leaf(form.queries, form.size), leaf(form.keys, form.size), leaf(form.keys, form.valueSize),
    ]
    let mask = form.mask.map { shape in
      let values = Tensor.randn(Shape(shape), generator: generator)
      return form.isBool ? values .> 0 : values
    }
    return (leaves, mask)
  }

  static func run(_ form: Form, _ operands: [Tensor], _ mask: Tensor?) -> Tensor {
    operands[0].scaledDotProductAttention(
      operands[1], operands[2],
      attnMask: mask.map { $0.dtype == .bool ? $0 : $0.to(operands[0].dtype) },
      isCausal: form.isCausal, causalOffset: form.offset)
  }

  @Test("the kernel agrees with its definition in float64, and so do its gradients to second order")
  func definition() {
    for (i, form) in Self.forms.enumerated() {
      let (leaves, mask) = Self.operands(form)
      var results: [[Tensor]] = []
      for dtype in [DType.float32, .float64] {
        let inputs = leaves.map { $0.to(dtype).detach().requiresGrad_() }
        let output = Self.run(form, inputs, mask)
        let weights = Tensor.randn(
          output.shape, dtype: .float64, generator: Generator(seed: 6)
        ).to(dtype)
        let first = grad([output], inputs, gradOutputs: [weights], retainGraph: true)
        let again = grad([output], inputs, gradOutputs: [weights], createGraph: true)
        let squares = again.map { $0!.square().sum() }
        let second = grad([squares[0] + squares[1] + squares[2]], inputs)
        results.append([output] + (first + again + second).map { $0! })
      }
      for (k, (single, double)) in zip(results[0], results[1]).enumerated() {
        let scale = double.abs().max().item() + 1
        #expect(
          single.to(.float64).allclose(double, rtol: 1e-4, atol: 2e-5 * scale),
          "form \(i), result \(k)")
      }
    }
  }

  @Test("derivatives of the definition agree with differences")
  func differences() {
    for form in [
      Form(batch: [2], queries: 3, keys: 4, size: 2, valueSize: 3),
      Form(batch: [], queries: 4, keys: 4, size: 3, valueSize: 2, isCausal: true),
      Form(batch: [], queries: 3, keys: 4, size: 2, valueSize: 2, mask: [3, 4]),
    ] {
      let (leaves, mask) = Self.operands(form)
      let inputs = leaves.map { $0.to(.float64).detach().requiresGrad_() }
      let first = gradCheck(inputs) { [Self.run(form, $0, mask)] }
      #expect(first.passed, "\(first)")
      let second = gradGradCheck(inputs, atol: 1e-4) { [Self.run(form, $0, mask).square()] }
      #expect(second.passed, "\(second)")
    }
  }

  @Test("PyTorch's numbers")
  func values() {
    let q = Tensor.arange(12, dtype: .float32).view(1, 3, 4) / 10
    let k = (Tensor.arange(12, dtype: .float32).view(1, 3, 4) - 6) / 5
    let v = Tensor.arange(6, dtype: .float32).view(1, 3, 2)
    #expect(
      q.scaledDotProductAttention(k, v).allclose(
        Tensor([[[2.3169658, 3.3169658], [3.043535, 4.0435348], [3.503561, 4.503561]]]), rtol: 1e-5,
        atol: 1e-6))
    #expect(
      q.scaledDotProductAttention(k, v, isCausal: true).allclose(
        Tensor([[[0, 1], [1.4136444, 2.4136446], [3.503561, 4.503561]]]), rtol: 1e-5, atol: 1e-6))
    #expect(
      q.scaledDotProductAttention(k, v, attnMask: Tensor([[true, false, true]]), scale: 2).allclose(
        Tensor([[[3.4885538, 4.4885535], [3.9964988, 4.9964991], [3.999979, 4.999979]]]),
        rtol: 1e-5, atol: 1e-6))
  }

  @Test("heads of the query share those of key and value, and their gradients are added up")
  func groups() {
    let generator = Generator(seed: 8)
    let q = Tensor.randn(2, 6, 5, 8, generator: generator)
    let k = Tensor.randn(2, 2, 9, 8, requiresGrad: true, generator: generator)
    let v = Tensor.randn(2, 2, 9, 8, generator: generator)
    let mask = Tensor.randn(6, 5, 9, generator: generator)
    func gradient(_ output: Tensor) -> Tensor { grad([output.square().sum()], [k])[0]! }
    let shared = q.scaledDotProductAttention(k, v, attnMask: mask, enableGqa: true)
    let repeated = q.scaledDotProductAttention(
      k.repeatInterleave(3, dim: 1), v.repeatInterleave(3, dim: 1), attnMask: mask)
    #expect(shared.equal(repeated))
    #expect(gradient(shared).allclose(gradient(repeated), rtol: 1e-5, atol: 1e-5))
  }

  @Test("leading dims broadcast; a mask may have more of them than the query")
  func broadcasting() {
    let generator = Generator(seed: 9)
    let q = Tensor.randn(3, 1, 4, 8, generator: generator)
    let k = Tensor.randn(1, 2, 5, 8, requiresGrad: true, generator: generator)
    let v = Tensor.randn(1, 1, 5, 8, generator: generator)
    let output = q.scaledDotProductAttention(k, v)
    let wide = q.expand(3, 2, 4, 8).scaledDotProductAttention(
      k.expand(3, 2, 5, 8), v.expand(3, 2, 5, 8))
    #expect(output.shape == [3, 2, 4, 8] && output.equal(wide))
    #expect(grad([output.sum()], [k])[0]!.shape == [1, 2, 5, 8])
    let mask = Tensor.randn(3, 2, 4, 5, generator: generator)
    let masked = q[0..<1].scaledDotProductAttention(k, v, attnMask: mask)
    #expect(masked.shape == [3, 2, 4, 8])
    #expect(
      masked[1..<2].allclose(
        q[0..<1].scaledDotProductAttention(k, v, attnMask: mask[1..<2]), rtol: 1e-5, atol: 1e-6))
  }

  @Test("what was split into heads comes back without a copy")
  func layout() {
    let joined = Tensor.randn(2, 5, 3 * 8, generator: Generator(seed: 1))
    let heads = joined.view(2, 5, 3, 8).transpose(1, 2)
    let output = heads.scaledDotProductAttention(heads, heads, isCausal: true)
    #expect(output.transpose(1, 2).isContiguous)
  }

  @Test("NaN and infinity reach the queries that see them, and no others")
  func specials() {
    let (q, k) = (Tensor.ones(1, 40, 4), Tensor.ones(1, 40, 4))
    let v = Tensor.ones(1, 40, 4)
    k[0, 20, 0] = Tensor(Float.nan)
    let output = q.scaledDotProductAttention(k, v, isCausal: true)
    #expect(output[0, 0..<20].equal(Tensor.ones(20, 4)))
    #expect(output[0, 20...].isnan().all().item() == 1)
  }
}

extension SharedState {
  @Suite("Threads of attention")
  struct AttentionThreads {
    @Test("the number of threads changes no bit")
    func threads() {
      let before = Threads.count
      defer { Threads.count = before }
      for form in AttentionTests.forms {
        var results: [[Tensor]] = []
        for count in 1...3 {
          Threads.count = count
          let (leaves, mask) = AttentionTests.operands(form)
          let inputs = leaves.map { $0.detach().requiresGrad_() }
          let output = AttentionTests.run(form, inputs, mask)
          results.append([output] + grad([output.square().sum()], inputs).map { $0! })
        }
        for other in results.dropFirst() {
          for (a, b) in zip(results[0], other) { #expect(a.equal(b)) }
        }
      }
    }
  }
}
