// Addition, subtraction, multiplication, division.

extension Tensor {
  static let addOp = Pointwise("add", result: .promoted) { x, y in x + y }
  static let addScalarOp = Pointwise(
    "add", result: .promoted, inputs: 1, scalars: 1
  ) { x, s in x[0] + s[0] }
  static let addScaledOp = Pointwise(
    "add", result: .promoted, inputs: 2, scalars: 1, scalarsPromote: false
  ) { x, s in fma(s[0], x[1], x[0]) }
  static let subOp = Pointwise(
    "sub", result: .promoted, inputs: 2, scalars: 0, domain: .withoutBool
  ) { x, _ in x[0] - x[1] }
  static let subScalarOp = Pointwise(
    "sub", result: .promoted, inputs: 1, scalars: 1, domain: .withoutBool
  ) { x, s in x[0] - s[0] }
  static let subScaledOp = Pointwise(
    "sub", result: .promoted, inputs: 2, scalars: 1, domain: .withoutBool, scalarsPromote: false
  ) { x, s in x[0] - s[0] * x[1] }
  static let rsubOp = Pointwise(
    "rsub", result: .promoted, inputs: 2, scalars: 1, domain: .withoutBool, scalarsPromote: false
  ) { x, s in x[1] - s[0] * x[0] }
  static let rsubScalarOp = Pointwise(
    "rsub", result: .promoted, inputs: 1, scalars: 1, node: "RsubBackward1", domain: .withoutBool
  ) { x, s in s[0] - x[0] }
  static let mulOp = Pointwise("mul", result: .promoted) { x, y in x * y }
  static let mulScalarOp = Pointwise(
    "mul", result: .promoted, inputs: 1, scalars: 1
  ) { x, s in x[0] * s[0] }
  static let negOp = Pointwise("neg", result: .promoted, domain: .numbers) { x in -x }
}

extension Tensor {
  /// Adds elementwise: self + alpha * other. Of bools it is the logical or.
  ///
  /// - Precondition: alpha is whole where both tensors are of integers.
  /// - Gradient: g for self, alpha g for other.
  /// - Source: torch.add
  public final func add(
    _ other: Tensor, alpha: some Scalar = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let alpha = alpha.scalarValue
    if alpha == .int(1) { return Self.addOp.binary(self, other, file: file, line: line) }
    guard checkAlpha("add", alpha, other, file, line) else { return .poison }
    return Self.addScaledOp.apply(
      TensorList(self, other), scalars: ScalarList(alpha), file: file, line: line)
  }

  /// Adds a number: self + alpha * other.
  public final func add(
    _ other: some Scalar, alpha: some Scalar = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let term = Tensor.scaled(other.scalarValue, alpha.scalarValue)
    return Self.addScalarOp.unary(self, ScalarList(term), file: file, line: line)
  }

  /// Subtracts elementwise: self - alpha * other. Bools are refused.
  ///
  /// - Gradient: g for self, -alpha g for other.
  /// - Source: torch.sub
  public final func sub(
    _ other: Tensor, alpha: some Scalar = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let alpha = alpha.scalarValue
    if alpha == .int(1) { return Self.subOp.binary(self, other, file: file, line: line) }
    guard checkAlpha("sub", alpha, other, file, line) else { return .poison }
    return Self.subScaledOp.apply(
      TensorList(self, other), scalars: ScalarList(alpha), file: file, line: line)
  }

  /// Subtracts a number: self - alpha * other.
  public final func sub(
    _ other: some Scalar, alpha: some Scalar = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let term = Tensor.scaled(other.scalarValue, alpha.scalarValue)
    return Self.subScalarOp.unary(self, ScalarList(term), file: file, line: line)
  }

  /// Subtracts self from `other`: other - alpha * self. Bools are refused.
  ///
  /// - Gradient: -alpha g for self, g for other.
  /// - Source: torch.rsub
  public final func rsub(
    _ other: Tensor, alpha: some Scalar = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard checkAlpha("rsub", alpha.scalarValue, other, file, line) else { return .poison }
    return Self.rsubOp.apply(
      TensorList(self, other), scalars: ScalarList(alpha.scalarValue), file: file, line: line)
  }

  /// Multiplies elementwise. Of bools it is the logical and.
  ///
  /// - Gradient: g other for self, g self for other.
  /// - Source: torch.mul
  public final func mul(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Self.mulOp.binary(self, other, file: file, line: line)
  }

  public final func mul(
    _ other: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Self.mulScalarOp.unary(self, ScalarList(other.scalarValue), file: file, line: line)
  }

  /// Returns -x. Bools are refused.
  ///
  /// - Gradient: -g.
  /// - Source: torch.neg
  public final func neg(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Self.negOp(self, file: file, line: line)
  }

  /// Does `neg` in place.
  ///
  /// - Source: torch.Tensor.neg_
  @discardableResult
  public final func neg_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Self.negOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// Returns the tensor itself. Bools are refused.
  ///
  /// - Source: torch.positive
  public final func positive(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    if dtype != .bool { return self }
    Misuse("positive", "the operation is defined for numbers only", got: "bool", try: "to(.int64)")
      .raise(file: file, line: line)
    return .poison
  }

  /// Adds into this tensor: self += alpha * other.
  ///
  /// - Source: torch.Tensor.add_
  @discardableResult
  public final func add_(
    _ other: Tensor, alpha: some Scalar = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let alpha = alpha.scalarValue
    if alpha == .int(1) {
      return Self.addOp.applyInPlace(TensorList(self, other), file: file, line: line)
    }
    guard checkAlpha("add_", alpha, other, file, line) else { return self }
    return Self.addScaledOp.applyInPlace(
      TensorList(self, other), scalars: ScalarList(alpha), file: file, line: line)
  }

  @discardableResult
  public final func add_(
    _ other: some Scalar, alpha: some Scalar = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let term = Tensor.scaled(other.scalarValue, alpha.scalarValue)
    return Self.addScalarOp.applyInPlace(
      TensorList(self), scalars: ScalarList(term), file: file, line: line)
  }

  /// Subtracts from this tensor: self -= alpha * other.
  ///
  /// - Source: torch.Tensor.sub_
  @discardableResult
  public final func sub_(
    _ other: Tensor, alpha: some Scalar = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let alpha = alpha.scalarValue
    if alpha == .int(1) {
      return Self.subOp.applyInPlace(TensorList(self, other), file: file, line: line)
    }
    guard checkAlpha("sub_", alpha, other, file, line) else { return self }
    return Self.subScaledOp.applyInPlace(
      TensorList(self, other), scalars: ScalarList(alpha), file: file, line: line)
  }

  @discardableResult
  public final func sub_(
    _ other: some Scalar, alpha: some Scalar = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let term = Tensor.scaled(other.scalarValue, alpha.scalarValue)
    return Self.subScalarOp.applyInPlace(
      TensorList(self), scalars: ScalarList(term), file: file, line: line)
  }

  /// Multiplies this tensor.
  ///
  /// - Source: torch.Tensor.mul_
  @discardableResult
  public final func mul_(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Self.mulOp.applyInPlace(TensorList(self, other), file: file, line: line)
  }

  @discardableResult
  public final func mul_(
    _ other: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Self.mulScalarOp.applyInPlace(
      TensorList(self), scalars: ScalarList(other.scalarValue), file: file, line: line)
  }

  /// alpha scales integers by whole numbers only, and is a Bool only among bools.
  private func checkAlpha(
    _ name: String, _ alpha: ScalarValue, _ other: Tensor, _ file: StaticString, _ line: UInt
  ) -> Bool {
    let isWhole = !dtype.isFloatingPoint && !other.dtype.isFloatingPoint
    if isWhole && alpha.isFloating {
      Misuse(
        name, "alpha is not whole beside integers", got: "alpha \(alpha)", try: "an Int alpha"
      ).raise(file: file, line: line)
      return false
    }
    if case .bool = alpha, dtype != .bool || other.dtype != .bool {
      Misuse(name, "alpha is a Bool beside numbers", got: "alpha \(alpha)", try: "1 or 0").raise(
        file: file, line: line)
      return false
    }
    return true
  }

  private static func scaled(_ value: ScalarValue, _ alpha: ScalarValue) -> ScalarValue {
    if alpha == .int(1) { return value }
    if case .int(let x) = value, case .int(let a) = alpha { return .int(x &* a) }
    return .double(value.double * alpha.double)
  }
}

extension Tensor {
  @inline(__always)
  static func binary(_ op: Pointwise, _ a: Tensor, _ b: Tensor) -> Tensor { op.binary(a, b) }
  @inline(__always)
  static func unary(_ op: Pointwise, _ a: Tensor, _ scalar: some Scalar) -> Tensor {
    op.unary(a, ScalarList(scalar.scalarValue))
  }

  public static func + (a: Tensor, b: Tensor) -> Tensor { binary(addOp, a, b) }
  public static func + (a: Tensor, b: some Scalar) -> Tensor { unary(addScalarOp, a, b) }
  public static func + (a: some Scalar, b: Tensor) -> Tensor { unary(addScalarOp, b, a) }
  public static func - (a: Tensor, b: Tensor) -> Tensor { binary(subOp, a, b) }
  public static func - (a: Tensor, b: some Scalar) -> Tensor { unary(subScalarOp, a, b) }
  public static func - (a: some Scalar, b: Tensor) -> Tensor { unary(rsubScalarOp, b, a) }
  public static func * (a: Tensor, b: Tensor) -> Tensor { binary(mulOp, a, b) }
  public static func * (a: Tensor, b: some Scalar) -> Tensor { unary(mulScalarOp, a, b) }
  public static func * (a: some Scalar, b: Tensor) -> Tensor { unary(mulScalarOp, b, a) }
  public static func / (a: Tensor, b: Tensor) -> Tensor { binary(divOp, a, b) }
  public static func / (a: Tensor, b: some Scalar) -> Tensor { unary(divScalarOp, a, b) }
  public static func / (a: some Scalar, b: Tensor) -> Tensor { unary(rdivScalarOp, b, a) }
  public static func % (a: Tensor, b: Tensor) -> Tensor { binary(remainderOp, a, b) }
  public static func % (a: Tensor, b: some Scalar) -> Tensor { unary(remainderScalarOp, a, b) }
  public static func % (a: some Scalar, b: Tensor) -> Tensor { unary(rremainderScalarOp, b, a) }
  public static prefix func - (a: Tensor) -> Tensor { negOp.unary(a) }
  public static prefix func + (a: Tensor) -> Tensor { a.positive(file: "", line: 0) }
}
