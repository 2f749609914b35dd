// Putting the elements that a max pooling found back to their places.

extension Tensor {
  /// The inverse of `maxPool1dWithIndices`, with zeros elsewhere. See `maxUnpool2d`.
  ///
  /// - Source: torch.nn.functional.max_unpool1d
  public final func maxUnpool1d(
    _ indices: Tensor, _ kernelSize: any SpatialSizes, stride: (any SpatialSizes)? = nil,
    padding: any SpatialSizes = 0,
    outputSize: [Int]? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    maxUnpooled(
      "maxUnpool1d", 1, indices, kernelSize.sizes, stride?.sizes, padding.sizes, outputSize, file,
      line)
  }

  /// The inverse of `maxPool2dWithIndices`: each element is put at its index in the plane of its channel,
  /// with zeros elsewhere. Of equal indices the last wins.
  ///
  /// [n, c, h, w] gives [n, c, (h - 1) stride - 2 padding + kernelSize, …]; n may be missing.
  ///
  /// - Parameters:
  ///   - indices: int64, of this shape.
  ///   - outputSize: the spatial sizes, or all, where the sizes above are not those of the pooled input.
  /// - Gradient: g at the indices.
  /// - Source: torch.nn.functional.max_unpool2d
  public final func maxUnpool2d(
    _ indices: Tensor, _ kernelSize: any SpatialSizes, stride: (any SpatialSizes)? = nil,
    padding: any SpatialSizes = 0,
    outputSize: [Int]? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    maxUnpooled(
      "maxUnpool2d", 2, indices, kernelSize.sizes, stride?.sizes, padding.sizes, outputSize, file,
      line)
  }

  /// The inverse of `maxPool3dWithIndices`, with zeros elsewhere. See `maxUnpool2d`.
  ///
  /// - Source: torch.nn.functional.max_unpool3d
  public final func maxUnpool3d(
    _ indices: Tensor, _ kernelSize: any SpatialSizes, stride: (any SpatialSizes)? = nil,
    padding: any SpatialSizes = 0,
    outputSize: [Int]? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    maxUnpooled(
      "maxUnpool3d", 3, indices, kernelSize.sizes, stride?.sizes, padding.sizes, outputSize, file,
      line)
  }

  private func maxUnpooled(
    _ name: String, _ dims: Int, _ indices: Tensor, _ size: Sizes, _ stride: Sizes?,
    _ padding: Sizes, _ outputSize: [Int]?, _ file: StaticString, _ line: UInt
  ) -> Tensor {
    let checked = attempt(file: file, line: line) { () throws(Misuse) -> Shape in
      if indices.dtype != .int64 || indices.shape != self.shape {
        throw Misuse(
          name, "the indices must be int64 and of the input's shape",
          got: "\(indices.dtype.name) \(indices.shape.brackets) for \(self.shape.brackets)",
          try: "the indices that the pooling gave")
      }
      return try Rules.unpooled(name, dims, self.shape, size, stride, padding, outputSize)
    }
    guard let target = checked else { return .poison }
    let output = Tensor.zeros(target, dtype: dtype)
    let places = indices.planes(dims)
    do throws(Misuse) {
      try device.backend.scatter(
        ScatterCall(
          mode: .assign, target: output.planes(dims), dim: places.ndim - 1, index: places,
          source: noGrad { planes(dims) }, isNew: true, operation: name))
    } catch {
      error.raise(file: file, line: line)
      return .poison
    }
    if recording(self) {
      let shape = self.shape
      output.record(
        dims < 3 ? "MaxUnpool2DBackward0" : "MaxUnpool3DBackward0", TensorList(self),
        saving: TensorList(places), file: file, line: line
      ) { step, g in
        let chosen = g.expanded(to: target).planes(dims).gather(-1, step.saved(0))
        step.give(0, chosen.reshape(shape))
      }
    }
    return output
  }
}

extension Rules {
  /// The shape of what was pooled to a shape; sizes that are asked for differ by less than the stride.
  static func unpooled(
    _ operation: String, _ dims: Int, _ shape: Shape, _ size: Sizes, _ stride: Sizes?,
    _ padding: Sizes, _ wanted: [Int]?
  ) throws(Misuse) -> Shape {
    try spatial(operation, dims, shape)
    let size = try perDim(operation, "kernel size", size, dims, least: 1)
    let stride =
      if let stride, !stride.values.isEmpty {
        try perDim(operation, "stride", stride, dims, least: 1)
      } else { size }
    let padding = try perDim(operation, "padding", padding, dims, least: 0)
    if let wanted, wanted.count != dims && wanted.count != shape.count {
      throw Misuse(
        operation, "the output size has no value for each dimension", got: "\(wanted)",
        try: "\(dims) numbers")
    }
    var result = shape
    for i in 0..<dims {
      let d = shape.count - dims + i
      let usual = (shape[d] - 1) * stride[i] + size[i] - 2 * padding[i]
      result[d] = wanted.map { $0[$0.count - dims + i] } ?? usual
      if result[d] < 1 || abs(result[d] - usual) >= stride[i] && wanted != nil {
        throw Misuse(
          operation, "an output size is not what the windows make", got: "\(result[d])",
          try: "from \(usual - stride[i] + 1) to \(usual + stride[i] - 1)")
      }
    }
    return result
  }
}
