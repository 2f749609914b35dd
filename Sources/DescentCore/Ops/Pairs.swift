// Functions of two numbers.

extension Pointwise {
  static let atan2Op = Pointwise("atan2") { x, y in atan2(x, y) }
  static let hypotOp = Pointwise("hypot", result: .promoted) { x, y in Term.apply(.hypot, x, y) }
  static let copysignOp = Pointwise("copysign") { x, y in Term.apply(.copysign, x, y) }
  static let nextafterOp = Pointwise("nextafter", result: .promoted) { x, y in Term.apply(.nextafter, x, y) }
  static let fmaxOp = Pointwise("fmax", result: .promoted) { x, y in Term.apply(.fmax, x, y) }
  static let fminOp = Pointwise("fmin", result: .promoted) { x, y in Term.apply(.fmin, x, y) }
  static let logaddexpOp = Pointwise("logaddexp", result: .promoted) { x, y in select((x .== y) & Term.apply(.isInf, x), x, maximum(x, y) + log1p(exp(-abs(x - y)))) }
  static let xlogyOp = Pointwise("xlogy") { x, y in select(y .!= y, y, select(x .== 0, 0, x * log(y))) }
  static let xlog1pyOp = Pointwise("xlog1py") { x, y in select(y .!= y, y, select(x .== 0, 0, x * log1p(y))) }
  static let heavisideOp = Pointwise("heaviside", result: .promoted) { x, y in select(x .== 0, y, select(x .> 0, 1, 0)) }
}

extension Tensor {
  /// Returns the angle of the point (other, self).
  ///
  /// - Gradient: g y / (x² + y²) and -g x / (x² + y²).
  /// - Source: torch.atan2
  public final func atan2(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Pointwise.atan2Op(self, other, file: file, line: line) }

  /// Returns sqrt(x² + y²) without overflow.
  ///
  /// - Gradient: g x / result, g y / result.
  /// - Source: torch.hypot
  public final func hypot(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Pointwise.hypotOp(self, other, file: file, line: line) }

  /// Returns the magnitude of self with the sign of other.
  ///
  /// - Gradient: g times the change of sign, 0 at 0.
  /// - Source: torch.copysign
  public final func copysign(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Pointwise.copysignOp(self, other, file: file, line: line) }

  /// Returns the next number toward other.
  ///
  /// - Gradient: none.
  /// - Source: torch.nextafter
  public final func nextafter(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Pointwise.nextafterOp(self, other, file: file, line: line) }

  /// Returns the larger; the other one where one is NaN.
  ///
  /// - Gradient: to the one chosen.
  /// - Source: torch.fmax
  public final func fmax(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Pointwise.fmaxOp(self, other, file: file, line: line) }

  /// Returns the smaller; the other one where one is NaN.
  ///
  /// - Gradient: to the one chosen.
  /// - Source: torch.fmin
  public final func fmin(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Pointwise.fminOp(self, other, file: file, line: line) }

  /// Returns log(exp(x) + exp(y)) without overflow.
  ///
  /// - Gradient: the softmax of the two.
  /// - Source: torch.logaddexp
  public final func logaddexp(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Pointwise.logaddexpOp(self, other, file: file, line: line) }

  /// Returns x log(y), 0 where x is 0.
  ///
  /// - Gradient: g log(y) and g x / y.
  /// - Source: torch.xlogy
  public final func xlogy(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Pointwise.xlogyOp(self, other, file: file, line: line) }

  /// Returns x log(1 + y), 0 where x is 0.
  ///
  /// - Gradient: g log(1 + y) and g x / (1 + y).
  /// - Source: torch.special.xlog1py
  public final func xlog1py(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Pointwise.xlog1pyOp(self, other, file: file, line: line) }

  /// Returns 0 below zero, 1 above, other at zero.
  ///
  /// - Gradient: none.
  /// - Source: torch.heaviside
  public final func heaviside(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Pointwise.heavisideOp(self, other, file: file, line: line) }
}
