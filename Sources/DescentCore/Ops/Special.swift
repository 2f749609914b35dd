// Special functions of statistics and physics. Integers and bool become float32.

extension Pointwise {
  static let sigmoidOp = Pointwise("sigmoid") { x in sigmoid(x) }
  static let erfOp = Pointwise("erf") { x in erf(x) }
  static let erfcOp = Pointwise("erfc") { x in Term.apply(.erfc, x) }
  static let erfinvOp = Pointwise("erfinv") { x in Term.apply(.erfinv, x) }
  static let erfcxOp = Pointwise("special_erfcx") { x in Term.apply(.erfcx, x) }
  static let lgammaOp = Pointwise("lgamma") { x in lgamma(x) }
  static let digammaOp = Pointwise("digamma") { x in digamma(x) }
  static let trigammaOp = Pointwise("polygamma") { x in trigamma(x) }
  static let polygammaOp = Pointwise("polygamma", inputs: 1, scalars: 2) { x, s in
    s[1] * Term.apply(.zeta, s[0], x[0])
  }
  static let i0Op = Pointwise("i0") { x in i0(x) }
  static let i0eOp = Pointwise("special_i0e", node: "SpecialI0EBackward0") { x in
    Term.apply(.i0e, x)
  }
  static let i1Op = Pointwise("special_i1") { x in i1(x) }
  static let i1eOp = Pointwise("special_i1e", node: "SpecialI1EBackward0") { x in
    Term.apply(.i1e, x)
  }
  static let igammaOp = Pointwise(
    "igamma", result: .promoted, inputs: 2, scalars: 0, domain: .floating
  ) { x, _ in Term.apply(.igamma, x[0], x[1]) }
  static let igammacOp = Pointwise(
    "igammac", result: .promoted, inputs: 2, scalars: 0, domain: .floating
  ) { x, _ in Term.apply(.igammac, x[0], x[1]) }
  static let logitOp = Pointwise(
    "logit",
    gradient: { x, g in select((x .< 0) | (x .> 1), .nan, g / (x * (1 - x))) }
  ) { x in log(x / (1 - x)) }
  static let logitClampedOp = Pointwise(
    "logit", inputs: 1, scalars: 1, scalarsPromote: false,
    gradient: { x, s, g in
      [select((x[0] .< s[0]) | (x[0] .> 1 - s[0]), 0, g / (x[0] * (1 - x[0])))]
    }
  ) { x, s in
    let high = 1 - s[0]
    let p = select(x[0] .< s[0], s[0], select(x[0] .> high, high, x[0]))
    return log(p / (1 - p))
  }
  static let entrOp = Pointwise(
    "special_entr", gradient: { x, g in -g * (1 + log(x)) }
  ) { x in
    select(x .> 0, -x * log(x), select(x .== 0, 0, select(isNaN(x), x, -.infinity)))
  }
  static let ndtrOp = Pointwise("special_ndtr") { x in
    0.5 * Term.apply(.erfc, x * -0.707106781186547524401)
  }
  static let ndtriOp = Pointwise("special_ndtri") { x in Term.apply(.ndtri, x) }
  static let logNdtrOp = Pointwise(
    "special_log_ndtr",
    gradient: { x, g in
      // PyTorch's formula contains x^2: NaN where that overflows in the lower tail.
      let overflow = select(x .< 0, 0 * (x * x), 0)
      // The density over the distribution function; below 0 both vanish, but not their scaled forms.
      let tail =
        0.797884560802865355880
        / Term.apply(.erfcx, select(x .< 0, x, 0) * -0.707106781186547524401)
      let density = 0.398942280401432677940 * exp(x * x * -0.5)
      let rest = 1 - 0.5 * Term.apply(.erfc, select(x .< 0, 0, x) * 0.707106781186547524401)
      return g * select(x .< 0, tail, density / rest) + overflow
    }
  ) { x in
    let z = x * 0.707106781186547524401
    let tail = log(0.5 * Term.apply(.erfcx, -z)) - z * z
    return select(x .< -1, tail, log1p(-0.5 * Term.apply(.erfc, z)))
  }
}

extension Tensor {
  /// Returns 1 / (1 + exp(-x)).
  ///
  /// - Gradient: g y (1 - y).
  /// - Source: torch.sigmoid
  public final func sigmoid(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.sigmoidOp(self, file: file, line: line)
  }

  /// Does `sigmoid` in place.
  ///
  /// - Source: torch.Tensor.sigmoid_
  @discardableResult
  public final func sigmoid_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.sigmoidOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// Returns the error function.
  ///
  /// - Gradient: g 2/sqrt(pi) exp(-x^2).
  /// - Source: torch.erf
  public final func erf(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.erfOp(self, file: file, line: line)
  }

  /// Does `erf` in place.
  ///
  /// - Source: torch.Tensor.erf_
  @discardableResult
  public final func erf_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.erfOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// Returns 1 - erf(x), accurate for large x.
  ///
  /// - Gradient: -g 2/sqrt(pi) exp(-x^2).
  /// - Source: torch.erfc
  public final func erfc(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.erfcOp(self, file: file, line: line)
  }

  /// Does `erfc` in place.
  ///
  /// - Source: torch.Tensor.erfc_
  @discardableResult
  public final func erfc_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.erfcOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// Returns the inverse of erf; NaN outside [-1, 1].
  ///
  /// - Gradient: g sqrt(pi)/2 exp(y^2).
  /// - Source: torch.erfinv
  public final func erfinv(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.erfinvOp(self, file: file, line: line)
  }

  /// Does `erfinv` in place.
  ///
  /// - Source: torch.Tensor.erfinv_
  @discardableResult
  public final func erfinv_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.erfinvOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// Returns the logarithm of the absolute value of the gamma function.
  ///
  /// - Gradient: g digamma(x).
  /// - Source: torch.lgamma
  public final func lgamma(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.lgammaOp(self, file: file, line: line)
  }

  /// Does `lgamma` in place.
  ///
  /// - Source: torch.Tensor.lgamma_
  @discardableResult
  public final func lgamma_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.lgammaOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// Returns the logarithmic derivative of the gamma function; -inf at 0, NaN at negative whole numbers.
  ///
  /// - Gradient: g polygamma(1, x).
  /// - Source: torch.digamma
  public final func digamma(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.digammaOp(self, file: file, line: line)
  }

  /// Does `digamma` in place.
  ///
  /// - Source: torch.Tensor.digamma_
  @discardableResult
  public final func digamma_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.digammaOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// Returns the modified Bessel function of the first kind and order 0.
  ///
  /// - Gradient: g i1(x).
  /// - Source: torch.i0
  public final func i0(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.i0Op(self, file: file, line: line)
  }

  /// Does `i0` in place.
  ///
  /// - Source: torch.Tensor.i0_
  @discardableResult
  public final func i0_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.i0Op.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// Returns exp(x^2) erfc(x), which does not underflow.
  ///
  /// - Gradient: g (2 x y - 2/sqrt(pi)).
  /// - Source: torch.special.erfcx
  public final func erfcx(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.erfcxOp(self, file: file, line: line)
  }

  /// Returns exp(-|x|) i0(x), which does not overflow.
  ///
  /// - Gradient: g (i1e(x) - sign(x) y).
  /// - Source: torch.special.i0e
  public final func i0e(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.i0eOp(self, file: file, line: line)
  }

  /// Returns the modified Bessel function of the first kind and order 1.
  ///
  /// - Gradient: g (i0(x) - y / x), g / 2 at 0.
  /// - Source: torch.special.i1
  public final func i1(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.i1Op(self, file: file, line: line)
  }

  /// Returns exp(-|x|) i1(x), which does not overflow.
  ///
  /// - Gradient: g (i0e(x) - y (sign(x) + 1 / x)), g / 2 at 0.
  /// - Source: torch.special.i1e
  public final func i1e(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.i1eOp(self, file: file, line: line)
  }

  /// Returns -x log(x): the entropy of a probability. 0 at 0, -inf below.
  ///
  /// - Gradient: -g (1 + log(x)).
  /// - Source: torch.special.entr
  public final func entr(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.entrOp(self, file: file, line: line)
  }

  /// Returns the standard normal distribution function.
  ///
  /// - Gradient: g exp(-x^2 / 2) / sqrt(2 pi).
  /// - Source: torch.special.ndtr
  public final func ndtr(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.ndtrOp(self, file: file, line: line)
  }

  /// Returns the inverse of `ndtr`; NaN outside [0, 1].
  ///
  /// - Gradient: g sqrt(2 pi) exp(y^2 / 2).
  /// - Source: torch.special.ndtri
  public final func ndtri(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.ndtriOp(self, file: file, line: line)
  }

  /// Returns log(ndtr(x)), accurate in the lower tail.
  ///
  /// - Gradient: g exp(-x^2 / 2) / (sqrt(2 pi) ndtr(x)).
  /// - Source: torch.special.log_ndtr
  public final func logNdtr(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.logNdtrOp(self, file: file, line: line)
  }
}
