// Reading from places given by an index along one dimension.

extension Tensor {
  /// output[i][j]… = self with coordinate `dim` replaced by index[i][j]….
  ///
  /// - Gradient: added back at the places read.
  /// - Source: torch.gather
  public final func gather(
    _ dim: Int, _ index: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked = attempt(file: file, line: line) { () throws(Misuse) -> Int in
      let d = try Rules.dim("gather", dim, of: self.shape)
      try Rules.indexAlong("gather", d, self.shape, index)
      return d
    }
    guard let d = checked else { return .poison }
    let output = Tensor(empty: index.shape, dtype: dtype)
    if index.numel() == 0 { return recordedGather(output, d, index, file, line) }
    let index = index.to(.int64)
    do throws(Misuse) {
      try device.backend.gather(
        GatherCall(
          source: atLeastOneDim, dim: d, index: index.atLeastOneDim, output: output.atLeastOneDim,
          operation: "gather"))
    } catch {
      error.raise(file: file, line: line)
      return .poison
    }
    return recordedGather(output, d, index, file, line)
  }

  private func recordedGather(
    _ output: Tensor, _ d: Int, _ index: Tensor, _ file: StaticString, _ line: UInt
  ) -> Tensor {
    if recording(self) {
      let shape = self.shape
      output.record(
        "GatherBackward0", TensorList(self), saving: TensorList(index), file: file, line: line
      ) {
        step, g in
        step.give(0, Tensor.scatteredSum(shape, d, step.saved(0), g))
      }
    }
    return output
  }

  /// What kernels see of a 0-d tensor: one dimension of size 1.
  final var atLeastOneDim: Tensor {
    ndim > 0 ? self : Tensor(storage: storage, layout: layout.unsqueezed(0), dtype: dtype)
  }

  /// Rows `index` of dimension `dim`, in its order; a row may be chosen several times.
  ///
  /// - Parameter index: int64 or int32, one dimension.
  /// - Gradient: added to the rows chosen.
  /// - Source: torch.index_select
  public final func indexSelect(
    _ dim: Int, _ index: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked = attempt(file: file, line: line) { () throws(Misuse) -> Int in
      let d = try Rules.dim("indexSelect", dim, of: self.shape)
      if index.ndim > 1 || (index.dtype != .int64 && index.dtype != .int32) {
        throw Misuse(
          "indexSelect", "the index must be a vector of int64 or int32",
          got: "\(index.dtype.name) \(index.shape.brackets)", try: "to(.int64) and flatten()")
      }
      return d
    }
    guard let d = checked else { return .poison }
    if ndim == 0 {
      if index.numel() != 1 {
        Misuse(
          "indexSelect", "a 0-d tensor has one position", got: index.shape.brackets,
          try: "one index"
        ).raise(file: file, line: line)
        return .poison
      }
      return reshape([1]).indexSelect(0, index, file: file, line: line).reshape(Shape())
    }
    let rows = index.to(.int64).reshape([index.numel()])
    var shape = self.shape
    shape[d] = rows.numel()
    let spread = rows.spread(over: shape, dim: d)
    let output = Tensor(empty: shape, dtype: dtype)
    do throws(Misuse) {
      try device.backend.gather(
        GatherCall(source: self, dim: d, index: spread, output: output, operation: "indexSelect"))
    } catch {
      error.raise(file: file, line: line)
      return .poison
    }
    if recording(self) {
      let full = self.shape
      output.record(
        "IndexSelectBackward0", TensorList(self), saving: TensorList(spread), file: file, line: line
      ) {
        step, g in
        step.give(0, Tensor.scatteredSum(full, d, step.saved(0), g))
      }
    }
    return output
  }

  /// Elements along a dim at places that broadcast with the tensor outside that dim: what `argsort` and
  /// `argmax` give. Without a dim, of the flattened tensor.
  ///
  /// - Source: torch.take_along_dim
  public final func takeAlongDim(
    _ indices: Tensor, dim: Int? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard let dim else { return ravel().gather(0, indices.ravel(), file: file, line: line) }
    let shapes = attempt(file: file, line: line) { () throws(Misuse) -> (Int, Shape, Shape) in
      let d = try Rules.dim("takeAlongDim", dim, of: self.shape)
      if indices.dtype != .int64 || indices.ndim != self.ndim {
        throw Misuse(
          "takeAlongDim", "int64 indices of as many dimensions as the tensor are needed",
          got: "\(indices.dtype.name) \(indices.shape.brackets) for \(self.shape.brackets)",
          try: "unsqueeze or to(.int64)")
      }
      if self.ndim == 0 { return (d, self.shape, indices.shape) }
      var (own, places) = (self.shape, indices.shape)
      own[d] = 1
      places[d] = 1
      let common = try Rules.broadcast("takeAlongDim", own, places)
      (own, places) = (common, common)
      own[d] = self.shape[d]
      places[d] = indices.shape[d]
      return (d, own, places)
    }
    guard let (d, own, places) = shapes else { return .poison }
    // Negative positions count from the end, which gather itself does not know.
    let counted = noGrad { Tensor.where(indices .< 0, indices + own[d], indices) }
    return expanded(to: own).gather(d, counted.expanded(to: places), file: file, line: line)
  }

  /// A vector of indices as an expanded view of a shape, along one dim.
  final func spread(over shape: Shape, dim: Int) -> Tensor {
    var strides = Shape(repeating: 0, count: shape.count)
    strides[dim] = layout.strides[0]
    return Tensor(
      storage: storage, layout: Layout(shape: shape, strides: strides, offset: layout.offset),
      dtype: dtype)
  }
}

extension Rules {
  /// An index of gather and scatter: int64, as many dims, no size beyond the tensor's in the other dims.
  static func indexAlong(
    _ operation: String, _ dim: Int, _ shape: Shape, _ index: Tensor
  ) throws(Misuse) {
    if index.numel() == 0 { return }
    if index.dtype != .int64 && index.dtype != .int32 {
      throw Misuse(
        operation, "the index must be int64 or int32", got: index.dtype.name, try: "to(.int64)")
    }
    if max(index.ndim, 1) != max(shape.count, 1) {
      throw Misuse(
        operation, "index and tensor need the same number of dimensions",
        got: "\(index.shape.brackets) for \(shape.brackets)", try: "unsqueeze or view of the index")
    }
    for i in 0..<min(shape.count, index.ndim) where i != dim && index.shape[i] > shape[i] {
      throw Misuse(
        operation, "the index is larger than the tensor in dimension \(i)",
        got: "\(index.shape.brackets) for \(shape.brackets)",
        try: "an index of at most the tensor's sizes outside dim \(dim)")
    }
  }
}
