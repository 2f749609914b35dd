// Piecewise and smooth activations, each one pass over memory.

extension Pointwise {
  static let relu6Op = Pointwise("hardtanh", result: .promoted) { x in
    select((x .> 0) & (x .< 6), x, select(x .<= 0, 0, select(x .>= 6, 6, x * 0)))
  }
  static let hardsigmoidOp = Pointwise("hardsigmoid") { x in
    select((x .> -3) & (x .< 3), x / 6 + 0.5, select(x .<= -3, 0, select(x .>= 3, 1, x * 0)))
  }
  static let hardswishOp = Pointwise("hardswish") { x in
    // Overflows where PyTorch's x * 6 / 6 does; the middle branch sees only what it is for.
    let z = select((x .> -3) & (x .< 3), x, 0)
    let n = select(x .!= x, x, 0)  // NaN has a gradient of NaN
    return select(
      x .>= 3, x * 6 / 6, select(x .<= -3, x * 0, select(x .!= x, n * n, z * (z + 3) / 6)))
  }
  static let softsignOp = Pointwise("div") { x in x / (1 + abs(x)) }
  static let tanhshrinkOp = Pointwise("sub") { x in x - tanh(x) }
  static let logsigmoidOp = Pointwise("log_sigmoid") { x in
    // Written by branches, so that the second derivative is right at 0 too, where that of abs is not.
    select(x .< 0, x, 0) - log1p(exp(select(x .< 0, x, -x)))
  }
  static let seluOp = Pointwise("elu") { x in
    1.0507009873554805
      * select(x .> 0, x, 1.6732632423543772 * expm1(select(x .> 0, 0, x)))
  }
  static let geluTanhOp = Pointwise("gelu") { x in
    0.5 * x * (1 + tanh(0.7978845608028654 * (x + 0.044715 * x * x * x)))
  }
}

extension Tensor {
  /// Returns min(max(x, 0), 6).
  ///
  /// - Gradient: g strictly inside.
  /// - Source: torch.nn.functional.relu6
  public final func relu6(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.relu6Op(self, file: file, line: line)
  }

  /// Returns x / 6 + 1/2, limited to [0, 1].
  ///
  /// - Gradient: g / 6 strictly inside.
  /// - Source: torch.nn.functional.hardsigmoid
  public final func hardsigmoid(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.hardsigmoidOp(self, file: file, line: line)
  }

  /// Returns x hardsigmoid(x).
  ///
  /// - Gradient: g (x / 3 + 1/2) inside.
  /// - Source: torch.nn.functional.hardswish
  public final func hardswish(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.hardswishOp(self, file: file, line: line)
  }

  /// Returns x / (1 + |x|).
  ///
  /// - Gradient: g / (1 + |x|)².
  /// - Source: torch.nn.functional.softsign
  public final func softsign(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.softsignOp(self, file: file, line: line)
  }

  /// Returns x - tanh(x).
  ///
  /// - Gradient: g tanh(x)².
  /// - Source: torch.nn.functional.tanhshrink
  public final func tanhshrink(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.tanhshrinkOp(self, file: file, line: line)
  }

  /// Returns log(sigmoid(x)) without overflow.
  ///
  /// - Gradient: g sigmoid(-x).
  /// - Source: torch.nn.functional.logsigmoid
  public final func logsigmoid(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.logsigmoidOp(self, file: file, line: line)
  }

  /// Returns Scaled ELU that keeps mean 0 and variance 1.
  ///
  /// - Gradient: as ELU, scaled.
  /// - Source: torch.nn.functional.selu; Klambauer et al. 2017
  public final func selu(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.seluOp(self, file: file, line: line)
  }

  /// Returns GELU by its approximation with tanh.
  ///
  /// - Gradient: of the formula.
  /// - Source: torch.nn.functional.gelu(approximate: tanh)
  public final func geluTanh(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.geluTanhOp(self, file: file, line: line)
  }
}

extension Pointwise {
  static let hardtanhOp = Pointwise("hardtanh", result: .promoted, inputs: 1, scalars: 2) { x, s in
    // NaN passes its value and no gradient, as in PyTorch.
    let inside = (x[0] .> s[0]) & (x[0] .< s[1])
    return select(
      inside, x[0], select(x[0] .<= s[0], s[0], select(x[0] .>= s[1], s[1], x[0] * 0)))
  }
  static let hardshrinkOp = Pointwise("hardshrink", result: .promoted, inputs: 1, scalars: 1) {
    x, s in
    select((x[0] .> s[0]) | (x[0] .< -s[0]), x[0], x[0] * 0)
  }
  static let softshrinkOp = Pointwise("softshrink", result: .promoted, inputs: 1, scalars: 1) {
    x, s in
    select(x[0] .> s[0], x[0] - s[0], select(x[0] .< -s[0], x[0] + s[0], x[0] * 0))
  }
  static let thresholdOp = Pointwise("threshold", result: .promoted, inputs: 1, scalars: 2) {
    x, s in
    select(x[0] .<= s[0], s[1], x[0])
  }
  static let celuOp = Pointwise("celu", inputs: 1, scalars: 1) { x, s in
    select(x[0] .> 0, x[0], s[0] * expm1(select(x[0] .> 0, 0, x[0]) / s[0]))
  }
}

extension Tensor {
  /// Limits to [minVal, maxVal].
  ///
  /// - Gradient: g strictly inside.
  /// - Source: torch.nn.functional.hardtanh
  public final func hardtanh(
    minVal: Double = -1, maxVal: Double = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if minVal > maxVal {
      Misuse(
        "hardtanh", "the limits are not in order", got: "\(minVal) and \(maxVal)",
        try: "minVal <= maxVal"
      )
      .raise(file: file, line: line)
      return .poison
    }
    return Pointwise.hardtanhOp.unary(
      self, ScalarList(.double(minVal), .double(maxVal)), file: file, line: line)
  }

  /// 0 within ±lambd, else x.
  ///
  /// - Source: torch.nn.functional.hardshrink
  public final func hardshrink(
    lambd: Double = 0.5, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Pointwise.hardshrinkOp.unary(self, ScalarList(.double(lambd)), file: file, line: line)
  }

  /// x moved toward 0 by lambd, 0 within ±lambd.
  ///
  /// - Source: torch.nn.functional.softshrink
  public final func softshrink(
    lambd: Double = 0.5, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if lambd < 0 {
      Misuse("softshrink", "lambd is negative", got: "\(lambd)", try: "0 or more").raise(
        file: file, line: line)
      return .poison
    }
    return Pointwise.softshrinkOp.unary(self, ScalarList(.double(lambd)), file: file, line: line)
  }

  /// x above the threshold, else value.
  ///
  /// - Source: torch.nn.functional.threshold
  public final func threshold(
    _ threshold: some Scalar, _ value: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Pointwise.thresholdOp.unary(
      self, ScalarList(threshold.scalarValue, value.scalarValue), file: file, line: line)
  }

  /// x where positive, else alpha (exp(x / alpha) - 1).
  ///
  /// - Source: torch.nn.functional.celu; Barron 2017
  public final func celu(
    alpha: Double = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if alpha == 0 {
      Misuse("celu", "alpha is zero", got: "0", try: "another alpha").raise(file: file, line: line)
      return .poison
    }
    return Pointwise.celuOp.unary(self, ScalarList(.double(alpha)), file: file, line: line)
  }
}
