// Signs, neighbours and repairs of floating-point numbers.

extension Pointwise {
  static let absOp = Pointwise("abs", result: .promoted, domain: .numbers) { x in abs(x) }
  static let signOp = Pointwise("sign", result: .promoted) { x in sign(x) }
  static let sgnOp = Pointwise("sgn", result: .promoted) { x in sign(x) }
  static let signbitOp = Pointwise("signbit", result: .bool) { x in Term.apply(.signbit, x) }
  static let copysignOp = Pointwise("copysign") { x, y in Term.apply(.copysign, x, y) }
  static let copysignScalarOp = Pointwise(
    "copysign", inputs: 1, scalars: 1, node: "CopysignBackward1"
  ) { x, s in Term.apply(.copysign, x[0], s[0]) }
  static let nextafterOp = Pointwise(
    "nextafter", result: .promoted, inputs: 2, scalars: 0, domain: .floating,
    gradient: { x, _, g in [select(x[0] .== x[1], 0, g), nil] }
  ) { x, _ in Term.apply(.nextafter, x[0], x[1]) }
  static let heavisideOp = Pointwise(
    "heaviside", result: .promoted, inputs: 2, scalars: 0, isDifferentiable: false
  ) { x, _ in select(x[0] .== 0, x[1], select(x[0] .> 0, 1, .constant(0))) }
  static let nanToNumOp = Pointwise(
    "nan_to_num", result: .promoted, inputs: 1, scalars: 3, domain: .floating,
    gradient: { x, _, g in [select(isNaN(x[0]) | Term.apply(.isInf, x[0]), 0, g)] }
  ) { x, s in
    let finite = select(Term.apply(.isInf, x[0]), select(x[0] .> 0, s[1], s[2]), x[0])
    return select(isNaN(x[0]), s[0], finite)
  }
}

extension Tensor {
  /// Returns the absolute value.
  ///
  /// - Gradient: g sign(x), 0 at 0.
  /// - Source: torch.abs
  public final func abs(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.absOp(self, file: file, line: line)
  }

  /// Does `abs` in place.
  ///
  /// - Source: torch.Tensor.abs_
  @discardableResult
  public final func abs_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.absOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// Returns -1, 0 or 1; 0 for NaN.
  ///
  /// - Gradient: 0.
  /// - Source: torch.sign
  public final func sign(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.signOp(self, file: file, line: line)
  }

  /// Does `sign` in place.
  ///
  /// - Source: torch.Tensor.sign_
  @discardableResult
  public final func sign_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.signOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// Returns -1, 0 or 1: `sign`, under the name it has for complex numbers too.
  ///
  /// - Gradient: 0.
  /// - Source: torch.sgn
  public final func sgn(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.sgnOp(self, file: file, line: line)
  }

  /// Does `sgn` in place.
  ///
  /// - Source: torch.Tensor.sgn_
  @discardableResult
  public final func sgn_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.sgnOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// Returns whether the sign bit is set: true for -0 too.
  ///
  /// - Source: torch.signbit
  public final func signbit(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.signbitOp(self, file: file, line: line)
  }

  /// Returns the magnitude of self with the sign of `other`. Integers become float32.
  ///
  /// - Gradient: g times the change of sign, 0 where self is 0; 0 for `other`.
  /// - Source: torch.copysign
  public final func copysign(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Pointwise.copysignOp(self, other, file: file, line: line) }

  public final func copysign(
    _ other: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Pointwise.copysignScalarOp.unary(self, ScalarList(other.scalarValue), file: file, line: line)
  }

  /// Does `copysign` in place.
  @discardableResult
  public final func copysign_(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Pointwise.copysignOp.applyInPlace(TensorList(self, other), file: file, line: line) }

  /// Returns the next representable number from self towards `other`.
  ///
  /// - Gradient: g for self where the two differ, 0 for `other`.
  /// - Source: torch.nextafter
  public final func nextafter(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    // Steps of the narrow formats are not steps of the float32 in which they are computed.
    if dtype == other.dtype && (dtype == .float16 || dtype == .bfloat16) {
      Misuse(
        "nextafter", "the operation is defined for float32 and float64", got: dtype.name,
        try: "to(.float32) first"
      ).raise(file: file, line: line)
      return .poison
    }
    return Pointwise.nextafterOp(self, other, file: file, line: line)
  }

  /// Returns 0 below 0, 1 above, and the element of `values` at 0. Not differentiable.
  ///
  /// - Precondition: both of one dtype.
  /// - Source: torch.heaviside
  public final func heaviside(
    _ values: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if dtype != values.dtype {
      Misuse(
        "heaviside", "the dtypes differ", got: "\(dtype.name) and \(values.dtype.name)",
        try: "values.to(.\(dtype.name))"
      ).raise(file: file, line: line)
      return .poison
    }
    return Pointwise.heavisideOp(self, values, file: file, line: line)
  }

  /// Replaces NaN and the infinities by numbers: by default 0 and the largest and smallest finite ones.
  ///
  /// Integers and bool are returned as they are.
  /// - Gradient: g where the element is finite, else 0.
  /// - Source: torch.nan_to_num
  public final func nanToNum(
    nan: Double = 0, posinf: Double? = nil, neginf: Double? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    if !dtype.isFloatingPoint { return clone() }
    return Pointwise.nanToNumOp.unary(
      self, replacements(nan, posinf, neginf), file: file, line: line)
  }

  /// Does `nanToNum` in place.
  ///
  /// - Source: torch.Tensor.nan_to_num_
  @discardableResult
  public final func nanToNum_(
    nan: Double = 0, posinf: Double? = nil, neginf: Double? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    if !dtype.isFloatingPoint { return self }
    return Pointwise.nanToNumOp.applyInPlace(
      TensorList(self), scalars: replacements(nan, posinf, neginf), file: file, line: line)
  }

  private func replacements(_ nan: Double, _ posinf: Double?, _ neginf: Double?) -> ScalarList {
    let largest = dtype.largestFinite
    return ScalarList([
      .double(nan), .double(posinf ?? largest), .double(neginf ?? -largest),
    ])
  }
}

extension DType {
  /// The largest finite number of a floating-point dtype.
  var largestFinite: Double {
    switch self {
    case .float16: 65504
    case .bfloat16: 0x1.fep127
    case .float32: 0x1.fffffep127
    case .float64, .bool, .uint8, .int8, .int16, .int32, .int64: Double.greatestFiniteMagnitude
    }
  }
}
