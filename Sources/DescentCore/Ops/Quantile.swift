// Quantiles.

/// What `quantile` gives between two elements.
public enum QuantileInterpolation: String, Sendable, CaseIterable, CustomStringConvertible {
  /// The point on the line between them.
  case linear
  case lower, higher
  /// The mean of both.
  case midpoint
  /// The nearer one; of equally near ones that with an even place.
  case nearest
  /// PyTorch's text.
  public var description: String { rawValue }
}

extension Tensor {
  /// Returns the q-quantiles along a dimension, or of all elements: what stands at place q (n - 1) of n
  /// elements in order.
  ///
  /// NaN where there is a NaN in the row.
  /// - Parameters:
  ///   - q: numbers in [0, 1], 0-d or a vector, of this tensor's dtype.
  ///   - interpolation: what is given where q (n - 1) is no integer.
  /// - Returns: the shape without the dimension, with the size of a vector q in front.
  /// - Precondition: float32 or float64, with elements.
  /// - Gradient: to the two elements by their share; with `linear` to q as well.
  /// - Source: torch.quantile
  public final func quantile(
    _ q: Tensor, dim: Int? = nil, keepDim: Bool = false,
    interpolation: QuantileInterpolation = .linear, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    quantile("quantile", q, ignoresNaN: false, dim, keepDim, interpolation, file, line)
  }

  /// Returns one quantile.
  public final func quantile(
    _ q: some Scalar, dim: Int? = nil, keepDim: Bool = false,
    interpolation: QuantileInterpolation = .linear, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    let q = Tensor.full(Shape(), q, dtype: isFloatingPoint ? dtype : .float32)
    return quantile("quantile", q, ignoresNaN: false, dim, keepDim, interpolation, file, line)
  }

  /// Returns the quantiles of what is not NaN; NaN where all is.
  ///
  /// - Source: torch.nanquantile
  public final func nanquantile(
    _ q: Tensor, dim: Int? = nil, keepDim: Bool = false,
    interpolation: QuantileInterpolation = .linear, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    quantile("nanquantile", q, ignoresNaN: true, dim, keepDim, interpolation, file, line)
  }

  /// Returns one quantile of what is not NaN.
  public final func nanquantile(
    _ q: some Scalar, dim: Int? = nil, keepDim: Bool = false,
    interpolation: QuantileInterpolation = .linear, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    let q = Tensor.full(Shape(), q, dtype: isFloatingPoint ? dtype : .float32)
    return quantile("nanquantile", q, ignoresNaN: true, dim, keepDim, interpolation, file, line)
  }

  private func quantile(
    _ operation: String, _ q: Tensor, ignoresNaN: Bool, _ dim: Int?, _ keepDim: Bool,
    _ interpolation: QuantileInterpolation, _ file: StaticString, _ line: UInt
  ) -> Tensor {
    let checked = attempt(file: file, line: line) { () throws(Misuse) -> Int? in
      try Rules.quantile(operation, self, q)
      return try dim.map { d throws(Misuse) in try Rules.dim(operation, d, of: self.shape) }
    }
    guard let d = checked else { return .poison }
    let rows = d == nil || ndim == 0 ? ravel() : movedim(d ?? 0, -1)
    let sorted = rows.sort(file: file, line: line).values
    let place = sorted.quantilePlaces(q.ravel(), ignoresNaN)
    var result: Tensor
    switch interpolation {
    case .lower: result = sorted.gather(-1, place.index { $0.floor() })
    case .higher: result = sorted.gather(-1, place.index { $0.ceil() })
    case .nearest: result = sorted.gather(-1, place.index { $0.round() })
    case .linear, .midpoint:
      let below = place.index { $0.floor() }
      let share =
        interpolation == .linear ? place - below : Tensor.full(Shape(), 0.5, dtype: dtype)
      let above = sorted.gather(-1, place.index { $0.ceil() })
      result = sorted.gather(-1, below).lerp(above, share, file: file, line: line)
    }
    // The quantiles stand in the last dim.
    result = q.ndim == 0 ? result.squeeze(-1) : result.movedim(-1, 0)
    guard keepDim && ndim > 0 else { return result }
    if let d { return result.unsqueeze(d + q.ndim) }
    let ones = [Int](repeating: 1, count: ndim)
    return result.reshape(q.ndim == 0 ? ones : [q.numel()] + ones)
  }

  /// Places of quantiles in sorted rows, [..., k], in this tensor's dtype.
  private func quantilePlaces(_ q: Tensor, _ ignoresNaN: Bool) -> Tensor {
    let last = shape[-1] - 1
    let numbers = noGrad { isnan().logicalNot().sum(dim: -1, keepDim: true) }
    if ignoresNaN { return (q * (numbers - 1)).clampMin(0) }
    return Tensor.where(numbers .== last + 1, q * last, Double(last))
  }

  /// Places rounded to indices.
  private func index(_ rounding: (Tensor) -> Tensor) -> Tensor {
    noGrad { rounding(self).to(.int64) }
  }
}

extension Rules {
  static func quantile(_ operation: String, _ x: Tensor, _ q: Tensor) throws(Misuse) {
    if x.dtype != .float32 && x.dtype != .float64 {
      throw Misuse(
        operation, "a float32 or float64 tensor is needed", got: x.dtype.name, try: "to(.float32)")
    }
    if x.numel() == 0 {
      throw Misuse(
        operation, "there is no element to choose from", got: x.shape.brackets,
        try: "a tensor with elements")
    }
    if q.ndim > 1 || q.dtype != x.dtype {
      throw Misuse(
        operation, "q must be 0-d or a vector of the input's dtype",
        got: "\(q.dtype.name) \(q.shape.brackets) for \(x.dtype.name)",
        try: "ravel() or to(.\(x.dtype.name))")
    }
    let isGood = noGrad { (q .>= 0).logicalAnd(q .<= 1).all().item(as: Bool.self) }
    if !isGood {
      throw Misuse(operation, "q is not in [0, 1]", got: "\(q.detach())", try: "0 to 1")
    }
  }
}
