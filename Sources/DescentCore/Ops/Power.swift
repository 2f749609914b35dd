// Powers.

/// `**` binds tighter than `*` and groups to the right, as in Python.
precedencegroup PowerPrecedence {
  higherThan: MultiplicationPrecedence
  associativity: right
}
infix operator ** : PowerPrecedence

extension Pointwise {
  static let squareOp = Pointwise("pow", result: .promoted) { x in square(x) }
  static let cubeOp = Pointwise(
    "pow", result: .promoted, gradient: { x, g in 3 * g * square(x) }
  ) { x in x * x * x }
  static let rootOp = Pointwise("pow", result: .promoted) { x in sqrt(x) }
  static let inverseOp = Pointwise("pow", result: .promoted) { x in reciprocal(x) }
  static let inverseRootOp = Pointwise("pow", result: .promoted) { x in rsqrt(x) }
  static let inverseSquareOp = Pointwise(
    "pow", result: .promoted, gradient: { x, g in -2 * g / (x * x * x) }
  ) { x in reciprocal(square(x)) }
  static let powOp = Pointwise(
    "pow", result: .promoted, inputs: 2, scalars: 0, node: "PowBackward1", domain: .numbers
  ) { x, _ in pow(x[0], x[1]) }
  static let powScalarOp = Pointwise(
    "pow", result: .promoted, inputs: 1, scalars: 1
  ) { x, s in pow(x[0], s[0]) }
  static let scalarPowOp = Pointwise(
    "pow", result: .promoted, inputs: 1, scalars: 1, node: "PowBackward2"
  ) { x, s in pow(s[0], x[0]) }
  static let boolPowOp = Pointwise(
    "pow", result: .promoted, inputs: 1, scalars: 1
  ) { x, s in x[0] | ~s[0] }

  /// The cheap form of a power of floating-point numbers; nil if there is none.
  @inline(__always)
  fileprivate static func power(_ exponent: Double) -> Pointwise? {
    switch exponent {
    case 2: squareOp
    case 3: cubeOp
    case 0.5: rootOp
    case -1: inverseOp
    case -0.5: inverseRootOp
    case -2: inverseSquareOp
    default: nil
    }
  }
}

extension Tensor {
  /// Raises each element to a power.
  ///
  /// Integers with an Int exponent stay integers, exact as long as they fit and wrapping beyond.
  /// - Precondition: `pow: integers to negative integer powers are not integers. Got … Try …`
  /// - Gradient: g n x^(n - 1); 0 where n is 0.
  /// - Source: torch.pow
  public final func pow(
    _ exponent: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard let (op, scalars) = power(exponent.scalarValue, file, line) else { return .poison }
    return op.unary(self, scalars, file: file, line: line)
  }

  /// Raises each element to the power in `exponent`. Two bools are refused.
  ///
  /// Integers to negative powers are cut to 0, 1 or -1.
  /// - Gradient: g y x^(y - 1) for the base, g x^y log(x) for the exponent (0 where the base is 0).
  public final func pow(
    _ exponent: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Pointwise.powOp.binary(self, exponent, file: file, line: line)
  }

  /// Does `pow` in place.
  ///
  /// - Source: torch.Tensor.pow_
  @discardableResult
  public final func pow_(
    _ exponent: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard let (op, scalars) = power(exponent.scalarValue, file, line) else { return self }
    return op.applyInPlace(TensorList(self), scalars: scalars, file: file, line: line)
  }

  @discardableResult
  public final func pow_(
    _ exponent: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Pointwise.powOp.applyInPlace(TensorList(self, exponent), file: file, line: line)
  }

  /// The program of a power, and its scalars.
  @inline(__always)
  private func power(
    _ exponent: ScalarValue, _ file: StaticString, _ line: UInt
  ) -> (Pointwise, ScalarList)? {
    if dtype.isFloatingPoint {
      if let op = Pointwise.power(exponent.double) { return (op, ScalarList()) }
    } else if case .int(let n) = exponent {
      if n < 0 {
        Misuse(
          "pow", "integers to negative integer powers are not integers",
          got: "\(dtype.name) and \(n)", try: "to(.float32) first, or a Double exponent"
        ).raise(file: file, line: line)
        return nil
      }
      if n == 2 && dtype != .bool { return (Pointwise.squareOp, ScalarList()) }
    } else if case .bool = exponent, dtype == .bool {
      return (Pointwise.boolPowOp, ScalarList(exponent))
    }
    return (Pointwise.powScalarOp, ScalarList(exponent))
  }

  /// Returns x^2; of bools as int64.
  ///
  /// - Gradient: 2 g x.
  /// - Source: torch.square
  public final func square(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    dtype == .bool
      ? to(.int64).square(file: file, line: line)
      : Pointwise.squareOp.unary(self, file: file, line: line)
  }

  /// Does `square` in place.
  ///
  /// - Source: torch.Tensor.square_
  @discardableResult
  public final func square_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.squareOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// Raises to a power in float64, whatever the operands are.
  ///
  /// - Returns: float64.
  /// - Source: torch.float_power
  public final func floatPower(
    _ exponent: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { to(.float64).pow(exponent.to(.float64), file: file, line: line) }

  public final func floatPower(
    _ exponent: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { to(.float64).pow(exponent.scalarValue.double, file: file, line: line) }

  public static func ** (a: Tensor, b: Tensor) -> Tensor { a.pow(b, file: "", line: 0) }
  public static func ** (a: Tensor, b: some Scalar) -> Tensor { a.pow(b, file: "", line: 0) }
  public static func ** (a: some Scalar, b: Tensor) -> Tensor { unary(Pointwise.scalarPowOp, b, a) }
}
