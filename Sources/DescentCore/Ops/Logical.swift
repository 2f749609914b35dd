// Logic of truth values: anything but zero is true.

extension Pointwise {
  static let logicalAndOp = Pointwise("logicalAnd", result: .bool) { x, y in Term.apply(.toBool, x) & Term.apply(.toBool, y) }
  static let logicalOrOp = Pointwise("logicalOr", result: .bool) { x, y in Term.apply(.toBool, x) | Term.apply(.toBool, y) }
  static let logicalXorOp = Pointwise("logicalXor", result: .bool) { x, y in Term.apply(.toBool, x) ^ Term.apply(.toBool, y) }
  static let logicalNotOp = Pointwise("logicalNot", result: .bool) { x in ~Term.apply(.toBool, x) }
  static let isinfOp = Pointwise("isinf", result: .bool) { x in Term.apply(.isInf, x) }
  static let isfiniteOp = Pointwise("isfinite", result: .bool) { x in ~(Term.apply(.isInf, x) | isNaN(x)) }
  static let signbitOp = Pointwise("signbit", result: .bool) { x in Term.apply(.signbit, x) }
}

extension Tensor {
  /// Whether both are true.
  ///
  /// - Gradient: none.
  /// - Source: torch.logical_and
  public final func logicalAnd(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Pointwise.logicalAndOp(self, other, file: file, line: line) }

  /// Whether one is true.
  ///
  /// - Gradient: none.
  /// - Source: torch.logical_or
  public final func logicalOr(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Pointwise.logicalOrOp(self, other, file: file, line: line) }

  /// Whether exactly one is true.
  ///
  /// - Gradient: none.
  /// - Source: torch.logical_xor
  public final func logicalXor(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Pointwise.logicalXorOp(self, other, file: file, line: line) }

  /// Whether it is not true.
  ///
  /// - Gradient: none.
  /// - Source: torch.logical_not
  public final func logicalNot(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.logicalNotOp(self, file: file, line: line)
  }

  /// Whether it is infinite.
  ///
  /// - Gradient: none.
  /// - Source: torch.isinf
  public final func isinf(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.isinfOp(self, file: file, line: line)
  }

  /// Whether it is neither infinite nor NaN.
  ///
  /// - Gradient: none.
  /// - Source: torch.isfinite
  public final func isfinite(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.isfiniteOp(self, file: file, line: line)
  }

  /// Whether the sign is negative, that of -0 too.
  ///
  /// - Gradient: none.
  /// - Source: torch.signbit
  public final func signbit(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.signbitOp(self, file: file, line: line)
  }
}
