// Special functions with a parameter.

extension Tensor {
  /// Returns log(x / (1 - x)): the inverse of `sigmoid`.
  ///
  /// - Parameter eps: limits x to [eps, 1 - eps]; nil: NaN outside [0, 1].
  /// - Gradient: g / (x (1 - x)); outside the limits 0, or NaN without `eps`.
  /// - Source: torch.logit
  public final func logit(
    eps: Double? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard let eps else { return Pointwise.logitOp(self, file: file, line: line) }
    return Pointwise.logitClampedOp.unary(self, ScalarList(.double(eps)), file: file, line: line)
  }

  /// Does `logit` in place.
  ///
  /// - Source: torch.Tensor.logit_
  @discardableResult
  public final func logit_(
    eps: Double? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard let eps else {
      return Pointwise.logitOp.applyInPlace(TensorList(self), file: file, line: line)
    }
    return Pointwise.logitClampedOp.applyInPlace(
      TensorList(self), scalars: ScalarList(.double(eps)), file: file, line: line)
  }

  /// Returns the n-th derivative of `digamma`.
  ///
  /// (-1)^(n + 1) n! zeta(n + 1, x) with Hurwitz' zeta.
  /// - Gradient: g polygamma(n + 1, x).
  /// - Source: torch.polygamma
  public final func polygamma(
    _ n: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    switch n {
    case ..<0:
      Misuse("polygamma", "the order is negative", got: "\(n)", try: "0 or more").raise(
        file: file, line: line)
      return .poison
    case 0: return digamma(file: file, line: line)
    case 1: return Pointwise.trigammaOp(self, file: file, line: line)
    default:
      let factorial = (1...n).reduce(1.0) { $0 * Double($1) }
      let scalars = ScalarList(.double(Double(n + 1)), .double(n % 2 == 0 ? -factorial : factorial))
      return Pointwise.polygammaOp.unary(self, scalars, file: file, line: line)
    }
  }

  /// Returns the logarithm of the multivariate gamma function of dimension p.
  ///
  /// p (p - 1) / 4 log(pi) + the sum of lgamma(x - j / 2) over j < p.
  /// - Precondition: p >= 1.
  /// - Gradient: g times the sum of digamma(x - j / 2).
  /// - Source: torch.mvlgamma
  public final func mvlgamma(
    _ p: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if p < 1 {
      Misuse("mvlgamma", "the dimension is not positive", got: "\(p)", try: "1 or more").raise(
        file: file, line: line)
      return .poison
    }
    var sum = lgamma(file: file, line: line)
    for j in 1..<Swift.max(p, 1) {
      sum = sum + (self - Double(j) / 2).lgamma(file: file, line: line)
    }
    return p == 1 ? sum : sum + Double(p * (p - 1)) * 0.286182471462350043535  // log(pi) / 4
  }

  /// Returns the regularised lower incomplete gamma function of order self at `other`.
  ///
  /// - Gradient: g exp(-x) x^(a - 1) / gamma(a) for `other`; 0 for the order.
  /// - Source: torch.igamma
  public final func igamma(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Pointwise.igammaOp(self, other, file: file, line: line) }

  /// Returns the regularised upper incomplete gamma function: 1 - igamma.
  ///
  /// - Source: torch.igammac
  public final func igammac(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Pointwise.igammacOp(self, other, file: file, line: line) }
}
