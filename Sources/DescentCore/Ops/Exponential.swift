// Exponentials, logarithms and roots. Integers and bool become float32.

extension Pointwise {
  static let expOp = Pointwise("exp") { x in exp(x) }
  static let exp2Op = Pointwise("exp2") { x in Term.apply(.exp2, x) }
  static let expm1Op = Pointwise("expm1") { x in expm1(x) }
  static let logOp = Pointwise("log") { x in log(x) }
  static let log2Op = Pointwise("log2") { x in Term.apply(.log2, x) }
  static let log10Op = Pointwise("log10") { x in Term.apply(.log10, x) }
  static let log1pOp = Pointwise("log1p") { x in log1p(x) }
  static let sqrtOp = Pointwise("sqrt") { x in sqrt(x) }
  static let rsqrtOp = Pointwise("rsqrt") { x in rsqrt(x) }
  static let reciprocalOp = Pointwise("reciprocal") { x in reciprocal(x) }
}

extension Tensor {
  /// Returns e to the power of each element.
  ///
  /// - Gradient: g exp(x).
  /// - Source: torch.exp
  public final func exp(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.expOp(self, file: file, line: line)
  }

  /// Does `exp` in place.
  ///
  /// - Source: torch.Tensor.exp_
  @discardableResult
  public final func exp_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.expOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// Returns 2 to the power of each element.
  ///
  /// - Gradient: g ln(2) exp2(x).
  /// - Source: torch.exp2
  public final func exp2(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.exp2Op(self, file: file, line: line)
  }

  /// Does `exp2` in place.
  ///
  /// - Source: torch.Tensor.exp2_
  @discardableResult
  public final func exp2_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.exp2Op.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// Returns exp(x) - 1, accurate near 0.
  ///
  /// - Gradient: g exp(x).
  /// - Source: torch.expm1
  public final func expm1(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.expm1Op(self, file: file, line: line)
  }

  /// Does `expm1` in place.
  ///
  /// - Source: torch.Tensor.expm1_
  @discardableResult
  public final func expm1_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.expm1Op.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// Returns the natural logarithm; -inf at 0, NaN below.
  ///
  /// - Gradient: g / x.
  /// - Source: torch.log
  public final func log(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.logOp(self, file: file, line: line)
  }

  /// Does `log` in place.
  ///
  /// - Source: torch.Tensor.log_
  @discardableResult
  public final func log_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.logOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// Returns the logarithm to base 2.
  ///
  /// - Gradient: g / (x ln 2).
  /// - Source: torch.log2
  public final func log2(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.log2Op(self, file: file, line: line)
  }

  /// Does `log2` in place.
  ///
  /// - Source: torch.Tensor.log2_
  @discardableResult
  public final func log2_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.log2Op.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// Returns the logarithm to base 10.
  ///
  /// - Gradient: g / (x ln 10).
  /// - Source: torch.log10
  public final func log10(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.log10Op(self, file: file, line: line)
  }

  /// Does `log10` in place.
  ///
  /// - Source: torch.Tensor.log10_
  @discardableResult
  public final func log10_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.log10Op.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// Returns log(1 + x), accurate near 0.
  ///
  /// - Gradient: g / (1 + x).
  /// - Source: torch.log1p
  public final func log1p(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.log1pOp(self, file: file, line: line)
  }

  /// Does `log1p` in place.
  ///
  /// - Source: torch.Tensor.log1p_
  @discardableResult
  public final func log1p_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.log1pOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// Returns the square root; NaN below 0.
  ///
  /// - Gradient: g / (2 sqrt(x)), inf at 0.
  /// - Source: torch.sqrt
  public final func sqrt(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.sqrtOp(self, file: file, line: line)
  }

  /// Does `sqrt` in place.
  ///
  /// - Source: torch.Tensor.sqrt_
  @discardableResult
  public final func sqrt_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.sqrtOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// Returns 1 / sqrt(x).
  ///
  /// - Gradient: -g x^-1.5 / 2.
  /// - Source: torch.rsqrt
  public final func rsqrt(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.rsqrtOp(self, file: file, line: line)
  }

  /// Does `rsqrt` in place.
  ///
  /// - Source: torch.Tensor.rsqrt_
  @discardableResult
  public final func rsqrt_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.rsqrtOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// Returns 1 / x.
  ///
  /// - Gradient: -g / x^2.
  /// - Source: torch.reciprocal
  public final func reciprocal(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.reciprocalOp(self, file: file, line: line)
  }

  /// Does `reciprocal` in place.
  ///
  /// - Source: torch.Tensor.reciprocal_
  @discardableResult
  public final func reciprocal_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.reciprocalOp.applyInPlace(TensorList(self), file: file, line: line)
  }
}
