// Sums with products, quotients and weights in one pass.

extension Pointwise {
  private static let addcmulOp = Pointwise(
    "addcmul", result: .promoted, inputs: 3, scalars: 1, domain: .numbers, scalarsPromote: false
  ) { x, s in fma(s[0] * x[1], x[2], x[0]) }
  private static let addcdivOp = Pointwise(
    "addcdiv", result: .promoted, inputs: 3, scalars: 1, domain: .floating, scalarsPromote: false
  ) { x, s in Term.apply(.divAdd, s[0] * x[1], x[2], x[0]) }
  // Without a factor each is one instruction.
  private static let addProductOp = Pointwise(
    "addcmul", result: .promoted, inputs: 3, scalars: 0, domain: .numbers
  ) { x, _ in fma(x[1], x[2], x[0]) }
  private static let addQuotientOp = Pointwise(
    "addcdiv", result: .promoted, inputs: 3, scalars: 0, domain: .floating
  ) { x, _ in Term.apply(.divAdd, x[1], x[2], x[0]) }
  fileprivate static func addcmul(_ value: ScalarValue) -> (Pointwise, ScalarList) {
    value == .int(1) ? (addProductOp, ScalarList()) : (addcmulOp, ScalarList(value))
  }
  fileprivate static func addcdiv(_ value: ScalarValue) -> (Pointwise, ScalarList) {
    value == .int(1) ? (addQuotientOp, ScalarList()) : (addcdivOp, ScalarList(value))
  }

  static let lerpScalarOp = Pointwise(
    "lerp", result: .promoted, inputs: 2, scalars: 1, domain: .floating, scalarsPromote: false,
    gradient: { _, s, g in [g * (1 - s[0]), g * s[0]] }
  ) { x, s in Term.apply(.lerp, x[0], x[1], s[0]) }
  static let lerpOp = Pointwise(
    "lerp", result: .promoted, inputs: 3, scalars: 0, node: "LerpBackward1", domain: .floating
  ) { x, _ in Term.apply(.lerp, x[0], x[1], x[2]) }
}

extension Tensor {
  /// Returns self + value * a * b.
  ///
  /// - Gradient: g, value g b, value g a.
  /// - Source: torch.addcmul
  public final func addcmul(
    _ a: Tensor, _ b: Tensor, value: some Scalar = 1, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    let (op, scalars) = Pointwise.addcmul(value.scalarValue)
    return op.apply(TensorList(self, a, b), scalars: scalars, file: file, line: line)
  }

  /// Does `addcmul` in place.
  ///
  /// - Source: torch.Tensor.addcmul_
  @discardableResult
  public final func addcmul_(
    _ a: Tensor, _ b: Tensor, value: some Scalar = 1, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    let (op, scalars) = Pointwise.addcmul(value.scalarValue)
    return op.applyInPlace(TensorList(self, a, b), scalars: scalars, file: file, line: line)
  }

  /// Returns self + value * a / b.
  ///
  /// - Precondition: `a` or `b` is of floating point.
  /// - Gradient: g, value g / b, -value g a / b^2.
  /// - Source: torch.addcdiv
  public final func addcdiv(
    _ a: Tensor, _ b: Tensor, value: some Scalar = 1, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    guard Tensor.checkQuotient("addcdiv", a, b, file, line) else { return .poison }
    let (op, scalars) = Pointwise.addcdiv(value.scalarValue)
    return op.apply(TensorList(self, a, b), scalars: scalars, file: file, line: line)
  }

  /// Does `addcdiv` in place.
  ///
  /// - Source: torch.Tensor.addcdiv_
  @discardableResult
  public final func addcdiv_(
    _ a: Tensor, _ b: Tensor, value: some Scalar = 1, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    guard Tensor.checkQuotient("addcdiv_", a, b, file, line) else { return self }
    let (op, scalars) = Pointwise.addcdiv(value.scalarValue)
    return op.applyInPlace(TensorList(self, a, b), scalars: scalars, file: file, line: line)
  }

  private static func checkQuotient(
    _ name: String, _ a: Tensor, _ b: Tensor, _ file: StaticString, _ line: UInt
  ) -> Bool {
    if a.dtype.isFloatingPoint || b.dtype.isFloatingPoint { return true }
    Misuse(
      name, "integers are divided", got: "\(a.dtype.name) and \(b.dtype.name)",
      try: "to(.float32) for one of them, or div with a rounding mode"
    ).raise(file: file, line: line)
    return false
  }

  /// Interpolates: self + weight * (end - self); weights outside [0, 1] extrapolate.
  ///
  /// - Precondition: floating point, all of one dtype.
  /// - Gradient: (1 - weight) g, weight g, (end - self) g.
  /// - Source: torch.lerp
  public final func lerp(
    _ end: Tensor, _ weight: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard checkSame("lerp", end, weight, file, line) else { return .poison }
    return Pointwise.lerpOp(self, end, weight, file: file, line: line)
  }

  public final func lerp(
    _ end: Tensor, _ weight: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard checkSame("lerp", end, nil, file, line) else { return .poison }
    return Pointwise.lerpScalarOp.apply(
      TensorList(self, end), scalars: ScalarList(weight.scalarValue), file: file, line: line)
  }

  /// Does `lerp` in place.
  ///
  /// - Source: torch.Tensor.lerp_
  @discardableResult
  public final func lerp_(
    _ end: Tensor, _ weight: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard checkSame("lerp_", end, weight, file, line) else { return self }
    return Pointwise.lerpOp.applyInPlace(TensorList(self, end, weight), file: file, line: line)
  }

  @discardableResult
  public final func lerp_(
    _ end: Tensor, _ weight: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard checkSame("lerp_", end, nil, file, line) else { return self }
    return Pointwise.lerpScalarOp.applyInPlace(
      TensorList(self, end), scalars: ScalarList(weight.scalarValue), file: file, line: line)
  }

  private func checkSame(
    _ name: String, _ end: Tensor, _ weight: Tensor?, _ file: StaticString, _ line: UInt
  ) -> Bool {
    let other = end.dtype != dtype ? end.dtype : weight?.dtype ?? dtype
    if other == dtype { return true }
    Misuse(
      name, "the dtypes differ", got: "\(dtype.name) and \(other.name)", try: "to(.\(dtype.name))"
    ).raise(file: file, line: line)
    return false
  }
}
