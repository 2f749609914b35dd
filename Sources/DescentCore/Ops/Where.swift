// Elementwise choice by a mask.

extension Pointwise {
  static let whereOp = Pointwise(
    "where", result: .promoted, inputs: 3, masks: [0], scalars: 0
  ) { x, _ in select(x[0], x[1], x[2]) }
  static let whereScalarOp = Pointwise(
    "where", result: .promoted, inputs: 2, masks: [0], scalars: 1
  ) { x, s in select(x[0], x[1], s[0]) }
  static let scalarWhereOp = Pointwise(
    "where", result: .promoted, inputs: 2, masks: [0], scalars: 1
  ) { x, s in select(x[0], s[0], x[1]) }
  static let scalarsWhereOp = Pointwise(
    "where", result: .promoted, inputs: 1, masks: [0], scalars: 2
  ) { x, s in select(x[0], s[0], s[1]) }
}

extension Tensor {
  /// Returns elements of `a` where the mask is true, else of `b`; all three broadcast.
  ///
  /// - Precondition: the mask is of bool.
  /// - Returns: the promoted dtype of `a` and `b`.
  /// - Gradient: g for `a` where the mask is true, for `b` elsewhere, 0 otherwise.
  /// - Source: torch.where
  public static func `where`(
    _ mask: Tensor, _ a: Tensor, _ b: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard mask.isMask("where", file, line) else { return .poison }
    return Pointwise.whereOp(mask, a, b, file: file, line: line)
  }

  public static func `where`(
    _ mask: Tensor, _ a: Tensor, _ b: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard mask.isMask("where", file, line) else { return .poison }
    return Pointwise.whereScalarOp.apply(
      TensorList(mask, a), scalars: ScalarList(b.scalarValue), file: file, line: line)
  }

  public static func `where`(
    _ mask: Tensor, _ a: some Scalar, _ b: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard mask.isMask("where", file, line) else { return .poison }
    return Pointwise.scalarWhereOp.apply(
      TensorList(mask, b), scalars: ScalarList(a.scalarValue), file: file, line: line)
  }

  public static func `where`(
    _ mask: Tensor, _ a: some Scalar, _ b: some Scalar, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    guard mask.isMask("where", file, line) else { return .poison }
    return Pointwise.scalarsWhereOp.apply(
      TensorList(mask), scalars: ScalarList(a.scalarValue, b.scalarValue), file: file, line: line)
  }

  /// Returns this tensor's elements where the mask is true, else those of `other`.
  ///
  /// - Source: torch.Tensor.where
  public final func `where`(
    _ mask: Tensor, _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Tensor.where(mask, self, other, file: file, line: line) }

  public final func `where`(
    _ mask: Tensor, _ other: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Tensor.where(mask, self, other, file: file, line: line) }

  private func isMask(_ name: String, _ file: StaticString, _ line: UInt) -> Bool {
    if dtype == .bool { return true }
    Misuse(name, "the mask is not of bool", got: dtype.name, try: "a comparison, or bool()").raise(
      file: file, line: line)
    return false
  }
}
