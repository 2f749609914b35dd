// Elementwise comparison: bool results, no gradient. NaN equals nothing.

extension Tensor {
  static let eqOp = Pointwise("eq", result: .bool) { x, y in x .== y }
  static let neOp = Pointwise("ne", result: .bool) { x, y in x .!= y }
  static let ltOp = Pointwise("lt", result: .bool) { x, y in x .< y }
  static let leOp = Pointwise("le", result: .bool) { x, y in x .<= y }
  static let gtOp = Pointwise("gt", result: .bool) { x, y in x .> y }
  static let geOp = Pointwise("ge", result: .bool) { x, y in x .>= y }
  static let eqScalarOp = scalarComparison("eq") { $0 .== $1 }
  static let neScalarOp = scalarComparison("ne") { $0 .!= $1 }
  static let ltScalarOp = scalarComparison("lt") { $0 .< $1 }
  static let leScalarOp = scalarComparison("le") { $0 .<= $1 }
  static let gtScalarOp = scalarComparison("gt") { $0 .> $1 }
  static let geScalarOp = scalarComparison("ge") { $0 .>= $1 }

  private static func scalarComparison(_ name: String, _ body: (Term, Term) -> Term) -> Pointwise {
    Pointwise(name, result: .bool, inputs: 1, scalars: 1) { x, s in body(x[0], s[0]) }
  }

  public static func .== (a: Tensor, b: Tensor) -> Tensor { binary(eqOp, a, b) }
  public static func .== (a: Tensor, b: some Scalar) -> Tensor { unary(eqScalarOp, a, b) }
  public static func .== (a: some Scalar, b: Tensor) -> Tensor { unary(eqScalarOp, b, a) }
  public static func .!= (a: Tensor, b: Tensor) -> Tensor { binary(neOp, a, b) }
  public static func .!= (a: Tensor, b: some Scalar) -> Tensor { unary(neScalarOp, a, b) }
  public static func .!= (a: some Scalar, b: Tensor) -> Tensor { unary(neScalarOp, b, a) }
  public static func .< (a: Tensor, b: Tensor) -> Tensor { binary(ltOp, a, b) }
  public static func .< (a: Tensor, b: some Scalar) -> Tensor { unary(ltScalarOp, a, b) }
  public static func .< (a: some Scalar, b: Tensor) -> Tensor { unary(gtScalarOp, b, a) }
  public static func .<= (a: Tensor, b: Tensor) -> Tensor { binary(leOp, a, b) }
  public static func .<= (a: Tensor, b: some Scalar) -> Tensor { unary(leScalarOp, a, b) }
  public static func .<= (a: some Scalar, b: Tensor) -> Tensor { unary(geScalarOp, b, a) }
  public static func .> (a: Tensor, b: Tensor) -> Tensor { binary(gtOp, a, b) }
  public static func .> (a: Tensor, b: some Scalar) -> Tensor { unary(gtScalarOp, a, b) }
  public static func .> (a: some Scalar, b: Tensor) -> Tensor { unary(ltScalarOp, b, a) }
  public static func .>= (a: Tensor, b: Tensor) -> Tensor { binary(geOp, a, b) }
  public static func .>= (a: Tensor, b: some Scalar) -> Tensor { unary(geScalarOp, a, b) }
  public static func .>= (a: some Scalar, b: Tensor) -> Tensor { unary(leScalarOp, b, a) }
}

extension Tensor {
  /// Returns whether elements are equal. NaN equals nothing.
  ///
  /// - Source: torch.eq
  public final func eq(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Self.eqOp.binary(self, other, file: file, line: line) }

  public final func eq(
    _ other: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Self.eqScalarOp.unary(self, ScalarList(other.scalarValue), file: file, line: line) }

  /// Returns whether elements differ.
  ///
  /// - Source: torch.ne
  public final func ne(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Self.neOp.binary(self, other, file: file, line: line) }

  public final func ne(
    _ other: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Self.neScalarOp.unary(self, ScalarList(other.scalarValue), file: file, line: line) }

  /// Returns whether self is smaller.
  ///
  /// - Source: torch.lt
  public final func lt(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Self.ltOp.binary(self, other, file: file, line: line) }

  public final func lt(
    _ other: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Self.ltScalarOp.unary(self, ScalarList(other.scalarValue), file: file, line: line) }

  /// Returns whether self is not larger.
  ///
  /// - Source: torch.le
  public final func le(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Self.leOp.binary(self, other, file: file, line: line) }

  public final func le(
    _ other: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Self.leScalarOp.unary(self, ScalarList(other.scalarValue), file: file, line: line) }

  /// Returns whether self is larger.
  ///
  /// - Source: torch.gt
  public final func gt(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Self.gtOp.binary(self, other, file: file, line: line) }

  public final func gt(
    _ other: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Self.gtScalarOp.unary(self, ScalarList(other.scalarValue), file: file, line: line) }

  /// Returns whether self is not smaller.
  ///
  /// - Source: torch.ge
  public final func ge(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Self.geOp.binary(self, other, file: file, line: line) }

  public final func ge(
    _ other: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Self.geScalarOp.unary(self, ScalarList(other.scalarValue), file: file, line: line) }
}
