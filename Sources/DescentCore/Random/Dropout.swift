// Dropout: Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", 2014.

extension Tensor {
  static let dropoutOp = Pointwise(
    "mul", inputs: 2, scalars: 1, node: "MulBackward0"
  ) { x, s in x[0] * (x[1] / s[0]) }

  /// Sets each element to 0 with probability p and divides the others by 1 - p, while training.
  ///
  /// Otherwise, and for p = 0, it is the tensor itself. The mask is drawn as PyTorch draws it.
  /// - Precondition: `dropout: the probability is not in [0, 1]. Got 1.5. …`
  /// - Gradient: g times the same mask / (1 - p).
  /// - Source: torch.nn.functional.dropout
  public final func dropout(
    _ p: Double = 0.5, training: Bool = true, generator: Generator? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    dropped("dropout", p, training, mask: nil, alpha: false, generator, file, line)
  }

  /// Sets whole channels [N, C, …] to 0 with probability p: dropout1d, 2d and 3d.
  ///
  /// - Source: torch.feature_dropout
  public final func featureDropout(
    _ p: Double = 0.5, training: Bool = true, generator: Generator? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    dropped("featureDropout", p, training, mask: channels, alpha: false, generator, file, line)
  }

  /// Dropout that keeps mean 0 and variance 1 behind SELU: dropped elements take SELU's limit.
  ///
  /// x m a + b with a = ((1 - p)(1 + p α'²))^(-1/2), b = α' a p for kept elements, and α' = 1.7580993408473766.
  /// - Source: torch.nn.functional.alpha_dropout; Klambauer et al., 2017
  public final func alphaDropout(
    _ p: Double = 0.5, training: Bool = true, generator: Generator? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    dropped("alphaDropout", p, training, mask: nil, alpha: true, generator, file, line)
  }

  /// `alphaDropout` of whole channels.
  ///
  /// - Source: torch.nn.functional.feature_alpha_dropout
  public final func featureAlphaDropout(
    _ p: Double = 0.5, training: Bool = true, generator: Generator? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    dropped("featureAlphaDropout", p, training, mask: channels, alpha: true, generator, file, line)
  }

  /// [N, C, 1, …]
  private var channels: Shape {
    Shape(shape.enumerated().map { $0.offset < 2 ? $0.element : 1 })
  }

  private func dropped(
    _ name: String, _ p: Double, _ training: Bool, mask maskShape: Shape?, alpha: Bool,
    _ generator: Generator?, _ file: StaticString, _ line: UInt
  ) -> Tensor {
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.probability(name, p)
      if maskShape != nil && ndim < 2 {
        throw Misuse(
          name, "a batch and a channel dimension are needed", got: shape.brackets,
          try: "unsqueeze(0)")
      }
    }
    if checked == nil { return .poison }
    if p == 0 || !training || numel() == 0 { return self }
    let checkedDType: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.floating(name, dtype)
    }
    if checkedDType == nil { return .poison }
    if p == 1 { return mul(Tensor.zeros([], dtype: dtype), file: file, line: line) }
    let noise = Tensor(
      empty: maskShape.map(Layout.init(contiguous:)) ?? layout.preserved, dtype: dtype)
    noise.bernoulli_(1 - p, generator: generator, file: file, line: line)
    if alpha {
      let limit = 1.7580993408473766
      let a = 1 / ((limit * limit * p + 1) * (1 - p)).squareRoot()
      let b = noGrad { noise - 1 }
      noGrad {
        b *= limit * a
        b += limit * a * p
        noise *= a
      }
      return self * noise + b
    }
    return Self.dropoutOp.apply(
      TensorList(self, noise), scalars: ScalarList(.double(1 - p)), file: file, line: line)
  }
}
