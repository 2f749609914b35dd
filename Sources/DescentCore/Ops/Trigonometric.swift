// Trigonometric and hyperbolic functions; angles in radians. Integers and bool become float32.

extension Pointwise {
  static let sinOp = Pointwise("sin") { x in sin(x) }
  static let cosOp = Pointwise("cos") { x in cos(x) }
  static let tanOp = Pointwise("tan") { x in tan(x) }
  static let asinOp = Pointwise("asin") { x in Term.apply(.asin, x) }
  static let acosOp = Pointwise("acos") { x in Term.apply(.acos, x) }
  static let atanOp = Pointwise("atan") { x in atan(x) }
  static let sinhOp = Pointwise("sinh") { x in sinh(x) }
  static let coshOp = Pointwise("cosh") { x in cosh(x) }
  static let tanhOp = Pointwise("tanh") { x in tanh(x) }
  static let asinhOp = Pointwise("asinh") { x in Term.apply(.asinh, x) }
  static let acoshOp = Pointwise("acosh") { x in Term.apply(.acosh, x) }
  static let atanhOp = Pointwise("atanh") { x in Term.apply(.atanh, x) }
}

extension Tensor {
  /// Returns the sine.
  ///
  /// - Gradient: g cos(x).
  /// - Source: torch.sin
  public final func sin(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.sinOp(self, file: file, line: line)
  }

  /// Does `sin` in place.
  ///
  /// - Source: torch.Tensor.sin_
  @discardableResult
  public final func sin_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.sinOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// Returns the cosine.
  ///
  /// - Gradient: -g sin(x).
  /// - Source: torch.cos
  public final func cos(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.cosOp(self, file: file, line: line)
  }

  /// Does `cos` in place.
  ///
  /// - Source: torch.Tensor.cos_
  @discardableResult
  public final func cos_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.cosOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// Returns the tangent.
  ///
  /// - Gradient: g (1 + tan(x)^2).
  /// - Source: torch.tan
  public final func tan(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.tanOp(self, file: file, line: line)
  }

  /// Does `tan` in place.
  ///
  /// - Source: torch.Tensor.tan_
  @discardableResult
  public final func tan_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.tanOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// Returns the arc sine; NaN outside [-1, 1].
  ///
  /// - Gradient: g / sqrt(1 - x^2).
  /// - Source: torch.asin
  public final func asin(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.asinOp(self, file: file, line: line)
  }

  /// Does `asin` in place.
  ///
  /// - Source: torch.Tensor.asin_
  @discardableResult
  public final func asin_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.asinOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// Returns the arc cosine; NaN outside [-1, 1].
  ///
  /// - Gradient: -g / sqrt(1 - x^2).
  /// - Source: torch.acos
  public final func acos(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.acosOp(self, file: file, line: line)
  }

  /// Does `acos` in place.
  ///
  /// - Source: torch.Tensor.acos_
  @discardableResult
  public final func acos_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.acosOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// Returns the arc tangent.
  ///
  /// - Gradient: g / (1 + x^2).
  /// - Source: torch.atan
  public final func atan(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.atanOp(self, file: file, line: line)
  }

  /// Does `atan` in place.
  ///
  /// - Source: torch.Tensor.atan_
  @discardableResult
  public final func atan_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.atanOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// Returns the hyperbolic sine.
  ///
  /// - Gradient: g cosh(x).
  /// - Source: torch.sinh
  public final func sinh(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.sinhOp(self, file: file, line: line)
  }

  /// Does `sinh` in place.
  ///
  /// - Source: torch.Tensor.sinh_
  @discardableResult
  public final func sinh_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.sinhOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// Returns the hyperbolic cosine.
  ///
  /// - Gradient: g sinh(x).
  /// - Source: torch.cosh
  public final func cosh(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.coshOp(self, file: file, line: line)
  }

  /// Does `cosh` in place.
  ///
  /// - Source: torch.Tensor.cosh_
  @discardableResult
  public final func cosh_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.coshOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// Returns the hyperbolic tangent.
  ///
  /// - Gradient: g (1 - tanh(x)^2).
  /// - Source: torch.tanh
  public final func tanh(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.tanhOp(self, file: file, line: line)
  }

  /// Does `tanh` in place.
  ///
  /// - Source: torch.Tensor.tanh_
  @discardableResult
  public final func tanh_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.tanhOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// Returns the inverse hyperbolic sine.
  ///
  /// - Gradient: g / sqrt(x^2 + 1).
  /// - Source: torch.asinh
  public final func asinh(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.asinhOp(self, file: file, line: line)
  }

  /// Does `asinh` in place.
  ///
  /// - Source: torch.Tensor.asinh_
  @discardableResult
  public final func asinh_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.asinhOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// Returns the inverse hyperbolic cosine; NaN below 1.
  ///
  /// - Gradient: g / sqrt(x^2 - 1).
  /// - Source: torch.acosh
  public final func acosh(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.acoshOp(self, file: file, line: line)
  }

  /// Does `acosh` in place.
  ///
  /// - Source: torch.Tensor.acosh_
  @discardableResult
  public final func acosh_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.acoshOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// Returns the inverse hyperbolic tangent.
  ///
  /// - Gradient: g / (1 - x^2).
  /// - Source: torch.atanh
  public final func atanh(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.atanhOp(self, file: file, line: line)
  }

  /// Does `atanh` in place.
  ///
  /// - Source: torch.Tensor.atanh_
  @discardableResult
  public final func atanh_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.atanhOp.applyInPlace(TensorList(self), file: file, line: line)
  }
}
