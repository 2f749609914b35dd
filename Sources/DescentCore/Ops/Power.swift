// Powers.

/// `**` binds tighter than `*` and groups to the right, as in Python.
precedencegroup PowerPrecedence {
  higherThan: MultiplicationPrecedence
  associativity: right
}
infix operator ** : PowerPrecedence

extension Pointwise {
  static let squareOp = Pointwise("pow", result: .promoted) { x in square(x) }
  static let cubeOp = Pointwise("pow", result: .promoted) { x in x * x * x }
  static let powOp = Pointwise(
    "pow", result: .promoted, inputs: 2, scalars: 0, node: "PowBackward1"
  ) { x, _ in pow(x[0], x[1]) }
  static let powScalarOp = Pointwise("pow", result: .promoted, inputs: 1, scalars: 1) { x, s in
    pow(x[0], s[0])
  }
  static let scalarPowOp = Pointwise(
    "pow", result: .promoted, inputs: 1, scalars: 1, node: "PowBackward1"
  ) { x, s in pow(s[0], x[0]) }
}

extension Tensor {
  /// Raises each element to a power.
  ///
  /// Integers with integer exponents stay integers and wrap around; negative integer exponents of
  /// integers are refused.
  /// - Gradient: g n x^(n - 1); 0 where n is 0.
  /// - Source: torch.pow
  public final func pow(
    _ exponent: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let value = exponent.scalarValue
    if dtype == .bool, case .bool(let isOne) = value {
      return isOne ? clone() : Tensor.ones(shape, dtype: .bool)
    }
    if dtype != .bool && (value == .int(2) || (value == .double(2) && dtype.isFloatingPoint)) {
      return Pointwise.squareOp.unary(self, file: file, line: line)
    }
    if dtype != .bool && (value == .int(3) || (value == .double(3) && dtype.isFloatingPoint)) {
      return Pointwise.cubeOp.unary(self, file: file, line: line)
    }
    return Pointwise.powScalarOp.unary(self, ScalarList(value), file: file, line: line)
  }

  /// Raises each element to the power in `exponent`.
  ///
  /// - Gradient: g y x^(y - 1) for the base, g x^y log(x) for the exponent (0 where the base is 0).
  public final func pow(
    _ exponent: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Pointwise.powOp.binary(self, exponent, file: file, line: line)
  }

  /// - Source: torch.square
  public final func square(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    dtype == .bool
      ? pow(2, file: file, line: line) : Pointwise.squareOp.unary(self, file: file, line: line)
  }

  public static func ** (a: Tensor, b: Tensor) -> Tensor { a.pow(b, file: "", line: 0) }
  public static func ** (a: Tensor, b: some Scalar) -> Tensor { a.pow(b, file: "", line: 0) }
  public static func ** (a: some Scalar, b: Tensor) -> Tensor { unary(Pointwise.scalarPowOp, b, a) }
}
