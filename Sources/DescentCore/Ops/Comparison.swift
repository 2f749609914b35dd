// Elementwise comparison: bool results, no gradient.


extension Tensor {
  static let neOp = Pointwise("ne", result: .bool) { x, y in x .!= y }

  public static func .!= (a: Tensor, b: Tensor) -> Tensor { binary(neOp, a, b) }
}
