// Logic of elements, whatever their dtype: what is not zero is true.

extension Pointwise {
  private static func logical(_ name: String, _ body: (Term, Term) -> Term) -> Pointwise {
    Pointwise(name, result: .bool, inputs: 2, scalars: 0) { x, _ in
      body(Term.apply(.toBool, x[0]), Term.apply(.toBool, x[1]))
    }
  }
  static let logicalAndOp = logical("logical_and") { $0 & $1 }
  static let logicalOrOp = logical("logical_or") { $0 | $1 }
  static let logicalXorOp = logical("logical_xor") { $0 ^ $1 }
  static let logicalNotOp = Pointwise("logical_not", result: .bool) { x in
    ~Term.apply(.toBool, x)
  }
}

extension Tensor {
  /// Returns whether both elements are not zero. NaN is not zero.
  ///
  /// - Source: torch.logical_and
  public final func logicalAnd(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Pointwise.logicalAndOp(self, other, file: file, line: line) }

  /// Does `logicalAnd` in place.
  @discardableResult
  public final func logicalAnd_(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Pointwise.logicalAndOp.applyInPlace(TensorList(self, other), file: file, line: line)
  }

  /// Returns whether one of the elements is not zero. NaN is not zero.
  ///
  /// - Source: torch.logical_or
  public final func logicalOr(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Pointwise.logicalOrOp(self, other, file: file, line: line) }

  /// Does `logicalOr` in place.
  @discardableResult
  public final func logicalOr_(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Pointwise.logicalOrOp.applyInPlace(TensorList(self, other), file: file, line: line)
  }

  /// Returns whether exactly one of the elements is not zero. NaN is not zero.
  ///
  /// - Source: torch.logical_xor
  public final func logicalXor(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Pointwise.logicalXorOp(self, other, file: file, line: line) }

  /// Does `logicalXor` in place.
  @discardableResult
  public final func logicalXor_(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Pointwise.logicalXorOp.applyInPlace(TensorList(self, other), file: file, line: line)
  }

  /// Returns whether elements are zero.
  ///
  /// - Source: torch.logical_not
  public final func logicalNot(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.logicalNotOp(self, file: file, line: line)
  }
}
