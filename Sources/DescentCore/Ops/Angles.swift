// Angles and distances.

extension Pointwise {
  static let atan2Op = Pointwise("atan2") { y, x in atan2(y, x) }
  static let hypotOp = Pointwise(
    "hypot", result: .promoted, inputs: 2, scalars: 0, domain: .floating
  ) { x, _ in Term.apply(.hypot, x[0], x[1]) }
  static let deg2radOp = Pointwise("deg2rad", node: "Deg2RadBackward0") { x in
    x * 0.0174532925199432957692
  }
  static let rad2degOp = Pointwise("rad2deg", node: "Rad2DegBackward0") { x in
    x * 57.2957795130823208768
  }
  static let sincOp = Pointwise(
    "sinc",
    gradient: { x, g in
      let angle = x * 3.14159265358979323846
      let square = x * x * 3.14159265358979323846
      let slope = (angle * cos(angle) - sin(angle)) / square
      return select(square .== 0, 0, g * slope)
    }
  ) { x in
    let angle = x * 3.14159265358979323846
    return select(x .== 0, 1, sin(angle) / angle)
  }
}

extension Tensor {
  /// Returns the angle of the point (other, self), from -pi to pi: its quadrant counts.
  ///
  /// - Gradient: g x / (x^2 + y^2) for y (self), -g y / (x^2 + y^2) for x.
  /// - Source: torch.atan2
  public final func atan2(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Pointwise.atan2Op(self, other, file: file, line: line) }

  /// Does `atan2` in place.
  @discardableResult
  public final func atan2_(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Pointwise.atan2Op.applyInPlace(TensorList(self, other), file: file, line: line) }

  /// Returns sqrt(x^2 + y^2), without overflow.
  ///
  /// - Precondition: floating point, as PyTorch.
  /// - Gradient: g x / result and g y / result.
  /// - Source: torch.hypot
  public final func hypot(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Pointwise.hypotOp(self, other, file: file, line: line) }

  /// Converts degrees to radians.
  ///
  /// - Gradient: g pi / 180.
  /// - Source: torch.deg2rad
  public final func deg2rad(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.deg2radOp(self, file: file, line: line)
  }

  /// Does `deg2rad` in place.
  ///
  /// - Source: torch.Tensor.deg2rad_
  @discardableResult
  public final func deg2rad_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.deg2radOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// Converts radians to degrees.
  ///
  /// - Gradient: g 180 / pi.
  /// - Source: torch.rad2deg
  public final func rad2deg(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.rad2degOp(self, file: file, line: line)
  }

  /// Does `rad2deg` in place.
  ///
  /// - Source: torch.Tensor.rad2deg_
  @discardableResult
  public final func rad2deg_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.rad2degOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// Returns sin(pi x) / (pi x); 1 at 0.
  ///
  /// - Gradient: g (cos(pi x) - sinc(x)) / x, 0 at 0.
  /// - Source: torch.sinc
  public final func sinc(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.sincOp(self, file: file, line: line)
  }

  /// Does `sinc` in place.
  ///
  /// - Source: torch.Tensor.sinc_
  @discardableResult
  public final func sinc_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.sincOp.applyInPlace(TensorList(self), file: file, line: line)
  }
}
