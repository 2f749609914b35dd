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

  /// X(g, w).
  static func input(
    _ g: Tensor, _ w: Tensor, _ window: ConvolutionWindow, _ shape: Shape
  ) -> Tensor {
    noGrad {
      let lane = lane(g.dtype)
      let result = Tensor(empty: shape, dtype: lane, device: g.device)
      g.device.backend.convolveInput(
        ConvolutionCall(
          window: window, input: result, weight: w.to(lane).contiguous(),
          output: g.to(lane).contiguous()))
      return result.to(g.dtype)
    }
  }

  /// Half precision is computed in float32 and rounded once.
  private static func lane(_ dtype: DType) -> DType { dtype == .float64 ? .float64 : .float32 }
}
