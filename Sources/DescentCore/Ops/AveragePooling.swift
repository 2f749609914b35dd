// The mean of each window.

extension Tensor {
  /// The mean of each window of the last dimension. See `avgPool2d`.
  ///
  /// - Source: torch.nn.functional.avg_pool1d
  public final func avgPool1d(
    _ kernelSize: any SpatialSizes, stride: (any SpatialSizes)? = nil,
    padding: any SpatialSizes = 0, ceilMode: Bool = false,
    countIncludePad: Bool = true, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    averagePooled(
      "avgPool1d", 1, kernelSize.sizes, stride?.sizes, padding.sizes, ceilMode, countIncludePad,
      nil, file, line)
  }

  /// The mean of each window of the last two dimensions.
  ///
  /// out[n, c, i, j] = sum over (k, l) of x[n, c, i stride + k - padding, …] / (number of elements): [n, c, h,
  /// w] gives [n, c, (h + 2 padding - kernelSize) / stride + 1, …], rounded down or with `ceilMode` up; n may
  /// be missing. int64 is divided without remainder.
  ///
  /// - Parameters:
  ///   - kernelSize: the window, one number or one for each dimension.
  ///   - stride: how far windows are apart; by default as far as they are large.
  ///   - padding: zeros before and behind each dimension, at most half of the window.
  ///   - ceilMode: whether a last window may go beyond the end.
  ///   - countIncludePad: whether the number of elements includes those of the padding.
  ///   - divisorOverride: what sums are divided by instead.
  /// - Gradient: g by the number of elements, added to all elements of the window.
  /// - Source: torch.nn.functional.avg_pool2d
  public final func avgPool2d(
    _ kernelSize: any SpatialSizes, stride: (any SpatialSizes)? = nil,
    padding: any SpatialSizes = 0, ceilMode: Bool = false,
    countIncludePad: Bool = true, divisorOverride: Int? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    averagePooled(
      "avgPool2d", 2, kernelSize.sizes, stride?.sizes, padding.sizes, ceilMode, countIncludePad,
      divisorOverride, file,
      line)
  }

  /// The mean of each window of the last three dimensions. See `avgPool2d`.
  ///
  /// - Source: torch.nn.functional.avg_pool3d
  public final func avgPool3d(
    _ kernelSize: any SpatialSizes, stride: (any SpatialSizes)? = nil,
    padding: any SpatialSizes = 0, ceilMode: Bool = false,
    countIncludePad: Bool = true, divisorOverride: Int? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    averagePooled(
      "avgPool3d", 3, kernelSize.sizes, stride?.sizes, padding.sizes, ceilMode, countIncludePad,
      divisorOverride, file,
      line)
  }

  /// The p-norm (without absolute values) of each window of the last dimension. See `lpPool2d`.
  ///
  /// - Source: torch.nn.functional.lp_pool1d
  public final func lpPool1d(
    _ normType: Double, _ kernelSize: any SpatialSizes, stride: (any SpatialSizes)? = nil,
    ceilMode: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    normPooled("lpPool1d", 1, normType, kernelSize.sizes, stride?.sizes, ceilMode, file, line)
  }

  /// (sum of x^p)^(1/p) over each window of the last two dimensions: sum pooling for p = 1, close to max
  /// pooling for a large p. Where the sum is negative the result is NaN.
  ///
  /// - Parameter normType: p.
  /// - Source: torch.nn.functional.lp_pool2d
  public final func lpPool2d(
    _ normType: Double, _ kernelSize: any SpatialSizes, stride: (any SpatialSizes)? = nil,
    ceilMode: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    normPooled("lpPool2d", 2, normType, kernelSize.sizes, stride?.sizes, ceilMode, file, line)
  }

  /// (sum of x^p)^(1/p) over each window of the last three dimensions. See `lpPool2d`.
  ///
  /// - Source: torch.nn.functional.lp_pool3d
  public final func lpPool3d(
    _ normType: Double, _ kernelSize: any SpatialSizes, stride: (any SpatialSizes)? = nil,
    ceilMode: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    normPooled("lpPool3d", 3, normType, kernelSize.sizes, stride?.sizes, ceilMode, file, line)
  }

  private func averagePooled(
    _ name: String, _ dims: Int, _ size: Sizes, _ stride: Sizes?, _ padding: Sizes,
    _ ceilMode: Bool, _ countsPadding: Bool, _ divisor: Int?, _ file: StaticString, _ line: UInt
  ) -> Tensor {
    let checked = attempt(file: file, line: line) { () throws(Misuse) -> Window in
      if !self.dtype.isFloatingPoint && self.dtype != .int64 {
        throw Misuse(
          name, "a floating-point tensor or int64 is needed", got: self.dtype.name,
          try: "to(.float32) first")
      }
      if divisor == 0 {
        throw Misuse(name, "the divisor is zero", got: "divisorOverride 0", try: "another number")
      }
      return try Rules.window(
        name, dims: dims, over: self.shape, size: size, stride: stride, padding: padding,
        ceilMode: ceilMode)
    }
    guard let window = checked else { return .poison }
    let averages = Averages(window: window, countsPadding: countsPadding, divisor: divisor)
    return averages(self, dims < 3 ? "AvgPool2DBackward0" : "AvgPool3DBackward0", file, line)
  }

  private func normPooled(
    _ name: String, _ dims: Int, _ p: Double, _ size: Sizes, _ stride: Sizes?, _ ceilMode: Bool,
    _ file: StaticString, _ line: UInt
  ) -> Tensor {
    let checked = attempt(file: file, line: line) { () throws(Misuse) -> Window in
      try Rules.window(
        name, dims: dims, over: self.shape, size: size, stride: stride, padding: 0,
        ceilMode: ceilMode)
    }
    guard let window = checked else { return .poison }
    let means = pow(p, file: file, line: line).averagePooled(
      name, dims, size, stride, 0, ceilMode, true, nil, file, line)
    // As PyTorch: the slope where a sum is 0 comes from this form.
    return (means.sign() * means.abs().relu()).mul(window.volume).pow(1 / p)
  }
}

/// Means of windows, and their gradient: both are linear, and each is the other's gradient.
struct Averages: Sendable {
  let window: Window
  var countsPadding = true
  var divisor: Int? = nil

  func callAsFunction(
    _ x: Tensor, _ node: String, _ file: StaticString = "", _ line: UInt = 0
  ) -> Tensor {
    let output = Tensor.windowed(
      window.result, dtype: x.dtype, channelsLast: x.isChannelsLast(window.dims), dims: window.dims)
    x.device.backend.averagePool(
      AveragePoolCall(
        window: window, countsPadding: countsPadding, divisor: divisor, input: x, output: output))
    if recording(x) {
      let channelsLast = x.isChannelsLast(window.dims)
      output.record(node, TensorList(x), file: file, line: line) { step, g in
        step.give(0, spread(g, channelsLast: channelsLast))
      }
    }
    return output
  }

  private func spread(_ g: Tensor, channelsLast: Bool) -> Tensor {
    let output = Tensor.windowed(
      window.source, dtype: g.dtype, channelsLast: channelsLast, dims: window.dims)
    g.device.backend.averagePoolBackward(
      AveragePoolBackwardCall(
        window: window, countsPadding: countsPadding, divisor: divisor,
        gradient: channelsLast ? g.channelsLast(window.dims, of: window.result) : g,
        output: output))
    if recording(g) {
      output.record("AvgPoolGradientBackward0", TensorList(g)) { step, gradient in
        step.give(0, callAsFunction(gradient, "AvgPool2DBackward0"))
      }
    }
    return output
  }
}
