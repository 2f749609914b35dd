// Sums of products in one pass.

extension Pointwise {
  static let addcmulOp = Pointwise("addcmul", result: .promoted, inputs: 3, scalars: 1) { x, s in
    x[0] + s[0] * x[1] * x[2]
  }
  static let addcdivOp = Pointwise("addcdiv", result: .promoted, inputs: 3, scalars: 1) { x, s in
    x[0] + s[0] * x[1] / x[2]
  }
  static let lerpOp = Pointwise(
    "lerp", result: .promoted, inputs: 3, scalars: 0, node: "LerpBackward1"
  ) { x, _ in
    let weight = x[2]
    // From the nearer end, so that both ends are met exactly.
    return select(
      abs(weight) .< 0.5, x[0] + weight * (x[1] - x[0]), x[1] - (x[1] - x[0]) * (1 - weight))
  }
  static let lerpScalarOp = Pointwise("lerp", result: .promoted, inputs: 2, scalars: 1) { x, s in
    select(
      abs(s[0]) .< 0.5, x[0] + s[0] * (x[1] - x[0]), x[1] - (x[1] - x[0]) * (1 - s[0]))
  }
}

extension Tensor {
  /// self + value a b.
  ///
  /// - Gradient: g, g value b, g value a.
  /// - Source: torch.addcmul
  public final func addcmul(
    _ a: Tensor, _ b: Tensor, value: some Scalar = 1, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    Pointwise.addcmulOp.apply(
      TensorList(self, a, b), scalars: ScalarList(value.scalarValue), file: file, line: line)
  }

  /// self + value a / b; floating point.
  ///
  /// - Gradient: g, g value / b, -g value a / b².
  /// - Source: torch.addcdiv
  public final func addcdiv(
    _ a: Tensor, _ b: Tensor, value: some Scalar = 1, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    if !a.dtype.isFloatingPoint && !b.dtype.isFloatingPoint && !dtype.isFloatingPoint {
      Misuse("addcdiv", "integer division is not supported", got: dtype.name, try: "to(.float32)").raise(
        file: file, line: line)
      return .poison
    }
    return Pointwise.addcdivOp.apply(
      TensorList(self, a, b), scalars: ScalarList(value.scalarValue), file: file, line: line)
  }

  /// self + weight (end - self).
  ///
  /// - Gradient: g (1 - weight), g weight, g (end - self).
  /// - Source: torch.lerp
  public final func lerp(
    _ end: Tensor, _ weight: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Pointwise.lerpOp(self, end, weight, file: file, line: line) }

  public final func lerp(
    _ end: Tensor, _ weight: Double, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Pointwise.lerpScalarOp.apply(
      TensorList(self, end), scalars: ScalarList(.double(weight)), file: file, line: line)
  }
}
