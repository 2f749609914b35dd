// Special functions. Integers and bool become float32.

extension Pointwise {
  static let sigmoidOp = Pointwise("sigmoid") { x in sigmoid(x) }
  static let erfOp = Pointwise("erf") { x in erf(x) }
  static let erfcOp = Pointwise("erfc") { x in Term.apply(.erfc, x) }
  static let erfinvOp = Pointwise("erfinv") { x in Term.apply(.erfinv, x) }
  static let lgammaOp = Pointwise("lgamma") { x in lgamma(x) }
  static let digammaOp = Pointwise("digamma") { x in digamma(x) }
}

extension Tensor {
  /// Returns 1 / (1 + exp(-x)).
  ///
  /// - Gradient: g y (1 - y).
  /// - Source: torch.sigmoid
  public final func sigmoid(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.sigmoidOp(self, file: file, line: line)
  }

  /// Returns the error function.
  ///
  /// - Gradient: g 2/sqrt(pi) exp(-x^2).
  /// - Source: torch.erf
  public final func erf(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.erfOp(self, file: file, line: line)
  }

  /// Returns 1 - erf(x), accurate for large x.
  ///
  /// - Gradient: -g 2/sqrt(pi) exp(-x^2).
  /// - Source: torch.erfc
  public final func erfc(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.erfcOp(self, file: file, line: line)
  }

  /// Returns the inverse of erf; NaN outside [-1, 1].
  ///
  /// - Gradient: g sqrt(pi)/2 exp(y^2).
  /// - Source: torch.erfinv
  public final func erfinv(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.erfinvOp(self, file: file, line: line)
  }

  /// Returns the logarithm of the absolute value of the gamma function.
  ///
  /// - Gradient: g digamma(x).
  /// - Source: torch.lgamma
  public final func lgamma(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.lgammaOp(self, file: file, line: line)
  }

  /// Returns the logarithmic derivative of the gamma function.
  ///
  /// - Gradient: g polygamma(1, x).
  /// - Source: torch.digamma
  public final func digamma(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.digammaOp(self, file: file, line: line)
  }
}
