// Variance and standard deviation.

extension Pointwise {
  /// The root of a variance, with gradient 0 at 0.
  static let deviation = Pointwise(
    "std", inputs: 1, scalars: 0,
    gradient: { x, _, g in
      let isZero = x[0] .== 0
      return [select(isZero, 0, 0.5 * g / sqrt(select(isZero, 1, x[0])))]
    }
  ) { x, _ in sqrt(x[0]) }
}

extension Tensor {
  /// The variance over several dimensions (none named: all): squared deviations from the mean divided by
  /// n - correction.
  ///
  /// - Gradient: 2 g (x - mean) / (n - correction).
  /// - Source: torch.var
  public final func `var`(
    dim: [Int] = [], correction: Double = 1, keepDim: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    varMean(dim: dim, correction: correction, keepDim: keepDim, file: file, line: line).variance
  }

  public final func `var`(
    dim: Int, correction: Double = 1, keepDim: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    `var`(dim: [dim], correction: correction, keepDim: keepDim, file: file, line: line)
  }

  /// The square root of the variance.
  ///
  /// - Gradient: g (x - mean) / ((n - correction) y), 0 where y is 0.
  /// - Source: torch.std
  public final func std(
    dim: [Int] = [], correction: Double = 1, keepDim: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    stdMean(dim: dim, correction: correction, keepDim: keepDim, file: file, line: line).std
  }

  /// Standard deviation and mean in one pass.
  ///
  /// - Source: torch.std_mean
  public final func stdMean(
    dim: [Int] = [], correction: Double = 1, keepDim: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> (std: Tensor, mean: Tensor) {
    let (variance, mean) = varMean(
      dim: dim, correction: correction, keepDim: keepDim, file: file, line: line)
    return (Pointwise.deviation.unary(variance, file: file, line: line), mean)
  }

  public final func std(
    dim: Int, correction: Double = 1, keepDim: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    std(dim: [dim], correction: correction, keepDim: keepDim, file: file, line: line)
  }

  /// Variance and mean in one pass.
  ///
  /// - Source: torch.var_mean
  public final func varMean(
    dim: [Int] = [], correction: Double = 1, keepDim: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> (variance: Tensor, mean: Tensor) {
    let checked = attempt(file: file, line: line) { () throws(Misuse) -> UInt32 in
      try Rules.floating("var", self.dtype)
      return try Rules.dims("var", dim, of: self.shape) & Tensor.allDims(self.shape)
    }
    guard let mask = checked else { return (.poison, .poison) }
    let kept = Tensor.reducedShape(shape, mask, keepDim: true)
    let variance = Tensor(empty: kept, dtype: dtype)
    let mean = Tensor(empty: kept, dtype: dtype)
    device.backend.moments(
      MomentsCall(input: self, dims: mask, correction: correction, mean: mean, variance: variance))
    let target = Layout(contiguous: Tensor.reducedShape(shape, mask, keepDim: keepDim))
    variance.layout = target
    mean.layout = target
    if recording(self) {
      var count = 1.0
      for i in 0..<ndim where mask & (1 << UInt32(i)) != 0 { count *= Double(shape[i]) }
      let dims = (0..<ndim).filter { mask & (1 << UInt32($0)) != 0 }
      let full = shape
      Tensor.record(
        "VarMeanBackward0", outputs: [variance, mean], [self], saving: [self], file: file,
        line: line
      ) { step, gradients in
        let x = step.saved(0)
        var total: Tensor?
        if let g = gradients[0] {
          let center = ndimIsZero(full) ? x : x.mean(dim: dims, keepDim: true)
          total = (x - center) * (g.reshape(kept) * (2 / Swift.max(count - correction, 0)))
        }
        if let g = gradients[1] {
          let share = (g.reshape(kept) / count).expanded(to: full)
          total = total.map { $0 + share } ?? share
        }
        if let total { step.give(0, total) }
      }
    }
    return (variance, mean)
  }
}

/// Whether a shape is that of a 0-d tensor, whose mean is the tensor itself.
private func ndimIsZero(_ shape: Shape) -> Bool { shape.count == 0 }
