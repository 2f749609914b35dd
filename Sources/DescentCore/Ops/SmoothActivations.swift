// Smooth activations, each one pass over memory. Floating point only, but for those that say otherwise.

/// How `gelu` computes the normal distribution function. `description` prints PyTorch's word.
public enum GeluApproximation: String, Sendable, CustomStringConvertible {
  /// By the error function.
  case none
  /// By tanh: the formula of the original paper.
  case tanh

  public var description: String { rawValue }
}

extension Pointwise {
  /// scale (x where positive, else alpha (exp(rate x) - 1)). Where x is positive the exponential is not
  /// asked for: it would overflow, and 0 times its infinity is no gradient.
  private static func elu(
    _ x: Term, _ alpha: Term, _ scale: Term, _ rate: Term
  ) -> Term {
    let negative = select(x .<= 0, x, 0)
    return select(x .<= 0, expm1(negative * rate) * alpha * scale, x * scale)
  }
  /// NaN passes; the slope's own derivative at 0 is 0.
  private static func eluSlope(
    _ x: Term, _ alpha: Term, _ scale: Term, _ rate: Term, _ g: Term
  ) -> Term {
    let negative = select(x .>= 0, 0, x)
    return select(x .> 0, g * scale, g * (rate * alpha * scale) * exp(negative * rate))
  }
  private static let one = Term.constant(1)
  private static let seluAlpha = Term.constant(1.6732632423543772848170429916717)
  private static let seluScale = Term.constant(1.0507009873554804934193349852946)

  static let eluOp = Pointwise(
    "elu", result: .promoted, inputs: 1, scalars: 1, domain: .floating, scalarsPromote: false,
    gradient: { x, s, g in [eluSlope(x[0], s[0], one, one, g)] }
  ) { x, s in elu(x[0], s[0], one, one) }
  static let seluOp = Pointwise(
    "selu", result: .promoted, node: "EluBackward0", domain: .floating,
    gradient: { x, g in eluSlope(x, seluAlpha, seluScale, one, g) }
  ) { x in elu(x, seluAlpha, seluScale, one) }
  static let celuOp = Pointwise(
    "celu", result: .promoted, inputs: 1, scalars: 1, domain: .floating, scalarsPromote: false,
    gradient: { x, s, g in [eluSlope(x[0], s[0], one, reciprocal(s[0]), g)] }
  ) { x, s in elu(x[0], s[0], one, reciprocal(s[0])) }
  static let geluOp = Pointwise("gelu", result: .promoted, domain: .floating) { x in gelu(x) }
  static let geluTanhOp = Pointwise(
    "gelu", result: .promoted, domain: .floating,
    gradient: { x, g in
      let t = tanh(0.797884560802865355880 * (x + 0.044715 * x * x * x))
      let slope = 0.797884560802865355880 * (1 + 3 * 0.044715 * x * x)
      return g * (0.5 * (1 + t) + 0.5 * x * (1 - t * t) * slope)
    }
  ) { x in 0.5 * x * (1 + tanh(0.797884560802865355880 * (x + 0.044715 * x * x * x))) }
  static let siluOp = Pointwise("silu", result: .promoted, domain: .floating) { x in silu(x) }
  static let mishOp = Pointwise(
    "mish", result: .promoted, domain: .floating,
    gradient: { x, g in
      let t = tanh(softplus(x))
      return g * (t + x * sigmoid(x) * (1 - t * t))
    }
  ) { x in x * tanh(softplus(x)) }
  static let softplusOp = Pointwise(
    "softplus", result: .promoted, inputs: 1, scalars: 2, domain: .floating, scalarsPromote: false,
    gradient: { x, s, g in
      let z = x[0] * s[0]
      return [select(z .> s[1], g, g * sigmoid(z))]
    }
  ) { x, s in
    let z = x[0] * s[0]
    return select(z .> s[1], x[0], log1p(exp(z)) / s[0])
  }
  static let softsignOp = Pointwise(
    "softsign", node: "DivBackward0", domain: .numbers,
    gradient: { x, g in
      let size = 1 + abs(x)
      return g / size - sign(x) * (g * (x / size) / size)
    }
  ) { x in x / (1 + abs(x)) }
  static let tanhshrinkOp = Pointwise("tanhshrink", node: "SubBackward0", domain: .numbers) { x in
    x - tanh(x)
  }
  static let logsigmoidOp = Pointwise(
    "log_sigmoid", result: .promoted, domain: .floating, gradient: { x, g in g * sigmoid(-x) }
  ) { x in minimum(x, .constant(0)) - log1p(exp(-abs(x))) }
  static let gluOp = Pointwise("glu", result: .promoted) { a, b in a * sigmoid(b) }
}

extension Tensor {
  /// Returns x where positive, else alpha (exp(x) - 1).
  ///
  /// - Gradient: g where x > 0, else g alpha exp(x).
  /// - Source: torch.nn.functional.elu, Clevert et al. 2015
  public final func elu(
    alpha: Double = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Pointwise.eluOp.unary(self, ScalarList(.double(alpha)), file: file, line: line)
  }

  /// Does `elu` in place.
  @discardableResult
  public final func elu_(
    alpha: Double = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Pointwise.eluOp.applyInPlace(
      TensorList(self), scalars: ScalarList(.double(alpha)), file: file, line: line)
  }

  /// Returns the scaled `elu` that keeps mean 0 and variance 1: scale 1.0507, alpha 1.6733.
  ///
  /// - Gradient: scale g where x > 0, else scale alpha g exp(x).
  /// - Source: torch.nn.functional.selu, Klambauer et al. 2017
  public final func selu(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.seluOp(self, file: file, line: line)
  }

  /// Returns x where positive, else alpha (exp(x / alpha) - 1).
  ///
  /// - Gradient: g where x > 0, else g exp(x / alpha).
  /// - Source: torch.nn.functional.celu, Barron 2017
  public final func celu(
    alpha: Double = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if alpha == 0 {
      Misuse("celu", "alpha is 0", got: "alpha 0", try: "another alpha").raise(
        file: file, line: line)
      return .poison
    }
    return Pointwise.celuOp.unary(self, ScalarList(.double(alpha)), file: file, line: line)
  }

  /// Returns x times the standard normal's distribution function.
  ///
  /// - Gradient: g (cdf(x) + x pdf(x)).
  /// - Source: torch.nn.functional.gelu, Hendrycks and Gimpel 2016
  public final func gelu(
    approximate: GeluApproximation = .none, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    switch approximate {
    case .none: Pointwise.geluOp(self, file: file, line: line)
    case .tanh: Pointwise.geluTanhOp(self, file: file, line: line)
    }
  }

  /// Returns x sigmoid(x).
  ///
  /// - Gradient: g s (1 + x (1 - s)) with s = sigmoid(x).
  /// - Source: torch.nn.functional.silu
  public final func silu(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.siluOp(self, file: file, line: line)
  }

  /// Does `silu` in place.
  @discardableResult
  public final func silu_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.siluOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// Returns x tanh(softplus(x)).
  ///
  /// - Gradient: g (t + x sigmoid(x) (1 - t^2)) with t = tanh(softplus(x)).
  /// - Source: torch.nn.functional.mish, Misra 2019
  public final func mish(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.mishOp(self, file: file, line: line)
  }

  /// Returns log(1 + exp(beta x)) / beta, and x itself where beta x > threshold.
  ///
  /// - Gradient: g sigmoid(beta x), g above the threshold.
  /// - Source: torch.nn.functional.softplus
  public final func softplus(
    beta: Double = 1, threshold: Double = 20, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Pointwise.softplusOp.unary(
      self, ScalarList(.double(beta), .double(threshold)), file: file, line: line)
  }

  /// Returns x / (1 + |x|). Integers become float32.
  ///
  /// - Gradient: g / (1 + |x|)^2.
  /// - Source: torch.nn.functional.softsign
  public final func softsign(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.softsignOp(self, file: file, line: line)
  }

  /// Returns x - tanh(x). Integers become float32.
  ///
  /// - Gradient: g tanh(x)^2.
  /// - Source: torch.nn.functional.tanhshrink
  public final func tanhshrink(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.tanhshrinkOp(self, file: file, line: line)
  }

  /// Returns log(sigmoid(x)), without underflow.
  ///
  /// - Gradient: g sigmoid(-x).
  /// - Source: torch.nn.functional.logsigmoid
  public final func logsigmoid(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.logsigmoidOp(self, file: file, line: line)
  }

  /// Halves a dimension: the first half times the sigmoid of the second.
  ///
  /// - Precondition: floating point; the size of `dim` is even.
  /// - Gradient: g sigmoid(b) and g a sigmoid(b) (1 - sigmoid(b)).
  /// - Source: torch.nn.functional.glu, Dauphin et al. 2016
  public final func glu(
    dim: Int = -1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let d = attempt(file: file, line: line) { () throws(Misuse) -> Int in
      try Rules.floating("glu", self.dtype)
      let d = try Rules.dim("glu", dim, of: self.shape)
      if self.ndim == 0 || self.shape[d] % 2 != 0 {
        throw Misuse(
          "glu", "the dimension has no two halves", got: "dim \(dim) of \(self.shape.brackets)",
          try: "an even size")
      }
      return d
    }
    guard let d else { return .poison }
    let output = noGrad {
      let (a, b) = halves(d)
      return Pointwise.gluOp(a, b, file: file, line: line)
    }
    if recording(self) {
      output.record(
        "GluBackward0", TensorList(self), saving: TensorList(self), file: file, line: line
      ) { step, g in step.give(0, Tensor.gluGradient(step.saved(0), g, d)) }
    }
    return output
  }

  private final func halves(_ dim: Int) -> (Tensor, Tensor) {
    let half = shape[dim] / 2
    return (sliced(dim, 0, half, 1), sliced(dim, half, half, 1))
  }

  /// Both halves' gradients side by side: in one pass where nothing is recorded.
  private static func gluGradient(_ x: Tensor, _ g: Tensor, _ dim: Int) -> Tensor {
    let (a, b) = x.halves(dim)
    // Its gradients need both halves, but not the result.
    let plan = Pointwise.gluOp.derivatives.plan(for: Pointwise.gluOp, needs: 0b11)
      .takeUnretainedValue()
    func operand(_ source: Int) -> Tensor { source < 0 ? g : source == 0 ? a : b }
    guard let fused = plan.fused, !ThreadLocal.gradEnabled else {
      return cat(plan.computed.map { $0.run(ScalarList(), operand) }, dim: dim)
    }
    let gradient = Tensor(empty: x.shape, dtype: x.dtype)
    let parts = noGrad { gradient.halves(dim) }
    let call = PointwiseCall(
      program: fused.program, dtype: x.dtype, shape: g.shape,
      inputs: TensorList(fused.sources.map(operand)), scalars: ScalarList(),
      outputs: TensorList(fused.inputs.map { $0 == 0 ? parts.0 : parts.1 }))
    do throws(Misuse) { try x.device.backend.pointwise(call) } catch {
      error.named("glu").raise(file: "", line: 0)
    }
    return gradient
  }
}
