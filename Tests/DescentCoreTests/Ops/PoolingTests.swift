import DescentCore
import Testing

/// Pooling against windows cut out with `unfold`; what PyTorch gives is compared by the goldens.
@Suite("Pooling")
struct PoolingTests {
  struct Form: Sendable, CustomStringConvertible {
    var shape: Shape = [2, 3, 9, 40]
    var size = [2, 2]
    var stride = [2, 2]
    var padding = [0, 0]
    var dilation = [1, 1]
    var description: String { "\(shape) \(size) \(stride) \(padding) \(dilation)" }

    /// [n, c, h, w, elements of the window]
    func windows(_ x: Tensor, _ value: Double) -> Tensor {
      let (p, d) = (padding, dilation)
      var y = x.pad([p[1], p[1], p[0], p[0]], value: value)
      for i in 0..<2 {
        y = y.unfold(2 + i, (size[i] - 1) * d[i] + 1, stride[i])
      }
      let places = (0..<size[0]).flatMap { i in (0..<size[1]).map { j in (i * d[0], j * d[1]) } }
      return Tensor.stack(places.map { y.select(4, $0.0).select(4, $0.1) }, dim: -1)
    }
  }

  static let forms = [
    Form(), Form(size: [3, 3], padding: [1, 1]), Form(size: [3, 3], stride: [1, 1]),
    Form(size: [2, 5], stride: [1, 3], padding: [0, 2]),
    Form(size: [2, 3], stride: [3, 5], padding: [1, 1], dilation: [3, 2]),
    Form(shape: [1, 2, 6, 1500], size: [3, 3], padding: [1, 1]),
    Form(shape: [1, 2, 4, 1300], size: [2, 2], stride: [2, 4]),
    Form(size: [9, 40], stride: [1, 1]), Form(size: [3, 15], stride: [2, 12], padding: [1, 7]),
    Form(shape: [2, 20, 7, 9], size: [3, 2], stride: [2, 2], padding: [1, 0]),
    Form(shape: [2, 20, 30, 30], size: [9, 9], stride: [7, 3], padding: [4, 4]),
    Form(shape: [1, 83, 9, 11], size: [3, 3], stride: [2, 2], padding: [1, 1]),
    Form(shape: [1, 1, 40, 40], size: [17, 17], stride: [4, 4], padding: [8, 8]),
  ]

  /// The same elements in several layouts.
  static func layouts(_ x: Tensor) -> [Tensor] {
    let last = x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2)
    let turned = x.transpose(2, 3).contiguous().transpose(2, 3)
    let every = Tensor.stack([x, x], dim: 4).select(4, 1)
    return [x, last, turned, every]
  }

  static func distinct(_ shape: Shape, _ dtype: DType = .float32) -> Tensor {
    Tensor.randperm(shape.elementCount, generator: Generator(seed: 7)).reshape(Array(shape)).to(
      dtype)
  }

  @Test("max pooling is the maximum of windows in every layout", arguments: forms)
  func maximum(_ form: Form) {
    let sizes = (Sizes(form.size), Sizes(form.stride), Sizes(form.padding), Sizes(form.dilation))
    for dtype in [DType.float32, .float64] {
      for x in Self.layouts(Self.distinct(form.shape, dtype)) {
        x.requiresGrad_()
        let y = x.maxPool2d(sizes.0, stride: sizes.1, padding: sizes.2, dilation: sizes.3)
        let expected = form.windows(x, -.infinity).amax(dim: -1)
        #expect(y.equal(expected))
        let g = Tensor.randint(5, y.shape, generator: Generator(seed: 1)).to(dtype)
        #expect(
          grad([y], [x], gradOutputs: [g])[0]!.equal(grad([expected], [x], gradOutputs: [g])[0]!))
        let (values, indices) = x.detach().maxPool2dWithIndices(
          sizes.0, stride: sizes.1, padding: sizes.2, dilation: sizes.3)
        let planes = x.detach().reshape([form.shape[0], form.shape[1], -1])
        #expect(
          planes.gather(2, indices.reshape([form.shape[0], form.shape[1], -1])).reshapeAs(values)
            .equal(values))
      }
    }
  }

  @Test(
    "average pooling is the mean of windows in every layout",
    arguments: forms.filter { $0.dilation == [1, 1] })
  func average(_ form: Form) {
    for x in Self.layouts(
      Tensor.randn(form.shape, dtype: .float64, generator: Generator(seed: 3)))
    {
      x.requiresGrad_()
      let y = x.avgPool2d(
        Sizes(form.size), stride: Sizes(form.stride), padding: Sizes(form.padding))
      let expected = form.windows(x, 0).mean(dim: -1)
      #expect(y.allclose(expected, rtol: 1e-12, atol: 1e-12))
      let g = Tensor.randn(y.shape, dtype: .float64, generator: Generator(seed: 1))
      let (own, wanted) = (
        grad([y], [x], gradOutputs: [g])[0]!, grad([expected], [x], gradOutputs: [g])[0]!
      )
      #expect(own.allclose(wanted, rtol: 1e-12, atol: 1e-12))
      let inner = x.avgPool2d(
        Sizes(form.size), stride: Sizes(form.stride), padding: Sizes(form.padding),
        countIncludePad: false)
      let counts = form.windows(Tensor.onesLike(x.detach()), 0).sum(dim: -1)
      #expect(inner.allclose(form.windows(x, 0).sum(dim: -1) / counts, rtol: 1e-12, atol: 1e-12))
    }
  }

  @Test("the number of threads changes no bit", arguments: [DType.float32, .bfloat16])
  func threads(_ dtype: DType) {
    let before = Threads.count
    defer { Threads.count = before }
    let x = Tensor.randn([3, 40, 31, 33], generator: Generator(seed: 5)).to(dtype)
    func results() -> [Tensor] {
      Self.layouts(x.detach()).flatMap { x in
        x.requiresGrad_()
        let pools = [
          x.maxPool2d(3, stride: 2, padding: 1), x.avgPool2d(3, stride: 2), x.avgPool2d(2),
          x.adaptiveAvgPool2d([7, 5]), x.adaptiveMaxPool2d(4), x.maxPool2d(31),
        ]
        return pools + pools.map { grad([$0.to(.float32).square().sum()], [x])[0]! }
      }
    }
    Threads.count = 1
    let expected = results()
    for count in [2, 3] {
      Threads.count = count
      for (got, wanted) in zip(results(), expected) { #expect(got.equal(wanted)) }
    }
  }

  @Test("NaN wins and its last place counts; of equal elements the first")
  func nan() {
    let n = Double.nan
    let x = Tensor([[[1.0, n, 3, n], [5, 5, 2, 2]]])
    for x in [
      x, x.expand(83, 2, 4), x.expand(83, 2, 4).permute(1, 2, 0).contiguous().permute(2, 0, 1),
    ] {
      let (values, indices) = x.maxPool2dWithIndices(2)
      #expect(values.isnan().all().item(as: Bool.self))
      #expect(indices[0].toArray(Int.self) == [1, 3])
      #expect(x.maxPool2d(2).isnan().all().item(as: Bool.self))
      #expect(x.adaptiveMaxPool2dWithIndices([1, 2]).indices[0].toArray(Int.self) == [1, 3])
    }
    let line = Tensor([[1.0, n, 3, n, 5, 5, 2, 2]])
    #expect(line.maxPool1dWithIndices(4, stride: 2).indices.toArray(Int.self) == [3, 3, 4])
    let low = Tensor.full([1, 2, 4], -Double.infinity)
    let expected = [0, 0, 1, 2, 3, 0, 0, 1, 2, 3, 4, 4, 5, 6, 7]
    #expect(
      low.maxPool2dWithIndices(2, stride: 1, padding: 1).indices.toArray(Int.self) == expected)
  }

  @Test("a dilated window all of whose elements lie in the padding gives -infinity")
  func windowWithoutElements() {
    let x = Tensor([[3.0]], requiresGrad: true)
    let y = x.maxPool1d(2, padding: 5, dilation: 10)
    #expect(y.toArray() == [-.infinity])
    y.sum().backward()
    #expect(x.grad!.toArray() == [0])
  }

  @Test("integers and halves", arguments: [DType.uint8, .int32, .int64, .float16, .bfloat16])
  func dtypes(_ dtype: DType) {
    let x = Tensor.randint(100, [2, 9, 8, 20], generator: Generator(seed: 2))
    for x in Self.layouts(x) {
      let y = x.to(dtype).maxPool2d(3, stride: 2, padding: 1)
      #expect(y.dtype == dtype)
      #expect(y.to(.float32).equal(x.to(.float32).maxPool2d(3, stride: 2, padding: 1)))
      guard dtype.isFloatingPoint else { continue }
      let mean = x.to(dtype).avgPool2d(3, stride: 2)
      #expect(mean.equal(x.to(.float32).avgPool2d(3, stride: 2).to(dtype)))
      #expect(x.to(dtype).adaptiveAvgPool2d(3).equal(x.to(.float32).adaptiveAvgPool2d(3).to(dtype)))
    }
    #expect(Tensor([[[-3, -4], [5, -5]]]).avgPool2d([1, 2]).toArray(Int.self) == [-3, 0])
  }

  @Test("adaptive windows divide the input")
  func adaptive() {
    let x = (Tensor.arange(140) * 37).remainder(11).reshape([2, 2, 5, 7]).to(.float32)
    let expected = [
      8, 16, 19, 30, 30, 19, 14, 17, 6, 28, 17, 25, 15, 4, 4, 15, 23, 26, 2, 2, 13, 21, 24, 32,
    ]
    #expect(x.adaptiveMaxPool2dWithIndices([2, 3]).indices.toArray(Int.self) == expected)
    #expect(x.adaptiveAvgPool2d([nil, 3]).shape == [2, 2, 5, 3])
    #expect(x.adaptiveAvgPool2d(nil).equal(x) && x.adaptiveAvgPool2d(0).shape == [2, 2, 0, 0])
    #expect(x.adaptiveAvgPool2d(1).allclose(x.mean(dim: [-2, -1], keepDim: true)))
    #expect(x[0, 0].adaptiveAvgPool1d(3).shape == [5, 3])
    for y in Self.layouts(Tensor.randn(2, 9, 8, 6)) {
      #expect(y.adaptiveAvgPool2d([4, 3]).allclose(y.avgPool2d(2), rtol: 1e-6, atol: 1e-6))
      #expect(y.adaptiveMaxPool2d([4, 3]).equal(y.maxPool2d(2)))
    }
  }

  @Test("unpooling is the inverse, and norms are those of windows")
  func unpooling() {
    let x = Self.distinct([2, 3, 4, 6])
    let (values, indices) = x.maxPool2dWithIndices(2)
    let back = values.maxUnpool2d(indices, 2)
    #expect(back.shape == x.shape && back.maxPool2d(2).equal(values))
    #expect(values.maxUnpool2d(indices, 2, outputSize: [5, 7]).shape == [2, 3, 5, 7])
    #expect(Tensor([[[3.0, 4, 0, 0]]]).lpPool1d(2, 2).toArray() == [5, 0])
    #expect(x.lpPool2d(1, 2).allclose(x.avgPool2d(2) * 4))
  }

  @Test("gradients of every order agree with differences")
  func derivatives() {
    let x = Self.distinct([2, 2, 5, 6], .float64).mul(0.1).requiresGrad_()
    let bodies: [(Tensor) -> Tensor] = [
      { $0.maxPool2d(2) }, { $0.maxPool2d(3, stride: 2, padding: 1, dilation: 2) },
      { $0.avgPool2d(3, stride: 2, padding: 1, countIncludePad: false) },
      { $0.adaptiveAvgPool2d([2, 4]) }, { $0.adaptiveMaxPool2d([2, 4]) },
      { ($0 + 1).lpPool2d(2, 2) },
      { x in
        x.maxUnpool2d(
          (Tensor.arange(30) * 7).remainder(30).reshape([5, 6]).expand(2, 2, 5, 6).contiguous(), 1)
      },
      { $0.maxPool3d(2) }, { $0.avgPool3d([1, 2, 2]) }, { $0.reshape([4, 5, 6]).avgPool1d(2) },
    ]
    for body in bodies {
      let check = gradGradCheck([x]) { [body($0[0]).pow(3)] }
      #expect(check.passed, "\(check)")
    }
  }

  @Test("an empty batch, and names of PyTorch")
  func empty() {
    let x = Tensor.zeros(0, 3, 8, 8, requiresGrad: true)
    #expect(x.maxPool2d(2).shape == [0, 3, 4, 4] && x.avgPool2d(2).shape == [0, 3, 4, 4])
    x.maxPool2d(2).sum().backward()
    #expect(x.grad!.shape == x.shape)
    #expect(x.maxPool2d(2).gradFn?.name == "MaxPool2DWithIndicesBackward0")
    #expect(x.avgPool2d(2).gradFn?.name == "AvgPool2DBackward0")
    #expect(x.adaptiveMaxPool2d(2).gradFn?.name == "AdaptiveMaxPool2DBackward0")
  }

  @Test(
    "misuse says what is wrong",
    arguments: [
      Misused(
        "maxPool2d: the padding is larger than half of the window",
        { _ = image.maxPool2d(2, padding: 2) }
      ),
      Misused(
        "maxPool2d: the kernel size has no value for each dimension",
        { _ = image.maxPool2d([2, 2, 2]) }
      ),
      Misused("maxPool2d: the window is larger than dimension 2", { _ = image.maxPool2d(9) }),
      Misused("maxPool2d: bool has no order", { _ = image.to(.bool).maxPool2d(2) }),
      Misused("maxPool3d: 4 dimensions are needed, or 5", { _ = image[0].maxPool3d(2) }),
      Misused("avgPool2d: the stride is too small", { _ = image.avgPool2d(2, stride: 0) }),
      Misused("avgPool2d: the divisor is zero", { _ = image.avgPool2d(2, divisorOverride: 0) }),
      Misused("avgPool2d: a floating-point tensor or int64", { _ = image.to(.int32).avgPool2d(2) }),
      Misused(
        "maxPool2d: only the batch may be empty", { _ = Tensor.ones(2, 0, 4, 4).maxPool2d(2) }),
      Misused(
        "adaptiveAvgPool2d: the output size has no value", { _ = image.adaptiveAvgPool2d([1]) }),
      Misused("adaptiveMaxPool2d: an output size is negative", { _ = image.adaptiveMaxPool2d(-1) }),
      Misused("maxUnpool2d: the indices must be int64", { _ = image.maxUnpool2d(image, 2) }),
      Misused(
        "maxUnpool2d: index 400 is out of range",
        { _ = image.maxUnpool2d(image.to(.int64) * 400, 2) }
      ),
      Misused(
        "maxUnpool2d: an output size is not",
        {
          _ = image.maxUnpool2d(image.to(.int64), 2, outputSize: [20, 20])
        }
      ),
    ] as [Misused])
  func misuse(_ misused: Misused) {
    do {
      try checked(misused.body)
      Issue.record("nothing was refused")
    } catch { #expect("\(error)".hasPrefix(misused.message)) }
  }

  static var image: Tensor { Tensor.ones(1, 2, 8, 8) }
}
