// Largest and smallest elements and their places.

extension Tensor {
  /// Index of the largest element: of all, or along `dim`. The first of equal ones; NaN is largest.
  ///
  /// - Returns: int64.
  /// - Source: torch.argmax
  public final func argmax(
    dim: Int? = nil, keepDim: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { argReduce("argmax", true, dim, keepDim, file, line) }

  /// Index of the smallest element.
  ///
  /// - Source: torch.argmin
  public final func argmin(
    dim: Int? = nil, keepDim: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { argReduce("argmin", false, dim, keepDim, file, line) }

  private func argReduce(
    _ name: String, _ largest: Bool, _ dim: Int?, _ keepDim: Bool, _ file: StaticString,
    _ line: UInt
  ) -> Tensor {
    let mask = attempt(file: file, line: line) { () throws(Misuse) -> UInt32 in
      if self.dtype == .bool {
        throw Misuse(name, "bool elements have no order", got: "bool", try: "to(.uint8)")
      }
      let mask =
        try dim.map { d throws(Misuse) in try Rules.dims(name, [d], of: self.shape) }
        ?? Tensor.allDims(self.shape)
      try Rules.notEmpty(name, self.shape, mask)
      return mask & Tensor.allDims(self.shape)
    }
    guard let mask else { return .poison }
    let output = Tensor(empty: Tensor.reducedShape(shape, mask, keepDim: true), dtype: .int64)
    do throws(Misuse) {
      try device.backend.argReduce(
        ArgReduceCall(largest: largest, input: self, dims: mask, values: nil, indices: output))
    } catch {
      error.raise(file: file, line: line)
    }
    output.layout = Layout(contiguous: Tensor.reducedShape(shape, mask, keepDim: keepDim))
    return output
  }
}

extension Tensor {
  /// The largest element of all.
  ///
  /// - Gradient: shared evenly by equal largest elements.
  /// - Source: torch.max
  public final func max(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    extreme("max", .max, Tensor.allDims(shape), false, "MaxBackward1", file, line)
  }

  /// The smallest element of all.
  public final func min(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    extreme("min", .min, Tensor.allDims(shape), false, "MinBackward1", file, line)
  }

  /// The largest elements along several dimensions (none named: all).
  ///
  /// - Gradient: shared evenly by equal largest elements.
  /// - Source: torch.amax
  public final func amax(
    dim: [Int] = [], keepDim: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard let mask = checkedDims("amax", dim, file, line) else { return .poison }
    return extreme("amax", .max, mask, keepDim, "AmaxBackward0", file, line)
  }

  public final func amax(
    dim: Int, keepDim: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { amax(dim: [dim], keepDim: keepDim, file: file, line: line) }

  /// The smallest elements along several dimensions.
  ///
  /// - Source: torch.amin
  public final func amin(
    dim: [Int] = [], keepDim: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard let mask = checkedDims("amin", dim, file, line) else { return .poison }
    return extreme("amin", .min, mask, keepDim, "AminBackward0", file, line)
  }

  public final func amin(
    dim: Int, keepDim: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { amin(dim: [dim], keepDim: keepDim, file: file, line: line) }

  /// The smallest and the largest element: of all, or along a dimension.
  ///
  /// - Gradient: shared evenly by equal ones.
  /// - Source: torch.aminmax
  public final func aminmax(
    dim: Int? = nil, keepDim: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> (min: Tensor, max: Tensor) {
    let mask = attempt(file: file, line: line) { () throws(Misuse) -> UInt32 in
      let mask = try Rules.dims("aminmax", dim.map { [$0] } ?? [], of: self.shape)
      try Rules.notEmpty("aminmax", self.shape, mask)
      return mask & Tensor.allDims(self.shape)
    }
    guard let mask else { return (.poison, .poison) }
    let node = "AminmaxBackward0"
    return (
      extreme("aminmax", .min, mask, keepDim, node, file, line),
      extreme("aminmax", .max, mask, keepDim, node, file, line)
    )
  }

  private func extreme(
    _ name: String, _ op: Reduction, _ mask: UInt32, _ keepDim: Bool, _ node: String,
    _ file: StaticString, _ line: UInt
  ) -> Tensor {
    let kept = Tensor.reducedShape(shape, mask, keepDim: true)
    let output = Tensor(empty: kept, dtype: dtype)
    do throws(Misuse) {
      if kept.elementCount > 0 {
        try Rules.notEmpty(name, shape, mask)
        try device.backend.reduce(
          ReduceCall(
            op: op, dtype: dtype, shape: shape, dims: mask, inputs: TensorList(self), output: output
          ))
      }
    } catch {
      error.raise(file: file, line: line)
      return .poison
    }
    output.layout = Layout(contiguous: Tensor.reducedShape(shape, mask, keepDim: keepDim))
    if recording(self) {
      output.record(
        node, TensorList(self), saving: TensorList(self, output), file: file, line: line
      ) {
        step, g in
        let isExtreme = step.saved(0) .== step.saved(1).reshape(kept)
        let ties = isExtreme.sum(mask: mask, keepDim: true)
        step.give(0, Tensor.where(isExtreme, g.reshape(kept) / ties, 0))
      }
    }
    return output
  }

  /// The largest elements along a dimension and their indices (the first of equal ones).
  ///
  /// - Gradient: to the element chosen.
  /// - Source: torch.max
  public final func max(
    dim: Int, keepDim: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> (values: Tensor, indices: Tensor) {
    extremeAlong("max", true, dim, keepDim, file, line)
  }

  /// The smallest elements along a dimension and their indices.
  public final func min(
    dim: Int, keepDim: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> (values: Tensor, indices: Tensor) {
    extremeAlong("min", false, dim, keepDim, file, line)
  }

  private func extremeAlong(
    _ name: String, _ largest: Bool, _ dim: Int, _ keepDim: Bool, _ file: StaticString, _ line: UInt
  ) -> (values: Tensor, indices: Tensor) {
    let mask = attempt(file: file, line: line) { () throws(Misuse) -> UInt32 in
      let mask = try Rules.dims(name, [dim], of: self.shape) & Tensor.allDims(self.shape)
      try Rules.notEmpty(name, self.shape, mask)
      return mask
    }
    guard let mask else { return (.poison, .poison) }
    let kept = Tensor.reducedShape(shape, mask, keepDim: true)
    let values = Tensor(empty: kept, dtype: dtype)
    let indices = Tensor(empty: kept, dtype: .int64)
    do throws(Misuse) {
      if kept.elementCount > 0 {
        try device.backend.argReduce(
          ArgReduceCall(largest: largest, input: self, dims: mask, values: values, indices: indices)
        )
      }
    } catch { error.raise(file: file, line: line) }
    let target = Layout(contiguous: Tensor.reducedShape(shape, mask, keepDim: keepDim))
    values.layout = target
    indices.layout = target
    recordChosen(
      name == "max" ? "MaxBackward0" : "MinBackward0", values, indices, kept, dim, file, line)
    return (values, indices)
  }

  /// Records values that were chosen by index along a dimension.
  final func recordChosen(
    _ node: String, _ values: Tensor, _ indices: Tensor, _ kept: Shape, _ dim: Int,
    _ file: StaticString, _ line: UInt
  ) {
    guard recording(self) else { return }
    let full = shape
    values.record(node, TensorList(self), saving: TensorList(indices), file: file, line: line) {
      step, g in
      step.give(0, Tensor.scatteredSum(full, dim, step.saved(0).reshape(kept), g.reshape(kept)))
    }
  }
}

extension Rules {
  /// A reduction without identity needs at least one element in the reduced dims.
  static func notEmpty(_ operation: String, _ shape: Shape, _ mask: UInt32) throws(Misuse) {
    for i in 0..<shape.count where mask & (1 << UInt32(i)) != 0 && shape[i] == 0 {
      throw Misuse(
        operation, "there is no element to choose from",
        got: "size 0 in dimension \(i) of \(shape.brackets)",
        try: "a tensor with elements")
    }
  }
}
