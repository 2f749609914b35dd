// Sums and counts that leave some elements out.

extension Pointwise {
  static let nanToZero = Pointwise("nansum", result: .promoted, inputs: 1, scalars: 0) { x, _ in
    select(Term.apply(.isNaN, x[0]), 0, x[0])
  }
  static let isNonzero = Pointwise("count_nonzero", result: .bool) { x in x .!= 0 }
}

extension Tensor {
  /// Returns the sum of the elements that are not NaN; integers and bool sum to int64.
  ///
  /// - Gradient: g for every element but NaN.
  /// - Source: torch.nansum
  public final func nansum(
    dim: Int, keepDim: Bool = false, dtype: DType? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor { nansum(dim: [dim], keepDim: keepDim, dtype: dtype, file: file, line: line) }

  /// Returns the sum of the elements that are not NaN along several dimensions (none named: all).
  public final func nansum(
    dim: [Int] = [], keepDim: Bool = false, dtype: DType? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    guard let mask = checkedDims("nansum", dim, file, line) else { return .poison }
    let source = dtype.map { to($0) } ?? self
    if !source.dtype.isFloatingPoint {
      return source.sum(mask: mask, keepDim: keepDim, dtype: dtype)
    }
    let output = reduced(
      .sum, Pointwise.nanToZero.program, TensorList(source), over: mask, to: source.dtype)
    output.layout = Layout(contiguous: Tensor.reducedShape(shape, mask, keepDim: keepDim))
    if recording(source) {
      let kept = Tensor.reducedShape(shape, mask, keepDim: true)
      output.record(
        "NansumBackward0", TensorList(source), saving: TensorList(source), file: file, line: line
      ) { step, g in
        step.give(0, Tensor.where(step.saved(0).isnan(), 0, g.reshape(kept)))
      }
    }
    return output
  }

  /// Returns the mean of the elements that are not NaN; NaN where there are none.
  ///
  /// - Precondition: a floating-point tensor.
  /// - Gradient: g divided by their number, for these elements.
  /// - Source: torch.nanmean
  public final func nanmean(
    dim: Int, keepDim: Bool = false, dtype: DType? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor { nanmean(dim: [dim], keepDim: keepDim, dtype: dtype, file: file, line: line) }

  /// Returns the mean of the elements that are not NaN along several dimensions (none named: all).
  public final func nanmean(
    dim: [Int] = [], keepDim: Bool = false, dtype: DType? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    let mask = attempt(file: file, line: line) { () throws(Misuse) -> UInt32 in
      try Rules.floating("nanmean", self.dtype)
      return try Rules.dims("nanmean", dim, of: self.shape) & Tensor.allDims(self.shape)
    }
    guard let mask else { return .poison }
    let numbers = isnan().logicalNot().sum(mask: mask, keepDim: keepDim)
    return nansum(dim: dim, keepDim: keepDim, dtype: dtype, file: file, line: line) / numbers
  }

  /// Counts the elements that are not zero along a dimension. NaN is not zero.
  ///
  /// - Returns: int64.
  /// - Source: torch.count_nonzero
  public final func countNonzero(
    dim: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { countNonzero(dim: [dim], file: file, line: line) }

  /// Counts the elements that are not zero along several dimensions (none named: all).
  public final func countNonzero(
    dim: [Int] = [], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard let mask = checkedDims("countNonzero", dim, file, line) else { return .poison }
    let output = reduced(
      .sum, Pointwise.isNonzero.program, TensorList(self), over: mask, to: .int64)
    output.layout = Layout(contiguous: Tensor.reducedShape(shape, mask, keepDim: false))
    return output
  }
}
