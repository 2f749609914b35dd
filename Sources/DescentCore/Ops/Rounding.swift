// Rounding. Integers are whole already.

extension Pointwise {
  static let floorOp = Pointwise("floor", result: .promoted, domain: .numbers) { x in floor(x) }
  static let ceilOp = Pointwise("ceil", result: .promoted, domain: .numbers) { x in ceil(x) }
  static let roundOp = Pointwise("round", result: .promoted, domain: .numbers) { x in round(x) }
  static let truncOp = Pointwise("trunc", result: .promoted, domain: .numbers) { x in trunc(x) }
  static let fracOp = Pointwise(
    "frac", result: .promoted, domain: .floating, gradient: { _, g in g }
  ) { x in x - trunc(x) }
  static let roundUpOp = Pointwise(
    "round", result: .promoted, inputs: 1, scalars: 1, node: "RoundBackward1", domain: .floating
  ) { x, s in round(x[0] * s[0]) / s[0] }
  static let roundDownOp = Pointwise(
    "round", result: .promoted, inputs: 1, scalars: 1, node: "RoundBackward1", domain: .floating
  ) { x, s in round(x[0] / s[0]) * s[0] }
}

extension Tensor {
  /// Returns the largest whole number not above each element.
  ///
  /// - Gradient: 0.
  /// - Source: torch.floor
  public final func floor(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    dtype.isInteger ? clone() : Pointwise.floorOp(self, file: file, line: line)
  }

  /// Does `floor` in place.
  ///
  /// - Source: torch.Tensor.floor_
  @discardableResult
  public final func floor_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    dtype.isInteger
      ? self : Pointwise.floorOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// Returns the smallest whole number not below each element.
  ///
  /// - Gradient: 0.
  /// - Source: torch.ceil
  public final func ceil(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    dtype.isInteger ? clone() : Pointwise.ceilOp(self, file: file, line: line)
  }

  /// Does `ceil` in place.
  ///
  /// - Source: torch.Tensor.ceil_
  @discardableResult
  public final func ceil_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    dtype.isInteger ? self : Pointwise.ceilOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// Cuts off what follows the decimal point.
  ///
  /// - Gradient: 0.
  /// - Source: torch.trunc
  public final func trunc(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    dtype.isInteger ? clone() : Pointwise.truncOp(self, file: file, line: line)
  }

  /// Does `trunc` in place.
  ///
  /// - Source: torch.Tensor.trunc_
  @discardableResult
  public final func trunc_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    dtype.isInteger
      ? self : Pointwise.truncOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// Returns x - trunc(x), with the sign of x.
  ///
  /// - Gradient: g.
  /// - Source: torch.frac
  public final func frac(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.fracOp(self, file: file, line: line)
  }

  /// Does `frac` in place.
  ///
  /// - Source: torch.Tensor.frac_
  @discardableResult
  public final func frac_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.fracOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// Rounds to the nearest number with `decimals` digits after the point, half to even.
  ///
  /// Negative `decimals` round to tens, hundreds and so on. Integers are returned as they are.
  /// - Gradient: 0.
  /// - Source: torch.round
  public final func round(
    decimals: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if decimals == 0 {
      return dtype.isInteger ? clone() : Pointwise.roundOp(self, file: file, line: line)
    }
    let op = decimals > 0 ? Pointwise.roundUpOp : Pointwise.roundDownOp
    return op.unary(self, ScalarList(Tensor.powerOfTen(decimals)), file: file, line: line)
  }

  /// Does `round` in place.
  ///
  /// - Source: torch.Tensor.round_
  @discardableResult
  public final func round_(
    decimals: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if decimals == 0 {
      return dtype.isInteger
        ? self : Pointwise.roundOp.applyInPlace(TensorList(self), file: file, line: line)
    }
    let op = decimals > 0 ? Pointwise.roundUpOp : Pointwise.roundDownOp
    return op.applyInPlace(
      TensorList(self), scalars: ScalarList(Tensor.powerOfTen(decimals)), file: file, line: line)
  }

  private static func powerOfTen(_ exponent: Int) -> ScalarValue {
    .double((0..<exponent.magnitude).reduce(1.0) { power, _ in power * 10 })
  }
}
