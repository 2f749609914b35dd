// The largest element of each window.

extension Tensor {
  /// The largest element of each window of the last dimension.
  ///
  /// [n, c, l] gives [n, c, (l + 2 padding - dilation (kernelSize - 1) - 1) / stride + 1], rounded down
  /// or with `ceilMode` up; n may be missing. See `maxPool2d`.
  /// - Source: torch.nn.functional.max_pool1d
  public final func maxPool1d(
    _ kernelSize: any SpatialSizes, stride: (any SpatialSizes)? = nil,
    padding: any SpatialSizes = 0, dilation: any SpatialSizes = 1,
    ceilMode: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    maxPooled(
      "maxPool1d", 1, kernelSize.sizes, stride?.sizes, padding.sizes, dilation.sizes, ceilMode,
      false, file, line
    ).values
  }

  /// The largest element of each window of the last two dimensions.
  ///
  /// out[n, c, i, j] = max over (k, l) of x[n, c, i stride + k dilation - padding, …]: [n, c, h, w] gives
  /// [n, c, (h + 2 padding - dilation (kernelSize - 1) - 1) / stride + 1, …], rounded down or with
  /// `ceilMode` up; n may be missing. The padding holds -infinity. NaN is larger than all.
  ///
  /// - Parameters:
  ///   - kernelSize: the window, one number or one for each dimension.
  ///   - stride: how far windows are apart; by default as far as they are large.
  ///   - padding: places before and behind each dimension, at most half of the window.
  ///   - dilation: how far the elements of a window are apart.
  ///   - ceilMode: whether a last window may go beyond the end.
  /// - Gradient: to the element found, the first of equal ones.
  /// - Source: torch.nn.functional.max_pool2d
  public final func maxPool2d(
    _ kernelSize: any SpatialSizes, stride: (any SpatialSizes)? = nil,
    padding: any SpatialSizes = 0, dilation: any SpatialSizes = 1,
    ceilMode: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    maxPooled(
      "maxPool2d", 2, kernelSize.sizes, stride?.sizes, padding.sizes, dilation.sizes, ceilMode,
      false, file, line
    ).values
  }

  /// The largest element of each window of the last three dimensions. See `maxPool2d`.
  ///
  /// - Source: torch.nn.functional.max_pool3d
  public final func maxPool3d(
    _ kernelSize: any SpatialSizes, stride: (any SpatialSizes)? = nil,
    padding: any SpatialSizes = 0, dilation: any SpatialSizes = 1,
    ceilMode: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    maxPooled(
      "maxPool3d", 3, kernelSize.sizes, stride?.sizes, padding.sizes, dilation.sizes, ceilMode,
      false, file, line
    ).values
  }

  /// `maxPool1d` with the places of the elements found, as `maxUnpool1d` takes them.
  ///
  /// - Returns: values, and places in the last dimension (int64).
  /// - Source: torch.nn.functional.max_pool1d_with_indices
  public final func maxPool1dWithIndices(
    _ kernelSize: any SpatialSizes, stride: (any SpatialSizes)? = nil,
    padding: any SpatialSizes = 0, dilation: any SpatialSizes = 1,
    ceilMode: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> (values: Tensor, indices: Tensor) {
    let (values, indices) = maxPooled(
      "maxPool1d", 1, kernelSize.sizes, stride?.sizes, padding.sizes, dilation.sizes, ceilMode,
      true, file, line)
    return (values, indices ?? .poison)
  }

  /// `maxPool2d` with the places of the elements found, as `maxUnpool2d` takes them.
  ///
  /// - Returns: values, and places counted row by row in each channel's plane (int64).
  /// - Source: torch.nn.functional.max_pool2d_with_indices
  public final func maxPool2dWithIndices(
    _ kernelSize: any SpatialSizes, stride: (any SpatialSizes)? = nil,
    padding: any SpatialSizes = 0, dilation: any SpatialSizes = 1,
    ceilMode: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> (values: Tensor, indices: Tensor) {
    let (values, indices) = maxPooled(
      "maxPool2d", 2, kernelSize.sizes, stride?.sizes, padding.sizes, dilation.sizes, ceilMode,
      true, file, line)
    return (values, indices ?? .poison)
  }

  /// `maxPool3d` with the places of the elements found, as `maxUnpool3d` takes them.
  ///
  /// - Returns: values, and places counted row by row in each channel's volume (int64).
  /// - Source: torch.nn.functional.max_pool3d_with_indices
  public final func maxPool3dWithIndices(
    _ kernelSize: any SpatialSizes, stride: (any SpatialSizes)? = nil,
    padding: any SpatialSizes = 0, dilation: any SpatialSizes = 1,
    ceilMode: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> (values: Tensor, indices: Tensor) {
    let (values, indices) = maxPooled(
      "maxPool3d", 3, kernelSize.sizes, stride?.sizes, padding.sizes, dilation.sizes, ceilMode,
      true, file, line)
    return (values, indices ?? .poison)
  }

  private func maxPooled(
    _ name: String, _ dims: Int, _ size: Sizes, _ stride: Sizes?, _ padding: Sizes,
    _ dilation: Sizes, _ ceilMode: Bool, _ wantsIndices: Bool, _ file: StaticString, _ line: UInt
  ) -> (values: Tensor, indices: Tensor?) {
    let checked = attempt(file: file, line: line) { () throws(Misuse) -> Window in
      try Rules.ordered(name, self.dtype)
      return try Rules.window(
        name, dims: dims, over: self.shape, size: size, stride: stride, padding: padding,
        dilation: dilation, ceilMode: ceilMode)
    }
    guard let window = checked else { return (.poison, nil) }
    let channelsLast = isChannelsLast(dims)
    func made(_ dtype: DType) -> Tensor {
      Tensor.windowed(window.result, dtype: dtype, channelsLast: channelsLast, dims: dims)
    }
    let output = made(dtype)
    let numbers = recording(self) ? made(window.hasByteNumbers ? .uint8 : .int32) : nil
    let indices = wantsIndices ? made(.int64) : nil
    device.backend.maxPool(
      MaxPoolCall(
        window: window, input: self, output: output, numbers: numbers, indices: indices))
    if let numbers {
      let node = dims < 3 ? "MaxPool2DWithIndicesBackward0" : "MaxPool3DWithIndicesBackward0"
      output.record(
        node, TensorList(self), saving: TensorList(numbers), file: file, line: line
      ) { step, g in
        step.give(0, g.spread(to: step.saved(0), in: window))
      }
    }
    return (output, indices)
  }

  /// This gradient of a pooling added where the windows found their largest elements; linear, and the
  /// rule of its own gradient picks the elements up again. Adaptive windows have indices for numbers.
  final func spread(to numbers: Tensor, in window: Window) -> Tensor {
    let isLast = numbers.isChannelsLast(window.dims)
    let output = Tensor.windowed(
      window.source, dtype: dtype, channelsLast: isLast, dims: window.dims)
    let gradient = isLast ? channelsLast(window.dims, of: window.result) : self
    device.backend.maxPoolBackward(
      MaxPoolBackwardCall(window: window, gradient: gradient, numbers: numbers, output: output))
    if recording(self) {
      output.record(
        "MaxPoolGradientBackward0", TensorList(self), saving: TensorList(numbers)
      ) { step, g in
        let places = noGrad { step.saved(0).places(in: window) }
        let chosen = g.planes(window.dims).gather(-1, places.planes(window.dims))
        step.give(0, chosen.reshape(window.result))
      }
    }
    return output
  }

  /// The places in the plane that numbers of elements in their windows stand for.
  private func places(in window: Window) -> Tensor {
    if window.isAdaptive { return self }
    let dims = window.dims
    var (rest, places) = (to(.int64), Tensor.zeros([], dtype: .int64))
    var step = 1
    for i in (0..<dims).reversed() {
      let count = window.result[window.result.count - dims + i]
      var along = Shape(repeating: 1, count: dims)
      along[i] = count
      let starts = Tensor.arange(count) * window.stride[i] - window.padding[i]
      let number = rest.remainder(window.size[i])
      places = places + (starts.reshape(along) + number * window.dilation[i]) * step
      rest = rest.floorDivide(window.size[i])
      step *= window.source[window.source.count - dims + i]
    }
    return places
  }
}
