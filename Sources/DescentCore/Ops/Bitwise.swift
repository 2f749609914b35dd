// Bits of integers. Floating point is refused.

extension Tensor {
  private static func bits(
    _ name: String, _ op: Instruction, _ domain: Pointwise.Domain
  ) -> Pointwise {
    Pointwise(name, result: .promoted, inputs: 2, scalars: 0, domain: domain) { x, _ in
      Term.apply(op, x[0], x[1])
    }
  }
  private static func scalarBits(
    _ name: String, _ op: Instruction, _ domain: Pointwise.Domain
  ) -> Pointwise {
    Pointwise(name, result: .promoted, inputs: 1, scalars: 1, domain: domain) { x, s in
      Term.apply(op, x[0], s[0])
    }
  }
  static let bitwiseAndOp = bits("bitwise_and", .bitAnd, .bits)
  static let bitwiseAndScalarOp = scalarBits("bitwise_and", .bitAnd, .bits)
  static let bitwiseOrOp = bits("bitwise_or", .bitOr, .bits)
  static let bitwiseOrScalarOp = scalarBits("bitwise_or", .bitOr, .bits)
  static let bitwiseXorOp = bits("bitwise_xor", .bitXor, .bits)
  static let bitwiseXorScalarOp = scalarBits("bitwise_xor", .bitXor, .bits)
  static let bitwiseLeftShiftOp = bits("bitwise_left_shift", .shiftLeft, .integers)
  static let bitwiseLeftShiftScalarOp = scalarBits("bitwise_left_shift", .shiftLeft, .integers)
  static let bitwiseRightShiftOp = bits("bitwise_right_shift", .shiftRight, .integers)
  static let bitwiseRightShiftScalarOp = scalarBits("bitwise_right_shift", .shiftRight, .integers)
  static let scalarBitwiseLeftShiftOp = Pointwise(
    "bitwise_left_shift", result: .promoted, inputs: 1, scalars: 1, domain: .integers
  ) { x, s in Term.apply(.shiftLeft, s[0], x[0]) }
  static let scalarBitwiseRightShiftOp = Pointwise(
    "bitwise_right_shift", result: .promoted, inputs: 1, scalars: 1, domain: .integers
  ) { x, s in Term.apply(.shiftRight, s[0], x[0]) }
  static let bitwiseNotOp = Pointwise("bitwise_not", result: .promoted, domain: .bits) { x in ~x }
}

extension Tensor {
  /// Returns the bits set in both; of bools the logical and.
  ///
  /// - Source: torch.bitwise_and
  public final func bitwiseAnd(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Self.bitwiseAndOp.binary(self, other, file: file, line: line) }

  public final func bitwiseAnd(
    _ other: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Self.bitwiseAndScalarOp.unary(self, ScalarList(other.scalarValue), file: file, line: line)
  }

  /// Does `bitwiseAnd` in place.
  ///
  /// - Source: torch.Tensor.bitwise_and_
  @discardableResult
  public final func bitwiseAnd_(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Self.bitwiseAndOp.applyInPlace(TensorList(self, other), file: file, line: line) }

  @discardableResult
  public final func bitwiseAnd_(
    _ other: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Self.bitwiseAndScalarOp.applyInPlace(
      TensorList(self), scalars: ScalarList(other.scalarValue), file: file, line: line)
  }

  /// Returns the bits set in either; of bools the logical or.
  ///
  /// - Source: torch.bitwise_or
  public final func bitwiseOr(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Self.bitwiseOrOp.binary(self, other, file: file, line: line) }

  public final func bitwiseOr(
    _ other: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Self.bitwiseOrScalarOp.unary(self, ScalarList(other.scalarValue), file: file, line: line)
  }

  /// Does `bitwiseOr` in place.
  ///
  /// - Source: torch.Tensor.bitwise_or_
  @discardableResult
  public final func bitwiseOr_(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Self.bitwiseOrOp.applyInPlace(TensorList(self, other), file: file, line: line) }

  @discardableResult
  public final func bitwiseOr_(
    _ other: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Self.bitwiseOrScalarOp.applyInPlace(
      TensorList(self), scalars: ScalarList(other.scalarValue), file: file, line: line)
  }

  /// Returns the bits set in exactly one; of bools whether they differ.
  ///
  /// - Source: torch.bitwise_xor
  public final func bitwiseXor(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Self.bitwiseXorOp.binary(self, other, file: file, line: line) }

  public final func bitwiseXor(
    _ other: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Self.bitwiseXorScalarOp.unary(self, ScalarList(other.scalarValue), file: file, line: line)
  }

  /// Does `bitwiseXor` in place.
  ///
  /// - Source: torch.Tensor.bitwise_xor_
  @discardableResult
  public final func bitwiseXor_(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Self.bitwiseXorOp.applyInPlace(TensorList(self, other), file: file, line: line) }

  @discardableResult
  public final func bitwiseXor_(
    _ other: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Self.bitwiseXorScalarOp.applyInPlace(
      TensorList(self), scalars: ScalarList(other.scalarValue), file: file, line: line)
  }

  /// Shifts bits to the left: x 2^n, wrapping; 0 if n is negative or not less than the width.
  ///
  /// - Source: torch.bitwise_left_shift
  public final func bitwiseLeftShift(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Self.bitwiseLeftShiftOp.binary(self, other, file: file, line: line) }

  public final func bitwiseLeftShift(
    _ other: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Self.bitwiseLeftShiftScalarOp.unary(self, ScalarList(other.scalarValue), file: file, line: line)
  }

  /// Does `bitwiseLeftShift` in place.
  ///
  /// - Source: torch.Tensor.bitwise_left_shift_
  @discardableResult
  public final func bitwiseLeftShift_(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Self.bitwiseLeftShiftOp.applyInPlace(TensorList(self, other), file: file, line: line)
  }

  @discardableResult
  public final func bitwiseLeftShift_(
    _ other: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Self.bitwiseLeftShiftScalarOp.applyInPlace(
      TensorList(self), scalars: ScalarList(other.scalarValue), file: file, line: line)
  }

  /// Shifts bits to the right, keeping the sign.
  ///
  /// - Source: torch.bitwise_right_shift
  public final func bitwiseRightShift(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Self.bitwiseRightShiftOp.binary(self, other, file: file, line: line) }

  public final func bitwiseRightShift(
    _ other: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Self.bitwiseRightShiftScalarOp.unary(
      self, ScalarList(other.scalarValue), file: file, line: line)
  }

  /// Does `bitwiseRightShift` in place.
  ///
  /// - Source: torch.Tensor.bitwise_right_shift_
  @discardableResult
  public final func bitwiseRightShift_(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Self.bitwiseRightShiftOp.applyInPlace(TensorList(self, other), file: file, line: line)
  }

  @discardableResult
  public final func bitwiseRightShift_(
    _ other: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Self.bitwiseRightShiftScalarOp.applyInPlace(
      TensorList(self), scalars: ScalarList(other.scalarValue), file: file, line: line)
  }

  /// Returns the bits inverted; of bools the logical not.
  ///
  /// - Source: torch.bitwise_not
  public final func bitwiseNot(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Self.bitwiseNotOp(self, file: file, line: line)
  }

  /// Does `bitwiseNot` in place.
  @discardableResult
  public final func bitwiseNot_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Self.bitwiseNotOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  public static func & (a: Tensor, b: Tensor) -> Tensor { binary(bitwiseAndOp, a, b) }
  public static func & (a: Tensor, b: some Scalar) -> Tensor { unary(bitwiseAndScalarOp, a, b) }
  public static func & (a: some Scalar, b: Tensor) -> Tensor {
    unary(bitwiseAndScalarOp, b, a)
  }
  public static func | (a: Tensor, b: Tensor) -> Tensor { binary(bitwiseOrOp, a, b) }
  public static func | (a: Tensor, b: some Scalar) -> Tensor { unary(bitwiseOrScalarOp, a, b) }
  public static func | (a: some Scalar, b: Tensor) -> Tensor {
    unary(bitwiseOrScalarOp, b, a)
  }
  public static func ^ (a: Tensor, b: Tensor) -> Tensor { binary(bitwiseXorOp, a, b) }
  public static func ^ (a: Tensor, b: some Scalar) -> Tensor { unary(bitwiseXorScalarOp, a, b) }
  public static func ^ (a: some Scalar, b: Tensor) -> Tensor {
    unary(bitwiseXorScalarOp, b, a)
  }
  public static func << (a: Tensor, b: Tensor) -> Tensor { binary(bitwiseLeftShiftOp, a, b) }
  public static func << (a: Tensor, b: some Scalar) -> Tensor {
    unary(bitwiseLeftShiftScalarOp, a, b)
  }
  public static func << (a: some Scalar, b: Tensor) -> Tensor {
    unary(scalarBitwiseLeftShiftOp, b, a)
  }
  public static func >> (a: Tensor, b: Tensor) -> Tensor { binary(bitwiseRightShiftOp, a, b) }
  public static func >> (a: Tensor, b: some Scalar) -> Tensor {
    unary(bitwiseRightShiftScalarOp, a, b)
  }
  public static func >> (a: some Scalar, b: Tensor) -> Tensor {
    unary(scalarBitwiseRightShiftOp, b, a)
  }
  public static prefix func ~ (a: Tensor) -> Tensor { bitwiseNotOp.unary(a) }

  public static func &= (a: Tensor, b: Tensor) { bitwiseAndOp.applyInPlace(TensorList(a, b)) }
  public static func |= (a: Tensor, b: Tensor) { bitwiseOrOp.applyInPlace(TensorList(a, b)) }
  public static func ^= (a: Tensor, b: Tensor) { bitwiseXorOp.applyInPlace(TensorList(a, b)) }
  public static func <<= (a: Tensor, b: Tensor) {
    bitwiseLeftShiftOp.applyInPlace(TensorList(a, b))
  }
  public static func >>= (a: Tensor, b: Tensor) {
    bitwiseRightShiftOp.applyInPlace(TensorList(a, b))
  }
}
