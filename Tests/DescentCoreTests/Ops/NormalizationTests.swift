import DescentCore
import Testing

/// Layer, RMS, group, batch, instance and local response normalisation, in every form of the kernels.
@Suite("Normalization")
struct NormalizationTests {
  static nonisolated(unsafe) let checks: [(String, [Shape], ([Tensor]) -> Tensor)] = [
    ("layerNorm", [[3, 5], [5], [5]], { $0[0].layerNorm([5], $0[1], $0[2]) }),
    ("layerNorm without parameters", [[2, 3, 2]], { $0[0].layerNorm([3, 2]) }),
    ("layerNorm with a bias", [[3, 5], [5]], { $0[0].layerNorm([5], nil, $0[1]) }),
    ("rmsNorm", [[3, 5], [5]], { $0[0].rmsNorm([5], $0[1]) }),
    ("groupNorm", [[2, 4, 3], [4], [4]], { $0[0].groupNorm(2, $0[1], $0[2]) }),
    ("groupNorm of long channels", [[2, 4, 65], [4], [4]], { $0[0].groupNorm(2, $0[1], $0[2]) }),
    ("groupNorm without parameters", [[2, 4, 3]], { $0[0].groupNorm(2) }),
    (
      "batchNorm", [[3, 2, 2, 2], [2], [2]],
      { $0[0].batchNorm(weight: $0[1], bias: $0[2], training: true) }
    ),
    ("batchNorm of columns", [[5, 3], [3]], { $0[0].batchNorm(weight: $0[1], training: true) }),
    (
      "batchNorm, channels last", [[3, 2, 2, 4], [4], [4]],
      { $0[0].permute(0, 3, 1, 2).batchNorm(weight: $0[1], bias: $0[2], training: true) }
    ),
    (
      "batchNorm in evaluation", [[3, 2, 4], [2], [2]],
      {
        $0[0].batchNorm(
          Tensor([0.5, -1], dtype: .float64), Tensor([2, 0.5], dtype: .float64), weight: $0[1],
          bias: $0[2])
      }
    ),
    ("instanceNorm", [[2, 3, 4], [3], [3]], { $0[0].instanceNorm(weight: $0[1], bias: $0[2]) }),
    ("localResponseNorm", [[2, 5, 3]], { $0[0].localResponseNorm(3, alpha: 0.5) }),
  ]

  @Test("first and second derivatives agree with differences", arguments: checks.indices)
  func derivatives(_ i: Int) {
    let (name, shapes, function) = Self.checks[i]
    let generator = Generator(seed: 3)
    let inputs = shapes.map {
      Tensor.randn($0, dtype: .float64, requiresGrad: true, generator: generator)
    }
    let first = gradCheck(inputs) { [function($0)] }
    #expect(first.passed, "\(name): \(first)")
    let second = gradGradCheck(inputs, atol: 1e-4) { [function($0).square()] }
    #expect(second.passed, "\(name): \(second)")
  }

  /// The same by plain operations in float64: statistics over `dims` of a view, then the parameters.
  static func definition(
    _ x: Tensor, _ view: [Int], _ dims: [Int], _ weight: Tensor, _ bias: Tensor, _ form: [Int]
  ) -> Tensor {
    let (x, shape) = (x.to(.float64).reshape(view), x.shape)
    let (variance, mean) = x.varMean(dim: dims, correction: 0, keepDim: true)
    let unit = (x - mean) / (variance + 1e-5).sqrt()
    return (unit * weight.to(.float64).reshape(form) + bias.to(.float64).reshape(form)).reshape(
      Array(shape))
  }

  typealias Form = (
    name: String, shape: Shape, parameters: Int, run: (Tensor, Tensor, Tensor) -> Tensor,
    view: [Int], dims: [Int], form: [Int]
  )

  static let group3: @Sendable (Tensor, Tensor, Tensor) -> Tensor = { $0.groupNorm(3, $1, $2) }
  static let batch: @Sendable (Tensor, Tensor, Tensor) -> Tensor = {
    $0.batchNorm(weight: $1, bias: $2, training: true)
  }
  static let instance: @Sendable (Tensor, Tensor, Tensor) -> Tensor = {
    $0.instanceNorm(weight: $1, bias: $2)
  }
  static func rows(_ rows: Int, _ columns: Int) -> Form {
    (
      "rows \(rows) \(columns)", [rows, columns], columns, { $0.layerNorm([columns], $1, $2) },
      [rows, columns], [1], [columns]
    )
  }
  static func channels(_ n: Int, _ c: Int, _ inner: Int) -> Form {
    (
      "channels \(n) \(c) \(inner)", [n, c, inner], c, batch, [n, c, inner], [0, 2], [1, c, 1]
    )
  }

  /// Sizes that take every path: rows in batches, alone and in chunks; short and long groups; channels
  /// of short and long segments, whole and in pieces; columns narrow and wide.
  static nonisolated(unsafe) let forms: [Form] = [
    rows(33, 7), rows(700, 48), rows(70, 520), rows(3, 9001), rows(20, 3),
    ("short groups", [4, 6, 5], 6, group3, [4, 3, 2, 5], [2, 3], [1, 3, 2, 1]),
    ("many groups", [700, 6, 5], 6, group3, [700, 3, 2, 5], [2, 3], [1, 3, 2, 1]),
    ("long groups", [4, 6, 80], 6, group3, [4, 3, 2, 80], [2, 3], [1, 3, 2, 1]),
    ("instances", [4, 5, 37], 5, instance, [4, 5, 37], [2], [1, 5, 1]),
    channels(9, 17, 3), channels(5, 18, 49), channels(3, 2, 5000), channels(40, 3, 1000),
    (
      "columns", [999, 3], 3, batch, [999, 3], [0], [3]
    ),
    ("wide columns", [50, 1500], 1500, batch, [50, 1500], [0], [1500]),
    (
      "channels last", [6, 5, 9, 70], 70,
      { batch($0.permute(0, 3, 1, 2), $1, $2).permute(0, 2, 3, 1) }, [6, 5, 9, 70], [0, 1, 2], [70]
    ),
  ]

  static func gradients(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor, _ g: Tensor,
    _ run: (Tensor, Tensor, Tensor) -> Tensor
  ) -> [Tensor] {
    let y = run(x, weight, bias)
    return [y.detach()] + grad([y], [x, weight, bias], gradOutputs: [g.to(y.dtype)]).map { $0! }
  }

  static func operands(_ form: Form, _ dtype: DType) -> [Tensor] {
    let generator = Generator(seed: 11)
    // Far from 0, so that a variance from sums of squares would lose its digits.
    let x = Tensor.randn(form.shape, generator: generator) * 2 + 10
    let weight = Tensor.randn([form.parameters], generator: generator) + 1
    let bias = Tensor.randn([form.parameters], generator: generator)
    let g = Tensor.randn(form.shape, generator: generator)
    return [x, weight, bias].map { $0.to(dtype).detach().requiresGrad_() } + [g.to(dtype)]
  }

  @Test("kernels agree with the definition", arguments: forms.indices)
  func agreement(_ i: Int) {
    let form = Self.forms[i]
    let tolerances: [(DType, Double)] = [
      (.float64, 1e-10), (.float32, 3e-5), (.float16, 2e-2), (.bfloat16, 1e-1),
    ]
    for (dtype, tolerance) in tolerances {
      let o = Self.operands(form, dtype)
      let got = Self.gradients(o[0], o[1], o[2], o[3], form.run)
      let exact = o.map { $0.detach().to(.float64).requiresGrad_() }
      let wanted = Self.gradients(exact[0], exact[1], exact[2], exact[3].detach()) {
        Self.definition($0, form.view, form.dims, $1, $2, form.form)
      }
      for (k, (a, b)) in zip(got, wanted).enumerated() {
        let size = 1 + b.abs().max().item()
        let error = (a.to(.float64) - b).abs().max().item() / size
        #expect(error < tolerance, "\(form.name) \(dtype) result \(k): \(error)")
        #expect(a.dtype == dtype && a.shape == b.shape)
      }
    }
  }

  @Test("a halves' input takes float32 parameters and gives them float32 gradients")
  func mixed() {
    let x = Tensor.randn(4, 8, dtype: .bfloat16, generator: Generator(seed: 1)).requiresGrad_()
    let weight = Tensor.ones(8, requiresGrad: true)
    let y = x.layerNorm([8], weight)
    y.sum().backward()
    #expect(y.dtype == .bfloat16 && weight.grad!.dtype == .float32 && x.grad!.dtype == .bfloat16)
  }

  @Test("strided inputs give what their copies give, channels last stay so")
  func strides() {
    let x = Tensor.randn(6, 4, 5, 3, generator: Generator(seed: 2))
    let turned = x.permute(0, 3, 1, 2)
    let y = turned.batchNorm(training: true)
    #expect(y.strides == turned.strides)
    #expect(y.allclose(turned.contiguous().batchNorm(training: true), atol: 1e-6))
    let t = x.transpose(0, 2)
    #expect(t.layerNorm([6, 3]).equal(t.contiguous().layerNorm([6, 3])))
    #expect(t.groupNorm(2).equal(t.contiguous().groupNorm(2)))
    #expect(t[1...].batchNorm(training: true).equal(t[1...].contiguous().batchNorm(training: true)))
  }

  @Test("running statistics move by the momentum, towards the variance with n - 1")
  func running() {
    let x = Tensor([[1.0, 10], [3, 10], [5, 40]])
    let (mean, variance) = (Tensor.zeros(2), Tensor.ones(2))
    _ = x.batchNorm(mean, variance, training: true, momentum: 0.5)
    #expect(mean.toArray() == [1.5, 10])
    #expect(variance.toArray() == [2.5, 150.5])
    let y = x.batchNorm(mean, variance, eps: 0)
    #expect(y.allclose((x - mean) / variance.sqrt()))
    let z = Tensor([[[1.0, 3], [2, 6]], [[5, 7], [0, 0]]])
    let (means, variances) = (Tensor.zeros(2), Tensor.ones(2))
    _ = z.instanceNorm(means, variances, momentum: 0.5)
    #expect(means.toArray() == [2, 1])
    #expect(variances.toArray() == [1.5, 2.5])
  }

  @Test("of nothing there is nothing, and the parameters' gradients are 0")
  func empty() {
    let calls: [(Shape, Int, (Tensor, Tensor) -> Tensor)] = [
      ([0, 4], 4, { $0.layerNorm([4], $1) }), ([0, 4], 4, { $0.rmsNorm([4], $1) }),
      ([0, 4, 3], 4, { $0.groupNorm(2, $1) }), ([2, 4, 0], 4, { $0.groupNorm(2, $1) }),
      ([0, 4, 3], 4, { $0.batchNorm(weight: $1, training: true) }),
      ([0, 4], 4, { $0.batchNorm(weight: $1, training: true) }),
    ]
    for (shape, parameters, call) in calls {
      let weight = Tensor.ones([parameters], requiresGrad: true)
      let y = call(Tensor.zeros(shape, requiresGrad: true), weight)
      #expect(y.shape == shape)
      y.sum().backward()
      #expect(weight.grad!.toArray() == [0, 0, 0, 0])
    }
    #expect(Tensor.zeros(3, 0).layerNorm([0]).shape == [3, 0])
    #expect(Tensor.zeros(0, 2, 3).localResponseNorm(2).shape == [0, 2, 3])
  }

  static let misuses: [(@Sendable () -> Void, String)] = [
    (
      { _ = Tensor.ones(2, 3).layerNorm([4]) },
      "layerNorm: the input does not end in the normalized shape. Got input [2, 3], normalized shape "
        + "[4]. Try the last sizes of the input."
    ),
    ({ _ = Tensor.ones(2, 3).layerNorm([]) }, "layerNorm: the normalized shape has no dimension"),
    (
      { _ = Tensor.ones(2, 3).layerNorm([3], Tensor.ones(2)) },
      "layerNorm: the weight has the wrong shape. Got [2] for input [2, 3]. Try a weight of shape [3]."
    ),
    (
      { _ = Tensor.ones(2, 3).rmsNorm([3], Tensor.ones(3, dtype: .float64)) },
      "rmsNorm: input and weight have different dtypes. Got float32 and float64. Try to(.float32)."
    ),
    (
      { _ = Tensor.ones(2, 3, dtype: .int64).layerNorm([3]) },
      "layerNorm: a floating-point tensor is needed"
    ),
    (
      { _ = Tensor.ones(2, 7, 4).groupNorm(2) },
      "groupNorm: 7 channels do not divide into 2 groups. Got input [2, 7, 4]. Try a divisor of 7."
    ),
    ({ _ = Tensor.ones(3).groupNorm(1) }, "groupNorm: the input has no channels"),
    (
      { _ = Tensor.ones(1, 3).batchNorm(training: true) },
      "batchNorm: a channel has more than one value in training. Got input [1, 3]. Try a larger batch, "
        + "or training: false."
    ),
    (
      { _ = Tensor.ones(2, 3).batchNorm() },
      "batchNorm: evaluation needs the running mean and the running variance"
    ),
    (
      { _ = Tensor.ones(2, 3).batchNorm(Tensor.ones(2), Tensor.ones(3)) },
      "batchNorm: the running mean has the wrong shape"
    ),
    (
      { _ = Tensor.ones(2, 3, 1).instanceNorm() }, "instanceNorm: a channel has more than one value"
    ),
    ({ _ = Tensor.ones(2, 3).localResponseNorm(2) }, "localResponseNorm: an input [N, C, …]"),
  ]

  @Test("misuse says what is wrong", arguments: misuses.indices)
  func misuse(_ i: Int) {
    let (body, text) = Self.misuses[i]
    let error = #expect(throws: Misuse.self) { try checked(body) }
    #expect("\(error!)".hasPrefix(text), "\(error!)")
  }
}

extension SharedState {
  @Suite("Threads of normalization")
  struct NormalizationThreads {
    @Test("the number of threads changes no bit", arguments: NormalizationTests.forms.indices)
    func threads(_ i: Int) {
      let form = NormalizationTests.forms[i]
      let before = Threads.count
      defer { Threads.count = before }
      for dtype in [DType.float32, .float64, .bfloat16] {
        let o = NormalizationTests.operands(form, dtype)
        var first: [Tensor]?
        for count in 1...3 {
          Threads.count = count
          let got = NormalizationTests.gradients(o[0], o[1], o[2], o[3], form.run)
          if let first {
            for (a, b) in zip(first, got) { #expect(a.equal(b), "\(form.name) \(dtype) \(count)") }
          } else {
            first = got
          }
        }
      }
    }
  }
}
