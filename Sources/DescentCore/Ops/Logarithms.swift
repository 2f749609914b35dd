// Sums of exponentials and products with logarithms, without overflow and without 0 * inf.

extension Pointwise {
  static let logaddexpOp = Pointwise(
    "logaddexp", result: .promoted, inputs: 2, scalars: 0, domain: .floating,
    gradient: { x, _, g in [g / (1 + exp(x[1] - x[0])), g / (1 + exp(x[0] - x[1]))] }
  ) { x, _ in
    let equal = x[0] .== x[1]  // two equal infinities have no difference
    let sum = maximum(x[0], x[1]) + log1p(exp(-abs(x[0] - x[1])))
    return select(equal & Term.apply(.isInf, x[0]), x[0], sum)
  }
  static let logaddexp2Op = Pointwise(
    "logaddexp2", result: .promoted, inputs: 2, scalars: 0, domain: .floating,
    gradient: { x, _, g in
      [
        g / (1 + Term.apply(.exp2, x[1] - x[0])), g / (1 + Term.apply(.exp2, x[0] - x[1])),
      ]
    }
  ) { x, _ in
    let equal = x[0] .== x[1]
    let tail = log1p(Term.apply(.exp2, -abs(x[0] - x[1]))) * 1.44269504088896341
    return select(equal & Term.apply(.isInf, x[0]), x[0], maximum(x[0], x[1]) + tail)
  }

  /// x log(y): 0 where x is 0 and y is not NaN.
  private static func xlogy(_ x: Term, _ y: Term) -> Term {
    select(isNaN(y), y, select(x .== 0, 0, x * log(y)))
  }
  private static func logIfNonzero(_ x: Term, _ logarithm: Term, _ y: Term) -> Term {
    select(isNaN(y), y, select(x .== 0, 0, logarithm))
  }
  static let xlogyOp = Pointwise(
    "xlogy", inputs: 2, scalars: 0,
    gradient: { x, _, g in
      [g * logIfNonzero(x[0], log(x[1]), x[1]), g * x[0] / x[1]]
    }
  ) { x, _ in xlogy(x[0], x[1]) }
  static let xlogyScalarOp = Pointwise(
    "xlogy", inputs: 1, scalars: 1, node: "XlogyBackward2",
    gradient: { x, s, g in [g * logIfNonzero(x[0], log(s[0]), s[0])] }
  ) { x, s in xlogy(x[0], s[0]) }
  static let scalarXlogyOp = Pointwise(
    "xlogy", inputs: 1, scalars: 1, node: "XlogyBackward1",
    gradient: { x, s, g in [g * s[0] / x[0]] }
  ) { x, s in xlogy(s[0], x[0]) }
  static let xlog1pyOp = Pointwise(
    "special_xlog1py", inputs: 2, scalars: 0, node: "SpecialXlog1PyBackward0",
    gradient: { x, _, g in
      [g * logIfNonzero(x[0], log1p(x[1]), x[1]), g * x[0] / (x[1] + 1)]
    }
  ) { x, _ in select(isNaN(x[1]), x[1], select(x[0] .== 0, 0, x[0] * log1p(x[1]))) }
  static let xlog1pyScalarOp = Pointwise(
    "special_xlog1py", inputs: 1, scalars: 1, node: "SpecialXlog1PyBackward2",
    gradient: { x, s, g in [g * logIfNonzero(x[0], log1p(s[0]), s[0])] }
  ) { x, s in select(isNaN(s[0]), s[0], select(x[0] .== 0, 0, x[0] * log1p(s[0]))) }
  static let ldexpOp = Pointwise("ldexp") { x, y in x * Term.apply(.exp2, y) }
}

extension Tensor {
  /// Returns log(exp(x) + exp(y)), without overflow.
  ///
  /// - Gradient: g sigmoid(x - y) and g sigmoid(y - x).
  /// - Source: torch.logaddexp
  public final func logaddexp(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Pointwise.logaddexpOp(self, other, file: file, line: line) }

  /// Returns log2(2^x + 2^y), without overflow.
  ///
  /// - Gradient: g / (1 + 2^(y - x)) and g / (1 + 2^(x - y)).
  /// - Source: torch.logaddexp2
  public final func logaddexp2(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Pointwise.logaddexp2Op(self, other, file: file, line: line) }

  /// Returns x log(y); 0 where x is 0 unless y is NaN.
  ///
  /// - Gradient: g log(y) (0 where x is 0) and g x / y.
  /// - Source: torch.xlogy
  public final func xlogy(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Pointwise.xlogyOp(self, other, file: file, line: line) }

  public final func xlogy(
    _ other: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Pointwise.xlogyScalarOp.unary(self, ScalarList(other.scalarValue), file: file, line: line)
  }

  /// Returns x log(y) of a number and a tensor.
  public static func xlogy(
    _ x: some Scalar, _ y: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Pointwise.scalarXlogyOp.unary(y, ScalarList(x.scalarValue), file: file, line: line)
  }

  /// Does `xlogy` in place.
  @discardableResult
  public final func xlogy_(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Pointwise.xlogyOp.applyInPlace(TensorList(self, other), file: file, line: line) }

  /// Returns x log(1 + y); 0 where x is 0 unless y is NaN.
  ///
  /// - Gradient: g log1p(y) (0 where x is 0) and g x / (1 + y).
  /// - Source: torch.special.xlog1py
  public final func xlog1py(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Pointwise.xlog1pyOp(self, other, file: file, line: line) }

  public final func xlog1py(
    _ other: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Pointwise.xlog1pyScalarOp.unary(self, ScalarList(other.scalarValue), file: file, line: line)
  }

  /// Returns x 2^y.
  ///
  /// - Gradient: g 2^y and g x 2^y ln(2).
  /// - Source: torch.ldexp
  public final func ldexp(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Pointwise.ldexpOp(self, other, file: file, line: line) }
}
