// Limits and elementwise choice.

extension Pointwise {
  static let clampOp = Pointwise("clamp", result: .promoted, inputs: 1, scalars: 2) { x, s in
    select((x[0] .< s[0]), s[0], select(x[0] .> s[1], s[1], x[0]))
  }
  static let clampMinOp = Pointwise("clamp_min", result: .promoted, inputs: 1, scalars: 1, node: "ClampBackward1") { x, s in
    select(x[0] .< s[0], s[0], x[0])
  }
  static let clampMaxOp = Pointwise("clamp_max", result: .promoted, inputs: 1, scalars: 1, node: "ClampBackward1") { x, s in
    select(x[0] .> s[0], s[0], x[0])
  }
  static let maximumOp = Pointwise("maximum", result: .promoted) { x, y in maximum(x, y) }
  static let minimumOp = Pointwise("minimum", result: .promoted) { x, y in minimum(x, y) }
  static let whereOp = Pointwise(
    "where", result: .promoted, inputs: 3, masks: [0], scalars: 0) { x, _ in select(x[0], x[1], x[2]) }
}

extension Tensor {
  /// Limits the elements to [min, max]; either may be left out. NaN stays.
  ///
  /// - Gradient: g inside, the limits included; 0 outside.
  /// - Source: torch.clamp
  public final func clamp(
    min: (some Scalar)? = Optional<Double>.none, max: (some Scalar)? = Optional<Double>.none,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    switch (min?.scalarValue, max?.scalarValue) {
    case (let low?, let high?):
      return Pointwise.clampOp.unary(self, ScalarList(low, high), file: file, line: line)
    case (let low?, nil): return Pointwise.clampMinOp.unary(self, ScalarList(low), file: file, line: line)
    case (nil, let high?): return Pointwise.clampMaxOp.unary(self, ScalarList(high), file: file, line: line)
    case (nil, nil):
      Misuse("clamp", "neither limit is given", got: "nothing", try: "min:, max: or both").raise(
        file: file, line: line)
      return .poison
    }
  }

  /// The larger of two elements; NaN if either is. Ties share the gradient.
  ///
  /// - Source: torch.maximum
  public final func maximum(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Pointwise.maximumOp(self, other, file: file, line: line) }

  /// - Source: torch.minimum
  public final func minimum(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Pointwise.minimumOp(self, other, file: file, line: line) }

  /// Elements of `a` where the mask is true, else of `b`.
  ///
  /// - Gradient: g for `a` where the mask is true, for `b` elsewhere.
  /// - Source: torch.where
  public static func `where`(
    _ mask: Tensor, _ a: Tensor, _ b: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if mask.dtype != .bool {
      Misuse("where", "the mask is not of bool", got: mask.dtype.name, try: "a comparison, or bool()")
        .raise(file: file, line: line)
      return .poison
    }
    return Pointwise.whereOp(mask, a, b, file: file, line: line)
  }

  public static func `where`(
    _ mask: Tensor, _ a: Tensor, _ b: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { `where`(mask, a, scalar(b, beside: a), file: file, line: line) }

  public static func `where`(
    _ mask: Tensor, _ a: some Scalar, _ b: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { `where`(mask, scalar(a, beside: b), b, file: file, line: line) }

  /// A number as a 0-d tensor that does not change the other operand's dtype within its category.
  private static func scalar(_ value: some Scalar, beside other: Tensor) -> Tensor {
    var type = ResultType()
    type.add(other.dtype, dims: 1)
    type.add(value.scalarValue)
    return full([], value, dtype: type.dtype)
  }
}
