// The computations behind convolution and its gradients, without a graph.

enum Convolving {
  /// C(x, w) + b.
  static func output(
    _ x: Tensor, _ w: Tensor, _ b: Tensor?, _ window: ConvolutionWindow, _ size: Shape
  ) -> Tensor {
    noGrad {
      if !x.dtype.isFloatingPoint { return unfolded(x, w, b, window, size) }
      let lane = lane(x.dtype)
      let result = Tensor(
        empty: Shape([x.shape[0], w.shape[0]] + Array(size)), dtype: lane, device: x.device)
      x.device.backend.convolve(
        ConvolutionCall(
          window: window, input: x.to(lane).contiguous(), weight: w.to(lane).contiguous(),
          bias: b?.to(lane).contiguous(), output: result))
      return result.to(x.dtype)
    }
  }

  /// C(x, w) + b of integers, exact modulo their width: the windows side by side, and a product.
  private static func unfolded(
    _ x: Tensor, _ w: Tensor, _ b: Tensor?, _ window: ConvolutionWindow, _ size: Shape
  ) -> Tensor {
    let (dims, taps) = (window.dims, Array(w.shape.dropFirst(2)))
    var pairs: [Int] = []
    for d in (0..<dims).reversed() {
      let reach = (size[d] - 1) * window.stride[d] + window.dilation[d] * (taps[d] - 1) + 1
      pairs += [window.padding[d], reach - x.shape[2 + d] - window.padding[d]]
    }
    let padded = x.pad(pairs).contiguous()
    let (images, channels, groups) = (x.shape[0], w.shape[1], window.groups)
    let strides = padded.layout.strides
    var windows = padded.layout
    windows.shape = Shape([images, groups, channels] + taps + Array(size))
    windows.strides = Shape(
      [strides[0], channels * strides[1], strides[1]]
        + (0..<dims).map { window.dilation[$0] * strides[2 + $0] }
        + (0..<dims).map { window.stride[$0] * strides[2 + $0] })
    let patches = Tensor(storage: padded.storage, layout: windows, dtype: x.dtype)
      .reshape([images, groups, channels * taps.reduce(1, *), size.elementCount] as Shape)
    let kernel = w.reshape([groups, w.shape[0] / groups, -1])
    let result = kernel.matmul(patches).reshape(Shape([images, w.shape[0]] + Array(size)))
    return b.map { result + $0.reshape([w.shape[0]] + Array(repeating: 1, count: dims)) } ?? result
  }

  /// W(x, g).
  static func weight(
    _ x: Tensor, _ g: Tensor, _ window: ConvolutionWindow, _ shape: Shape
  ) -> Tensor {
    noGrad {
      let lane = lane(x.dtype)
      let result = Tensor(empty: shape, dtype: lane, device: x.device)
      x.device.backend.convolveWeights(
        ConvolutionCall(
          window: window, input: x.to(lane).contiguous(), weight: result,
          output: g.to(lane).contiguous()))
      return result.to(x.dtype)
    }
  }

  /// X(g, w): a convolution of g that walks backward over the taps.
  ///
  /// With a stride s, inputs whose places are equal modulo s meet the same taps: each such phase is a
  /// convolution of its own, with stride 1, and no zero is multiplied.
  static func input(
    _ g: Tensor, _ w: Tensor, _ window: ConvolutionWindow, _ shape: Shape
  ) -> Tensor {
    noGrad {
      let lane = lane(g.dtype)
      let (gradient, weight) = (g.to(lane).contiguous(), w.to(lane))
      let dims = window.dims
      if window.stride.allSatisfy({ $0 == 1 }) {
        let result = Tensor(empty: shape, dtype: lane, device: g.device)
        let phases = (0..<dims).map { Phase(0, window, w.shape, $0)! }
        compute(phases, gradient, weight, window.groups, into: result)
        return result.to(g.dtype)
      }
      let result = Tensor.zeros(shape, dtype: lane, device: g.device)
      let counts = (0..<dims).map { Swift.min(window.stride[$0], shape[2 + $0]) }
      for index in 0..<counts.reduce(1, *) {
        var rest = index
        var starts = [Int](repeating: 0, count: dims)
        for d in (0..<dims).reversed() {
          starts[d] = rest % counts[d]
          rest /= counts[d]
        }
        let phases = (0..<dims).compactMap { Phase(starts[$0], window, w.shape, $0) }
        if phases.count < dims { continue }
        var target = result
        for d in 0..<dims {
          target = target.slice(2 + d, from: starts[d], step: window.stride[d])
        }
        let part = Tensor(empty: target.shape, dtype: lane, device: g.device)
        compute(phases, gradient, weight, window.groups, into: part)
        target.device.backend.copy(CopyCall(source: part, destination: target))
      }
      return result.to(g.dtype)
    }
  }

  private static func compute(
    _ phases: [Phase], _ gradient: Tensor, _ weight: Tensor, _ groups: Int, into result: Tensor
  ) {
    var taps = weight
    for (d, phase) in phases.enumerated() {
      taps = taps.slice(2 + d, from: phase.firstTap, step: phase.tapStep)
    }
    let window = ConvolutionWindow(
      stride: Shape(repeating: 1, count: phases.count), dilation: Shape(phases.map(\.dilation)),
      padding: Shape(phases.map(\.padding)), groups: groups)
    result.device.backend.convolve(
      ConvolutionCall(
        window: window, input: gradient, weight: taps.contiguous(), isExchanged: true,
        output: result))
  }

  /// In one dimension: which taps the inputs start, start + stride, … meet, and where.
  private struct Phase {
    let firstTap: Int
    let tapStep: Int
    let dilation: Int
    let padding: Int

    /// nil where no tap meets them.
    init?(_ start: Int, _ window: ConvolutionWindow, _ weight: Shape, _ d: Int) {
      let (stride, tapDilation) = (window.stride[d], window.dilation[d])
      // Input i meets tap k at output (i + padding - k dilation) / stride, if that is whole.
      let from = start + window.padding[d]
      guard
        let first = (0..<Swift.min(stride, weight[2 + d])).first(where: {
          (from - $0 * tapDilation) % stride == 0
        })
      else { return nil }
      var step = 1
      while step * tapDilation % stride != 0 { step += 1 }
      firstTap = first
      tapStep = step
      dilation = -(step * tapDilation / stride)
      padding = -((from - first * tapDilation) / stride)
    }
  }

  /// Half precision is computed in float32 and rounded once.
  private static func lane(_ dtype: DType) -> DType { dtype == .float64 ? .float64 : .float32 }
}

extension Tensor {
  /// Every `step`th part of a dimension.
  fileprivate func slice(_ dim: Int, from start: Int, step: Int) -> Tensor {
    if start == 0 && step == 1 { return self }
    let length = (layout.shape[dim] - start + step - 1) / step
    return Tensor(
      storage: storage, layout: layout.narrowed(dim, start: start, length: length, step: step),
      dtype: dtype)
  }
}
