// Compositions of elementary functions, each one pass.

extension Pointwise {
  static let i0Op = Pointwise("i0") { x in Term.apply(.i0, x) }
  static let i1Op = Pointwise("i1") { x in Term.apply(.i1, x) }
  static let fracOp = Pointwise("frac", result: .promoted) { x in x - trunc(x) }
  static let deg2radOp = Pointwise("deg2rad") { x in x * 0.017453292519943295 }
  static let rad2degOp = Pointwise("rad2deg") { x in x * 57.29577951308232 }
  static let sincOp = Pointwise("sinc") { x in select(x .== 0, 1, sin(x * 3.141592653589793) / (x * 3.141592653589793)) }
  static let entrOp = Pointwise("entr") { x in select(x .> 0, -x * log(x), select(x .== 0, 0, select(x .!= x, x, .constant(-.infinity)))) }
  static let ndtrOp = Pointwise("ndtr") { x in 0.5 * Term.apply(.erfc, x * -0.7071067811865476) }
}

extension Tensor {
  /// Returns the part behind the point, with the sign.
  ///
  /// - Gradient: g.
  /// - Source: torch.frac
  public final func frac(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.fracOp(self, file: file, line: line)
  }

  /// Converts degrees to radians.
  ///
  /// - Gradient: g pi / 180.
  /// - Source: torch.deg2rad
  public final func deg2rad(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.deg2radOp(self, file: file, line: line)
  }

  /// Converts radians to degrees.
  ///
  /// - Gradient: g 180 / pi.
  /// - Source: torch.rad2deg
  public final func rad2deg(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.rad2degOp(self, file: file, line: line)
  }

  /// Returns sin(pi x) / (pi x), 1 at 0.
  ///
  /// - Gradient: 0 at 0.
  /// - Source: torch.sinc
  public final func sinc(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.sincOp(self, file: file, line: line)
  }

  /// Returns the modified Bessel function of order 0.
  ///
  /// - Gradient: g i1(x).
  /// - Source: torch.i0
  public final func i0(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.i0Op(self, file: file, line: line)
  }

  /// Returns the modified Bessel function of order 1.
  ///
  /// - Gradient: g (i0(x) - i1(x) / x).
  /// - Source: torch.special.i1
  public final func i1(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.i1Op(self, file: file, line: line)
  }

  /// Returns -x log(x), 0 at 0, -inf below.
  ///
  /// - Gradient: -g (log(x) + 1).
  /// - Source: torch.special.entr
  public final func entr(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.entrOp(self, file: file, line: line)
  }

  /// Returns the standard normal's distribution function.
  ///
  /// - Gradient: g exp(-x²/2) / sqrt(2 pi).
  /// - Source: torch.special.ndtr
  public final func ndtr(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.ndtrOp(self, file: file, line: line)
  }
}
