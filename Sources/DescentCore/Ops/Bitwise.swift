// Logic of bits: integers and bool.

extension Pointwise {
  static let bitwiseAndOp = Pointwise("bitwise_and", result: .promoted) { x, y in x & y }
  static let bitwiseOrOp = Pointwise("bitwise_or", result: .promoted) { x, y in x | y }
  static let bitwiseXorOp = Pointwise("bitwise_xor", result: .promoted) { x, y in x ^ y }
  static let bitwiseNotOp = Pointwise("bitwise_not", result: .promoted) { x in ~x }
  static let shiftLeftOp = Pointwise("bitwise_left_shift", result: .promoted) { x, y in
    Term.apply(.shiftLeft, x, y)
  }
  static let shiftRightOp = Pointwise("bitwise_right_shift", result: .promoted) { x, y in
    Term.apply(.shiftRight, x, y)
  }
}

extension Tensor {
  /// Runs an operation that floating-point operands have not.
  private static func bits(_ op: Pointwise, _ operands: TensorList) -> Tensor {
    for i in 0..<operands.count where operands[i].dtype.isFloatingPoint {
      Misuse(
        op.name, "floating-point numbers have no bits to combine", got: operands[i].dtype.name,
        try: "to(.int64)"
      ).raise(file: "", line: 0)
      return .poison
    }
    return op.apply(operands)
  }

  /// - Source: torch.bitwise_and
  public static func & (a: Tensor, b: Tensor) -> Tensor { bits(Pointwise.bitwiseAndOp, TensorList(a, b)) }
  /// - Source: torch.bitwise_or
  public static func | (a: Tensor, b: Tensor) -> Tensor { bits(Pointwise.bitwiseOrOp, TensorList(a, b)) }
  /// - Source: torch.bitwise_xor
  public static func ^ (a: Tensor, b: Tensor) -> Tensor { bits(Pointwise.bitwiseXorOp, TensorList(a, b)) }
  /// - Source: torch.bitwise_not
  public static prefix func ~ (a: Tensor) -> Tensor { bits(Pointwise.bitwiseNotOp, TensorList(a)) }
  /// - Source: torch.bitwise_left_shift
  public static func << (a: Tensor, b: Tensor) -> Tensor { bits(Pointwise.shiftLeftOp, TensorList(a, b)) }
  /// - Source: torch.bitwise_right_shift
  public static func >> (a: Tensor, b: Tensor) -> Tensor { bits(Pointwise.shiftRightOp, TensorList(a, b)) }
}
