// Division, true and whole, and what remains.

/// How `div` makes its quotients whole. `description` prints PyTorch's word.
public enum RoundingMode: String, Sendable, CustomStringConvertible {
  /// Towards negative infinity, as Python's `//`.
  case floor
  /// Towards zero, as division of integers in C and Swift.
  case trunc

  public var description: String { rawValue }
}

extension Tensor {
  static let divOp = Pointwise("div") { x, y in x / y }
  static let divScalarOp = Pointwise("div", inputs: 1, scalars: 1) { x, s in x[0] / s[0] }
  static let rdivScalarOp = Pointwise(
    "div", inputs: 1, scalars: 1, node: "MulBackward0"
  ) { x, s in s[0] / x[0] }

  private static func whole(
    _ name: String, _ op: Instruction, _ node: String, isDifferentiable: Bool
  ) -> Pointwise {
    Pointwise(
      name, result: .promoted, inputs: 2, scalars: 0, node: node, domain: .numbers,
      isDifferentiable: isDifferentiable
    ) { x, _ in Term.apply(op, x[0], x[1]) }
  }
  private static func wholeScalar(
    _ name: String, _ op: Instruction, _ node: String, isDifferentiable: Bool
  ) -> Pointwise {
    Pointwise(
      name, result: .promoted, inputs: 1, scalars: 1, node: node, domain: .numbers,
      isDifferentiable: isDifferentiable
    ) { x, s in Term.apply(op, x[0], s[0]) }
  }
  static let divFloorOp = whole("div", .floorDiv, "DivBackward1", isDifferentiable: true)
  static let divTruncOp = whole("div", .truncDiv, "DivBackward1", isDifferentiable: true)
  static let divFloorScalarOp = wholeScalar(
    "div", .floorDiv, "DivBackward3", isDifferentiable: true)
  static let divTruncScalarOp = wholeScalar(
    "div", .truncDiv, "DivBackward3", isDifferentiable: true)
  static let floorDivideOp = whole("floor_divide", .floorDiv, "", isDifferentiable: false)
  static let floorDivideScalarOp = wholeScalar(
    "floor_divide", .floorDiv, "", isDifferentiable: false)
  static let remainderOp = whole(
    "remainder", .remainder, "RemainderBackward1", isDifferentiable: true)
  static let remainderScalarOp = wholeScalar(
    "remainder", .remainder, "RemainderBackward0", isDifferentiable: true)
  static let rremainderScalarOp = Pointwise(
    "remainder", result: .promoted, inputs: 1, scalars: 1, node: "RemainderBackward1",
    domain: .numbers
  ) { x, s in Term.apply(.remainder, s[0], x[0]) }
  static let fmodOp = whole("fmod", .fmod, "FmodBackward1", isDifferentiable: true)
  static let fmodScalarOp = wholeScalar("fmod", .fmod, "FmodBackward0", isDifferentiable: true)
}

extension Tensor {
  /// Divides elementwise; the quotients stay fractions unless a rounding mode is named.
  ///
  /// Integers become float32 without a rounding mode and stay integers with one.
  /// - Precondition: an integer divisor is not 0 where a rounding mode is named.
  /// - Gradient: g / y for self, -g x / y^2 for other; 0 with a rounding mode.
  /// - Source: torch.div
  public final func div(
    _ other: Tensor, roundingMode: RoundingMode? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    divOp(roundingMode).binary(self, other, file: file, line: line)
  }

  public final func div(
    _ other: some Scalar, roundingMode: RoundingMode? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    divScalarOp(roundingMode).unary(self, ScalarList(other.scalarValue), file: file, line: line)
  }

  /// Does `div` in place.
  ///
  /// - Source: torch.Tensor.div_
  @discardableResult
  public final func div_(
    _ other: Tensor, roundingMode: RoundingMode? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    divOp(roundingMode).applyInPlace(TensorList(self, other), file: file, line: line)
  }

  @discardableResult
  public final func div_(
    _ other: some Scalar, roundingMode: RoundingMode? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    divScalarOp(roundingMode).applyInPlace(
      TensorList(self), scalars: ScalarList(other.scalarValue), file: file, line: line)
  }

  private func divOp(_ mode: RoundingMode?) -> Pointwise {
    switch mode {
    case nil: Self.divOp
    case .floor: Self.divFloorOp
    case .trunc: Self.divTruncOp
    }
  }

  private func divScalarOp(_ mode: RoundingMode?) -> Pointwise {
    switch mode {
    case nil: Self.divScalarOp
    case .floor: Self.divFloorScalarOp
    case .trunc: Self.divTruncScalarOp
    }
  }

  /// Divides elementwise: `div` under its full name.
  ///
  /// - Source: torch.true_divide
  public final func trueDivide(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Self.divOp.binary(self, other, file: file, line: line) }

  public final func trueDivide(
    _ other: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Self.divScalarOp.unary(self, ScalarList(other.scalarValue), file: file, line: line)
  }

  /// Divides and rounds down: Python's `//`. Bools are refused. Not differentiable.
  ///
  /// - Precondition: an integer divisor is not 0.
  /// - Source: torch.floor_divide
  public final func floorDivide(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Self.floorDivideOp.binary(self, other, file: file, line: line) }

  public final func floorDivide(
    _ other: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Self.floorDivideScalarOp.unary(self, ScalarList(other.scalarValue), file: file, line: line)
  }

  /// Does `floorDivide` in place.
  ///
  /// - Source: torch.Tensor.floor_divide_
  @discardableResult
  public final func floorDivide_(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Self.floorDivideOp.applyInPlace(TensorList(self, other), file: file, line: line) }

  @discardableResult
  public final func floorDivide_(
    _ other: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Self.floorDivideScalarOp.applyInPlace(
      TensorList(self), scalars: ScalarList(other.scalarValue), file: file, line: line)
  }

  /// Returns what remains of a division, with the sign of the divisor: Python's `%`, also the operator.
  ///
  /// - Precondition: an integer divisor is not 0; no bools.
  /// - Gradient: g for self, -g floor(x / y) for other.
  /// - Source: torch.remainder
  public final func remainder(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Self.remainderOp.binary(self, other, file: file, line: line) }

  public final func remainder(
    _ other: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Self.remainderScalarOp.unary(self, ScalarList(other.scalarValue), file: file, line: line)
  }

  /// Does `remainder` in place.
  ///
  /// - Source: torch.Tensor.remainder_
  @discardableResult
  public final func remainder_(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Self.remainderOp.applyInPlace(TensorList(self, other), file: file, line: line) }

  @discardableResult
  public final func remainder_(
    _ other: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Self.remainderScalarOp.applyInPlace(
      TensorList(self), scalars: ScalarList(other.scalarValue), file: file, line: line)
  }

  /// Returns what remains of a division, with the sign of the dividend: C's `fmod`.
  ///
  /// - Precondition: an integer divisor is not 0; no bools.
  /// - Gradient: g for self, -g trunc(x / y) for other.
  /// - Source: torch.fmod
  public final func fmod(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Self.fmodOp.binary(self, other, file: file, line: line) }

  public final func fmod(
    _ other: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Self.fmodScalarOp.unary(self, ScalarList(other.scalarValue), file: file, line: line)
  }

  /// Does `fmod` in place.
  ///
  /// - Source: torch.Tensor.fmod_
  @discardableResult
  public final func fmod_(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Self.fmodOp.applyInPlace(TensorList(self, other), file: file, line: line) }

  @discardableResult
  public final func fmod_(
    _ other: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Self.fmodScalarOp.applyInPlace(
      TensorList(self), scalars: ScalarList(other.scalarValue), file: file, line: line)
  }
}
