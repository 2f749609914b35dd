// What the pooling operations share: which windows are allowed, and how results lie in memory.

extension Rules {
  /// The windows of a pooling over the last `dims` dimensions.
  static func window(
    _ operation: String, dims: Int, over shape: Shape, size: Sizes, stride: Sizes?,
    padding: Sizes, dilation: Sizes = 1, ceilMode: Bool
  ) throws(Misuse) -> Window {
    let size = try perDim(operation, "kernel size", size, dims, least: 1)
    let stride =
      if let stride, !stride.values.isEmpty {
        try perDim(operation, "stride", stride, dims, least: 1)
      } else { size }
    let padding = try perDim(operation, "padding", padding, dims, least: 0)
    let dilation = try perDim(operation, "dilation", dilation, dims, least: 1)
    for i in 0..<dims where padding[i] > ((size[i] - 1) * dilation[i] + 1) / 2 {
      throw Misuse(
        operation, "the padding is larger than half of the window",
        got: "padding \(padding.brackets) and kernel size \(size.brackets)",
        try: "at most half of the kernel size, or pad(_:) before")
    }
    try spatial(operation, dims, shape)
    var result = shape
    for i in 0..<dims {
      let d = shape.count - dims + i
      let reach = shape[d] + 2 * padding[i] - dilation[i] * (size[i] - 1) - 1
      let room = reach + (ceilMode ? stride[i] - 1 : 0)
      var count = room / stride[i] + 1
      // The last window begins in the input or in the padding before it.
      if ceilMode && (count - 1) * stride[i] >= shape[d] + padding[i] { count -= 1 }
      if room < 0 || count < 1 {
        throw Misuse(
          operation, "the window is larger than dimension \(d) of size \(shape[d])",
          got: "kernel size \(size.brackets) for \(shape.brackets)",
          try: "a smaller window, or padding")
      }
      result[d] = count
    }
    return Window(
      dims: dims, source: shape, result: result, size: size, stride: stride, padding: padding,
      dilation: dilation)
  }

  /// [channels, …] or [batch, channels, …], of which only the batch may be empty.
  static func spatial(_ operation: String, _ dims: Int, _ shape: Shape) throws(Misuse) {
    if shape.count != dims + 1 && shape.count != dims + 2 {
      throw Misuse(
        operation, "\(dims + 1) dimensions are needed, or \(dims + 2) with a batch",
        got: shape.brackets, try: "[channels, …] or [batch, channels, …]")
    }
    let isBatched = shape.count == dims + 2
    for d in (isBatched ? 1 : 0)..<shape.count where shape[d] == 0 {
      throw Misuse(
        operation, "only the batch may be empty", got: shape.brackets, try: "sizes from 1 up")
    }
  }
}

extension Tensor {
  /// Whether the channels of a place lie next to each other, as `channels_last` of PyTorch has them.
  final func isChannelsLast(_ dims: Int) -> Bool {
    let channel = ndim - dims - 1
    return shape[channel] > 1 && layout.strides[channel] == 1 && !layout.isContiguous
      && layout.isDense
  }

  /// An empty tensor, channels last if asked for.
  static func windowed(
    _ shape: Shape, dtype: DType, channelsLast: Bool, dims: Int
  ) -> Tensor {
    if !channelsLast { return Tensor(empty: shape, dtype: dtype) }
    let channel = shape.count - dims - 1
    var places = shape
    places.remove(at: channel)
    places.append(shape[channel])
    let tensor = Tensor(empty: places, dtype: dtype)
    var order = Array(0..<places.count)
    order.insert(order.removeLast(), at: channel)
    tensor.layout = tensor.layout.permuted(order)
    return tensor
  }

  /// [batch, channels, places] of a tensor whose last dimensions are spatial.
  final func planes(_ dims: Int) -> Tensor {
    let kept = shape.count - dims
    return reshape(Shape(shape.prefix(kept) + [shape.suffix(dims).reduce(1, *)]))
  }

  /// This gradient as the kernel of channels wants it.
  final func channelsLast(_ dims: Int, of shape: Shape) -> Tensor {
    let whole = expanded(to: shape)
    if whole.isChannelsLast(dims) { return whole }
    let copy = Tensor.windowed(shape, dtype: dtype, channelsLast: true, dims: dims)
    device.backend.copy(CopyCall(source: whole, destination: copy))
    return copy
  }
}
