// Which numbers are finite, and which tensors are equal or nearly so.

extension Pointwise {
  static let isnanOp = Pointwise("isnan", result: .bool) { x in isNaN(x) }
  static let isinfOp = Pointwise("isinf", result: .bool) { x in Term.apply(.isInf, x) }
  static let isfiniteOp = Pointwise("isfinite", result: .bool) { x in
    ~(isNaN(x) | Term.apply(.isInf, x))
  }
  static let isposinfOp = Pointwise("isposinf", result: .bool) { x in
    Term.apply(.isInf, x) & (x .> 0)
  }
  static let isneginfOp = Pointwise("isneginf", result: .bool) { x in
    Term.apply(.isInf, x) & (x .< 0)
  }
  static let iscloseOp = Pointwise(
    "isclose", result: .bool, inputs: 2, scalars: 2, scalarsPromote: false
  ) { x, s in
    let difference = abs(x[0] - x[1])
    let isNear = (difference .<= s[1] + abs(s[0] * x[1])) & (difference .< .infinity)
    return (x[0] .== x[1]) | isNear
  }
  static let iscloseOrNaNOp = Pointwise(
    "isclose", result: .bool, inputs: 2, scalars: 2, scalarsPromote: false
  ) { x, s in
    let difference = abs(x[0] - x[1])
    let isNear = (difference .<= s[1] + abs(s[0] * x[1])) & (difference .< .infinity)
    return (x[0] .== x[1]) | isNear | (isNaN(x[0]) & isNaN(x[1]))
  }
}

extension Tensor {
  /// Returns whether elements are NaN.
  ///
  /// - Source: torch.isnan
  public final func isnan(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.isnanOp(self, file: file, line: line)
  }

  /// Returns whether elements are infinite.
  ///
  /// - Source: torch.isinf
  public final func isinf(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.isinfOp(self, file: file, line: line)
  }

  /// Returns whether elements are neither infinite nor NaN.
  ///
  /// - Source: torch.isfinite
  public final func isfinite(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.isfiniteOp(self, file: file, line: line)
  }

  /// Returns whether elements are positive infinity.
  ///
  /// - Source: torch.isposinf
  public final func isposinf(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.isposinfOp(self, file: file, line: line)
  }

  /// Returns whether elements are negative infinity.
  ///
  /// - Source: torch.isneginf
  public final func isneginf(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.isneginfOp(self, file: file, line: line)
  }

  /// Returns whether elements are nearly equal: |x - y| <= atol + rtol |y|. Equal infinities are.
  ///
  /// - Precondition: both of one dtype; rtol and atol not negative.
  /// - Source: torch.isclose
  public final func isclose(
    _ other: Tensor, rtol: Double = 1e-5, atol: Double = 1e-8, equalNaN: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      if self.dtype != other.dtype {
        throw Misuse(
          "isclose", "the dtypes differ", got: "\(self.dtype.name) and \(other.dtype.name)",
          try: "to(.\(self.dtype.name))")
      }
      if !(rtol >= 0 && atol >= 0) {
        throw Misuse(
          "isclose", "a tolerance is negative", got: "rtol \(rtol), atol \(atol)", try: "0 or more")
      }
    }
    if checked == nil { return .poison }
    let op = equalNaN ? Pointwise.iscloseOrNaNOp : Pointwise.iscloseOp
    let scalars = ScalarList(.double(rtol), .double(atol))
    if dtype.isFloatingPoint {
      return op.apply(TensorList(self, other), scalars: scalars, file: file, line: line)
    }
    // float32 is not exact for large integers: equality is asked of the integers themselves.
    let near = op.apply(
      TensorList(to(.float32), other.to(.float32)), scalars: scalars, file: file, line: line)
    return eq(other, file: file, line: line).add(near)
  }

  /// Whether all elements are nearly equal; see `isclose`.
  ///
  /// - Source: torch.allclose
  public final func allclose(
    _ other: Tensor, rtol: Double = 1e-5, atol: Double = 1e-8, equalNaN: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Bool {
    let close = isclose(
      other, rtol: rtol, atol: atol, equalNaN: equalNaN, file: file, line: line)
    return close.all().item(as: Bool.self)
  }

  /// Whether two tensors have the same shape and equal elements.
  ///
  /// - Precondition: both of one dtype.
  /// - Source: torch.equal
  public final func equal(_ other: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Bool
  {
    if dtype != other.dtype {
      Misuse(
        "equal", "the dtypes differ", got: "\(dtype.name) and \(other.dtype.name)",
        try: "to(.\(dtype.name))"
      ).raise(file: file, line: line)
      return false
    }
    if shape != other.shape { return false }
    return eq(other, file: file, line: line).all().item(as: Bool.self)
  }
}
