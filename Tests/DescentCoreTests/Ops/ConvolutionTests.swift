import DescentCore
import Testing

@Suite("Convolution") struct ConvolutionTests {
  /// Computes a convolution from its definition, in float64.
  private func reference(
    _ x: Tensor, _ w: Tensor, stride: Int, padding: Int, dilation: Int, groups: Int
  ) -> [Double] {
    let (n, h, v) = (x.shape[0], x.shape[2], x.shape[3])
    let (o, c, k, l) = (w.shape[0], w.shape[1], w.shape[2], w.shape[3])
    let (a, b): ([Double], [Double]) = (x.to(.float64).toArray(), w.to(.float64).toArray())
    let rows = (h + 2 * padding - dilation * (k - 1) - 1) / stride + 1
    let columns = (v + 2 * padding - dilation * (l - 1) - 1) / stride + 1
    var result: [Double] = []
    for image in 0..<n {
      for out in 0..<o {
        for row in 0..<rows {
          for column in 0..<columns {
            var sum = 0.0
            for channel in 0..<c {
              for i in 0..<k {
                for j in 0..<l {
                  let y = row * stride + i * dilation - padding
                  let z = column * stride + j * dilation - padding
                  guard y >= 0, y < h, z >= 0, z < v else { continue }
                  let from = out / (o / groups) * c + channel
                  sum +=
                    a[((image * x.shape[1] + from) * h + y) * v + z]
                    * b[((out * c + channel) * k + i) * l + j]
                }
              }
            }
            result.append(sum)
          }
        }
      }
    }
    return result
  }

  struct Case: Sendable {
    var input: [Int]
    var weight: [Int]
    var stride = 1
    var padding = 0
    var dilation = 1
    var groups = 1
  }

  static let cases = [
    Case(input: [2, 3, 9, 11], weight: [5, 3, 3, 3], padding: 1),
    Case(input: [1, 17, 20, 37], weight: [29, 17, 3, 3], padding: 1),
    Case(input: [3, 4, 40, 41], weight: [13, 4, 7, 7], stride: 2, padding: 3),
    Case(
      input: [2, 6, 30, 30], weight: [12, 3, 3, 5], stride: 3, padding: 4, dilation: 2, groups: 2),
    // Products a tap: small images, strides, groups, a single line.
    Case(input: [5, 40, 2, 2], weight: [70, 40, 3, 3], padding: 1),
    Case(input: [3, 24, 9, 7], weight: [40, 24, 3, 3], stride: 2, padding: 1),
    Case(
      input: [2, 70, 6, 11], weight: [96, 35, 3, 5], stride: 3, padding: 4, dilation: 2, groups: 2),
    Case(input: [4, 300, 1, 5], weight: [33, 300, 1, 3], padding: 2),
    // Transformed tiles: images of an odd size that share a block, and one that is cut in columns.
    Case(input: [11, 32, 5, 7], weight: [68, 16, 3, 3], padding: 2, groups: 2),
    Case(input: [1, 16, 3, 530], weight: [16, 16, 3, 3]),
    Case(input: [2, 33, 15, 15], weight: [65, 33, 1, 1]),
    Case(input: [2, 33, 15, 15], weight: [65, 33, 1, 1], stride: 2),
    Case(input: [2, 7, 33, 70], weight: [7, 1, 3, 3], padding: 1, groups: 7),
    Case(input: [1, 2, 9, 17], weight: [4, 1, 5, 5], padding: 2, groups: 2),
    Case(input: [2, 7, 33, 70], weight: [14, 1, 3, 3], stride: 2, padding: 1, groups: 7),
    Case(
      input: [1, 2, 12, 90], weight: [4, 1, 5, 2], stride: 3, padding: 2, dilation: 3, groups: 2),
  ]

  @Test("the sum over channels and taps, in every path", arguments: cases.indices)
  func values(_ index: Int) {
    let c = Self.cases[index]
    let generator = Generator(seed: index)
    let x = Tensor.randn(Shape(c.input), generator: generator)
    let w = Tensor.randn(Shape(c.weight), generator: generator)
    let y = x.conv2d(
      w, stride: c.stride, padding: c.padding, dilation: c.dilation, groups: c.groups)
    let expected = reference(
      x, w, stride: c.stride, padding: c.padding, dilation: c.dilation, groups: c.groups)
    let got: [Double] = y.to(.float64).toArray()
    #expect(got.count == expected.count)
    let worst = zip(got, expected).map { abs($0 - $1) / (1 + abs($1)) }.max() ?? 1
    #expect(worst < 2e-5, "\(worst)")
  }

  @Test("gradients agree with differences to second order, in every path")
  func gradients() {
    for c in [
      Case(input: [2, 4, 5, 6], weight: [4, 2, 3, 2], stride: 2, padding: 1, groups: 2),
      Case(input: [1, 2, 6, 5], weight: [3, 2, 2, 2], padding: 1, dilation: 2),
      Case(input: [2, 3, 5, 5], weight: [6, 1, 3, 3], stride: 2, padding: 1, groups: 3),
      Case(input: [2, 3, 4, 4], weight: [2, 3, 1, 1], stride: 3),
      Case(input: [1, 16, 3, 2], weight: [16, 16, 2, 1], stride: 2, padding: 1),
    ] {
      let generator = Generator(seed: 3)
      let x = Tensor.randn(
        Shape(c.input), dtype: .float64, requiresGrad: true, generator: generator)
      let w = Tensor.randn(
        Shape(c.weight), dtype: .float64, requiresGrad: true, generator: generator)
      let f: ([Tensor]) -> [Tensor] = {
        [
          $0[0].conv2d(
            $0[1], stride: c.stride, padding: c.padding, dilation: c.dilation, groups: c.groups)
        ]
      }
      let (first, second) = (gradCheck([x, w], f), gradGradCheck([x, w], f))
      #expect(first.passed, "\(first)")
      #expect(second.passed, "\(second)")
    }
  }

  @Test("gradients of large images are those of small ones, and threads change no bit")
  func threads() {
    let before = Threads.count
    defer { Threads.count = before }
    var first: [Tensor] = []
    for count in [1, 2, 3] {
      Threads.count = count
      let generator = Generator(seed: 1)
      let x = Tensor.randn(3, 20, 33, 47, requiresGrad: true, generator: generator)
      let w = Tensor.randn(24, 20, 3, 3, requiresGrad: true, generator: generator)
      let d = Tensor.randn(24, 1, 3, 3, requiresGrad: true, generator: generator)
      x.conv2d(w, padding: 1).tanh().conv2d(d, padding: 1, groups: 24).tanh().sum().backward()
      // One channel, whose outputs are shared out.
      let image = Tensor.randn(5, 1, 30, 30, generator: generator)
      let e = Tensor.randn(6, 1, 5, 5, requiresGrad: true, generator: generator)
      image.conv2d(e, padding: 2).tanh().sum().backward()
      // Small images with a stride, and large ones whose taps are sorted by it.
      let small = Tensor.randn(3, 40, 7, 9, requiresGrad: true, generator: generator)
      let s = Tensor.randn(48, 40, 3, 3, requiresGrad: true, generator: generator)
      let t = Tensor.randn(7, 48, 2, 2, requiresGrad: true, generator: generator)
      small.conv2d(s, stride: 2, padding: 1).tanh().conv2d(t, stride: 2).tanh().sum().backward()
      let results = [x.grad!, w.grad!, d.grad!, e.grad!, small.grad!, s.grad!, t.grad!]
      if first.isEmpty {
        first = results
        // The same by a convolution in float64.
        let wide = [x, w, d, small, s, t].map { $0.detach().to(.float64).requiresGrad_() }
        wide[0].conv2d(wide[1], padding: 1).tanh().conv2d(wide[2], padding: 1, groups: 24).tanh()
          .sum().backward()
        wide[3].conv2d(wide[4], stride: 2, padding: 1).tanh().conv2d(wide[5], stride: 2).tanh()
          .sum().backward()
        for (narrow, tensor) in zip(results[..<3] + results[4...], wide) {
          let difference = (narrow.to(.float64) - tensor.grad!).abs().max().item()
          #expect(difference < 1e-4 * (1 + tensor.grad!.abs().max().item()), "\(difference)")
        }
      }
      for (a, b) in zip(results, first) { #expect(a.equal(b)) }
    }
  }

  @Test("gradients of transformed tiles are those of float64", arguments: [1, 2])
  func transformed(groups: Int) {
    let generator = Generator(seed: groups)
    let x = Tensor.randn(7, 17 * groups, 9, 14, requiresGrad: true, generator: generator)
    let w = Tensor.randn(35 * groups, 17, 3, 3, requiresGrad: true, generator: generator)
    let (u, v) = (x.detach().to(.float64), w.detach().to(.float64))
    let wide = [u.requiresGrad_(), v.requiresGrad_()]
    // The gradients' own gradients pass through the same kernels.
    func gradients(_ x: Tensor, _ w: Tensor) -> [Tensor] {
      let y = x.conv2d(w, padding: 1, groups: groups)
      let first = grad([(y * y).mean()], [x, w], createGraph: true).map { $0! }
      let size = first[0].square().sum() + first[1].square().sum()
      return first + grad([size], [x, w]).map { $0! }
    }
    for (narrow, exact) in zip(gradients(x, w), gradients(wide[0], wide[1])) {
      let difference = (narrow.to(.float64) - exact).abs().max().item()
      #expect(difference < 1e-5 * exact.abs().max().item(), "\(difference)")
    }
  }

  @Test("an infinity and a NaN reach the outputs of their windows only")
  func infinity() {
    let generator = Generator(seed: 2)
    let x = Tensor.randn(1, 16, 20, 20, generator: generator)
    let w = Tensor.randn(16, 16, 3, 3, generator: generator)
    for value in [Double.infinity, .nan] {
      x[0, 3, 9, 12] = Tensor(value)
      let finite = x.conv2d(w, padding: 1).isfinite()
      let expected = Tensor.ones(1, 16, 20, 20, dtype: .bool)
      expected[0, 0..., 8...10, 11...13] = Tensor(false)
      #expect(finite.equal(expected))
    }
  }

  @Test("an empty batch gives empty results and gradients of zero", arguments: [1, 4])
  func empty(groups: Int) {
    let x = Tensor.zeros(0, 4, 12, 12, requiresGrad: true)
    let w = Tensor.ones(4, 4 / groups, 3, 3, requiresGrad: true)
    let y = x.conv2d(w, padding: 1, groups: groups)
    #expect(y.shape == [0, 4, 12, 12])
    y.sum().backward()
    #expect(x.grad!.shape == [0, 4, 12, 12] && w.grad!.abs().sum().item() == 0)
  }

  @Test("half precision is rounded once, integers are exact") func dtypes() {
    let generator = Generator(seed: 5)
    let x = Tensor.randn(2, 5, 8, 8, generator: generator).to(.bfloat16)
    let w = Tensor.randn(4, 5, 3, 3, generator: generator).to(.bfloat16)
    let wide = x.float().conv2d(w.float(), padding: 1)
    #expect(x.conv2d(w, padding: 1).equal(wide.to(.bfloat16)))
    let a = Tensor.arange(32).reshape([1, 2, 4, 4])
    let b = Tensor.arange(16).reshape([2, 2, 2, 2])
    let exact = a.to(.float64).conv2d(b.to(.float64), stride: 2, padding: 1).to(.int64)
    #expect(a.conv2d(b, stride: 2, padding: 1).equal(exact))
  }

  @Test("misuse says what is wrong") func misuse() {
    let x = Tensor.ones(1, 3, 8, 8)
    func message(_ body: () -> Void) -> String {
      do {
        try checked { body() }
        return ""
      } catch { return "\(error)" }
    }
    #expect(
      message { _ = x.conv2d(Tensor.ones(4, 2, 3, 3)) }
        .contains("conv2d: the input has 3 channels, the weight is for 2. Got input [1, 3, 8, 8]"))
    #expect(
      message { _ = x.conv2d(Tensor.ones(4, 3, 9, 3)) }
        .contains("the kernel spans 9 and the padded input 8"))
    #expect(message { _ = x.conv2d(Tensor.ones(4, 3, 3, 3), stride: 0) }.contains("stride 0"))
    #expect(
      message { _ = x.conv2d(Tensor.ones(4, 3, 3, 3), stride: 2, padding: .same) }
        .contains("\"same\" needs stride 1"))
    #expect(message { _ = x.conv1d(Tensor.ones(4, 3, 3)) }.contains("3 dimensions"))
  }
}
