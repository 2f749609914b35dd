// Division with rounding, and what is left over.

extension Pointwise {
  static let floorDivideOp = Pointwise("floor_divide", result: .promoted) { x, y in Term.apply(.floorDiv, x, y) }
  static let truncDivideOp = Pointwise("div", result: .promoted) { x, y in Term.apply(.truncDiv, x, y) }
  static let remainderOp = Pointwise("remainder", result: .promoted) { x, y in Term.apply(.remainder, x, y) }
  static let fmodOp = Pointwise("fmod", result: .promoted) { x, y in Term.apply(.fmod, x, y) }
}

extension Tensor {
  /// Divides and rounds down; integers stay integers.
  ///
  /// - Gradient: 0.
  /// - Source: torch.floor_divide
  public final func floorDivide(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Pointwise.floorDivideOp(self, other, file: file, line: line) }

  /// Divides and rounds toward zero: `div` with `roundingMode: .trunc`.
  ///
  /// - Gradient: 0.
  /// - Source: torch.div
  public final func truncDivide(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Pointwise.truncDivideOp(self, other, file: file, line: line) }

  /// Returns what is left of dividing, with the divisor's sign.
  ///
  /// - Gradient: g for self, -g floor(x / y) for other.
  /// - Source: torch.remainder
  public final func remainder(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Pointwise.remainderOp(self, other, file: file, line: line) }

  /// Returns what is left of dividing, with the dividend's sign.
  ///
  /// - Gradient: g for self, -g trunc(x / y) for other.
  /// - Source: torch.fmod
  public final func fmod(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Pointwise.fmodOp(self, other, file: file, line: line) }
}
