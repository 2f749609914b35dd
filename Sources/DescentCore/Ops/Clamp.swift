// Limits, the larger and the smaller of two.

extension Pointwise {
  static let clampOp = Pointwise(
    "clamp", result: .promoted, inputs: 1, scalars: 2, node: "ClampBackward1", domain: .numbers,
    gradient: { x, s, g in [select((x[0] .>= s[0]) & (x[0] .<= s[1]), g, 0)] }
  ) { x, s in clamp(x[0], s[0], s[1]) }
  static let clampMinOp = Pointwise(
    "clamp_min", result: .promoted, inputs: 1, scalars: 1, node: "ClampBackward1", domain: .numbers,
    gradient: { x, s, g in [select(x[0] .>= s[0], g, 0)] }
  ) { x, s in maximum(x[0], s[0]) }
  static let clampMaxOp = Pointwise(
    "clamp_max", result: .promoted, inputs: 1, scalars: 1, node: "ClampBackward1", domain: .numbers,
    gradient: { x, s, g in [select(x[0] .<= s[0], g, 0)] }
  ) { x, s in minimum(x[0], s[0]) }
  static let clampTensorOp = Pointwise(
    "clamp", result: .promoted, inputs: 3, scalars: 0
  ) { x, _ in clamp(x[0], x[1], x[2]) }
  static let clampMinTensorOp = Pointwise(
    "clamp_min", result: .promoted, inputs: 2, scalars: 0, node: "ClampMinBackward1",
    gradient: { x, _, g in [select(x[0] .>= x[1], g, 0), select(x[0] .< x[1], g, 0)] }
  ) { x, _ in maximum(x[0], x[1]) }
  static let clampMaxTensorOp = Pointwise(
    "clamp_max", result: .promoted, inputs: 2, scalars: 0, node: "ClampMaxBackward1",
    gradient: { x, _, g in [select(x[0] .<= x[1], g, 0), select(x[0] .> x[1], g, 0)] }
  ) { x, _ in minimum(x[0], x[1]) }
  static let maximumOp = Pointwise("maximum", result: .promoted) { x, y in maximum(x, y) }
  static let minimumOp = Pointwise("minimum", result: .promoted) { x, y in minimum(x, y) }
  static let fmaxOp = Pointwise("fmax", result: .promoted) { x, y in Term.apply(.fmax, x, y) }
  static let fminOp = Pointwise("fmin", result: .promoted) { x, y in Term.apply(.fmin, x, y) }
}

extension Tensor {
  /// Limits the elements to [min, max]; either may be left out. NaN stays.
  ///
  /// Where min is above max, the result is max. The limits take part in promotion.
  /// - Gradient: g inside, the limits included; 0 outside and for NaN.
  /// - Source: torch.clamp
  public final func clamp(
    min: (some Scalar)? = Optional<Double>.none, max: (some Scalar)? = Optional<Double>.none,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard let (op, limits) = clamping(min?.scalarValue, max?.scalarValue, file, line) else {
      return .poison
    }
    return op.unary(self, limits, file: file, line: line)
  }

  /// Limits the elements to tensors of limits, which broadcast.
  ///
  /// - Gradient: g to self inside, the limits included; to the limit that was taken outside.
  public final func clamp(
    min: Tensor? = nil, max: Tensor? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard let (op, inputs) = clamping(min, max, file, line) else { return .poison }
    return op.apply(inputs, file: file, line: line)
  }

  /// Does `clamp` in place.
  ///
  /// - Source: torch.Tensor.clamp_
  @discardableResult
  public final func clamp_(
    min: (some Scalar)? = Optional<Double>.none, max: (some Scalar)? = Optional<Double>.none,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard let (op, limits) = clamping(min?.scalarValue, max?.scalarValue, file, line) else {
      return self
    }
    return op.applyInPlace(TensorList(self), scalars: limits, file: file, line: line)
  }

  @discardableResult
  public final func clamp_(
    min: Tensor? = nil, max: Tensor? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard let (op, inputs) = clamping(min, max, file, line) else { return self }
    return op.applyInPlace(inputs, file: file, line: line)
  }

  private func clamping(
    _ min: ScalarValue?, _ max: ScalarValue?, _ file: StaticString, _ line: UInt
  ) -> (Pointwise, ScalarList)? {
    switch (min, max) {
    case (let low?, let high?): return (Pointwise.clampOp, ScalarList(low, high))
    case (let low?, nil): return (Pointwise.clampMinOp, ScalarList(low))
    case (nil, let high?): return (Pointwise.clampMaxOp, ScalarList(high))
    case (nil, nil):
      noLimit(file, line)
      return nil
    }
  }

  private func clamping(
    _ min: Tensor?, _ max: Tensor?, _ file: StaticString, _ line: UInt
  ) -> (Pointwise, TensorList)? {
    switch (min, max) {
    case (let low?, let high?): return (Pointwise.clampTensorOp, TensorList(self, low, high))
    case (let low?, nil): return (Pointwise.clampMinTensorOp, TensorList(self, low))
    case (nil, let high?): return (Pointwise.clampMaxTensorOp, TensorList(self, high))
    case (nil, nil):
      noLimit(file, line)
      return nil
    }
  }

  private func noLimit(_ file: StaticString, _ line: UInt) {
    Misuse("clamp", "neither limit is given", got: "nothing", try: "min:, max: or both").raise(
      file: file, line: line)
  }

  /// Limits the elements from below.
  ///
  /// - Source: torch.clamp_min
  public final func clampMin(
    _ min: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Pointwise.clampMinOp.unary(self, ScalarList(min.scalarValue), file: file, line: line)
  }

  public final func clampMin(
    _ min: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Pointwise.clampMinTensorOp(self, min, file: file, line: line) }

  /// Does `clampMin` in place.
  @discardableResult
  public final func clampMin_(
    _ min: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Pointwise.clampMinOp.applyInPlace(
      TensorList(self), scalars: ScalarList(min.scalarValue), file: file, line: line)
  }

  /// Limits the elements from above.
  ///
  /// - Source: torch.clamp_max
  public final func clampMax(
    _ max: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Pointwise.clampMaxOp.unary(self, ScalarList(max.scalarValue), file: file, line: line)
  }

  public final func clampMax(
    _ max: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Pointwise.clampMaxTensorOp(self, max, file: file, line: line) }

  /// Does `clampMax` in place.
  @discardableResult
  public final func clampMax_(
    _ max: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Pointwise.clampMaxOp.applyInPlace(
      TensorList(self), scalars: ScalarList(max.scalarValue), file: file, line: line)
  }

  /// Returns the larger of two elements; NaN if either is.
  ///
  /// - Gradient: to the larger one; ties share it.
  /// - Source: torch.maximum
  public final func maximum(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Pointwise.maximumOp(self, other, file: file, line: line) }

  /// Returns the smaller of two elements; NaN if either is.
  ///
  /// - Gradient: to the smaller one; ties share it.
  /// - Source: torch.minimum
  public final func minimum(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Pointwise.minimumOp(self, other, file: file, line: line) }

  /// Returns the larger of two elements; the other one if one is NaN.
  ///
  /// - Gradient: to the one returned; to self if they are equal.
  /// - Source: torch.fmax
  public final func fmax(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    dtype == .bool && other.dtype == .bool
      ? maximum(other, file: file, line: line)
      : Pointwise.fmaxOp(self, other, file: file, line: line)
  }

  /// Returns the smaller of two elements; the other one if one is NaN.
  ///
  /// - Gradient: to the one returned; to self if they are equal.
  /// - Source: torch.fmin
  public final func fmin(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    dtype == .bool && other.dtype == .bool
      ? minimum(other, file: file, line: line)
      : Pointwise.fminOp(self, other, file: file, line: line)
  }
}
