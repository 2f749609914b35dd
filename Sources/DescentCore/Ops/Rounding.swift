// Signs and rounding.

extension Pointwise {
  static let absOp = Pointwise("abs", result: .promoted) { x in Term.apply(.abs, x) }
  static let signOp = Pointwise("sign", result: .promoted) { x in sign(x) }
  static let floorOp = Pointwise("floor", result: .promoted) { x in floor(x) }
  static let ceilOp = Pointwise("ceil", result: .promoted) { x in ceil(x) }
  static let roundOp = Pointwise("round", result: .promoted) { x in round(x) }
  static let truncOp = Pointwise("trunc", result: .promoted) { x in trunc(x) }
  static let isnanOp = Pointwise("isnan", result: .bool) { x in isNaN(x) }
}

extension Tensor {
  /// Returns the absolute value.
  ///
  /// - Gradient: g sign(x), 0 at 0.
  /// - Source: torch.abs
  public final func abs(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.absOp(self, file: file, line: line)
  }

  /// Returns -1, 0 or 1.
  ///
  /// - Gradient: 0.
  /// - Source: torch.sign
  public final func sign(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.signOp(self, file: file, line: line)
  }

  /// Integers are whole already; of bool, rounding is refused as in PyTorch.
  private final func rounded(_ op: Pointwise, _ file: StaticString, _ line: UInt) -> Tensor {
    if dtype == .bool {
      Misuse(op.name, "bool cannot be rounded", got: dtype.name, try: "to(.float32)").raise(
        file: file, line: line)
      return .poison
    }
    return dtype.isFloatingPoint ? op(self, file: file, line: line) : clone()
  }

  /// - Source: torch.floor
  public final func floor(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    rounded(Pointwise.floorOp, file, line)
  }

  /// - Source: torch.ceil
  public final func ceil(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    rounded(Pointwise.ceilOp, file, line)
  }

  /// Rounds half to even.
  ///
  /// - Source: torch.round
  public final func round(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    rounded(Pointwise.roundOp, file, line)
  }

  /// - Source: torch.trunc
  public final func trunc(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    rounded(Pointwise.truncOp, file, line)
  }

  /// - Source: torch.isnan
  public final func isnan(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.isnanOp(self, file: file, line: line)
  }
}
