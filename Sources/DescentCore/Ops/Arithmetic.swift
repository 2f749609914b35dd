// Addition, subtraction, multiplication, division, powers.

extension Tensor {
  static let addOp = Pointwise("add", result: .promoted) { x, y in x + y }
  static let addScalarOp = Pointwise(
    "add", result: .promoted, inputs: 1, scalars: 1
  ) { x, s in x[0] + s[0] }
  static let addScaledOp = Pointwise(
    "add", result: .promoted, inputs: 2, scalars: 1
  ) { x, s in x[0] + s[0] * x[1] }
  static let subOp = Pointwise("sub", result: .promoted) { x, y in x - y }
  static let subScalarOp = Pointwise(
    "sub", result: .promoted, inputs: 1, scalars: 1
  ) { x, s in x[0] - s[0] }
  static let rsubScalarOp = Pointwise(
    "rsub", result: .promoted, inputs: 1, scalars: 1
  ) { x, s in s[0] - x[0] }
  static let mulOp = Pointwise("mul", result: .promoted) { x, y in x * y }
  static let mulScalarOp = Pointwise(
    "mul", result: .promoted, inputs: 1, scalars: 1
  ) { x, s in x[0] * s[0] }
  static let divOp = Pointwise("div") { x, y in x / y }
  static let divScalarOp = Pointwise(
    "div", inputs: 1, scalars: 1
  ) { x, s in x[0] / s[0] }
  static let rdivScalarOp = Pointwise(
    "div", inputs: 1, scalars: 1
  ) { x, s in s[0] / x[0] }
  static let negOp = Pointwise("neg", result: .promoted) { x in -x }

  /// Adds elementwise: self + alpha * other. Of bools it is the logical or.
  ///
  /// - Gradient: g for self, alpha g for other.
  /// - Source: torch.add
  public final func add(
    _ other: Tensor, alpha: some Scalar = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let alpha = alpha.scalarValue
    if alpha == .int(1) { return Self.addOp.apply(TensorList(self, other), file: file, line: line) }
    return Self.addScaledOp.apply(
      TensorList(self, other), scalars: ScalarList(alpha), file: file, line: line)
  }

  /// Multiplies elementwise. Of bools it is the logical and.
  ///
  /// - Gradient: g other for self, g self for other.
  /// - Source: torch.mul
  public final func mul(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Self.mulOp.apply(TensorList(self, other), file: file, line: line)
  }

  /// Adds into this tensor.
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
    return Self.addScaledOp.applyInPlace(
      TensorList(self, other), scalars: ScalarList(alpha), file: file, line: line)
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
  public static func - (a: Tensor, b: Tensor) -> Tensor {
    takesBool(a, b) ? refusedBool : binary(subOp, a, b)
  }
  public static func - (a: Tensor, b: some Scalar) -> Tensor {
    takesBool(a, b) ? refusedBool : unary(subScalarOp, a, b)
  }
  public static func - (a: some Scalar, b: Tensor) -> Tensor {
    takesBool(b, a) ? refusedBool : unary(rsubScalarOp, b, a)
  }
  public static func * (a: Tensor, b: Tensor) -> Tensor { binary(mulOp, a, b) }
  public static func * (a: Tensor, b: some Scalar) -> Tensor { unary(mulScalarOp, a, b) }
  public static func * (a: some Scalar, b: Tensor) -> Tensor { unary(mulScalarOp, b, a) }
  public static func / (a: Tensor, b: Tensor) -> Tensor { binary(divOp, a, b) }
  public static func / (a: Tensor, b: some Scalar) -> Tensor { unary(divScalarOp, a, b) }
  public static func / (a: some Scalar, b: Tensor) -> Tensor { unary(rdivScalarOp, b, a) }
  public static prefix func - (a: Tensor) -> Tensor { negOp.apply(TensorList(a)) }

  /// Whether a subtraction has a bool among its operands, which is refused as in PyTorch.
  @inline(__always)
  static func takesBool(_ a: Tensor, _ b: Tensor) -> Bool {
    a.elementType == .bool || b.elementType == .bool
  }
  @inline(__always)
  static func takesBool(_ a: Tensor, _ b: some Scalar) -> Bool {
    if case .bool = b.scalarValue { true } else { a.elementType == .bool }
  }
  static var refusedBool: Tensor {
    Misuse(
      "sub", "bool cannot be subtracted", got: "an operand of bool",
      try: ".!= for the difference of two masks, logicalNot() to invert one, or to(.int64)"
    ).raise(file: "", line: 0)
    return .poison
  }
}
