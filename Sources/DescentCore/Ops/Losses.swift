// Losses of regression: what training minimises, one program each.

extension Pointwise {
  static let squaredError = Pointwise("mse_loss", result: .promoted) { x, y in square(x - y) }
  static let weightedSquaredError = Pointwise("mse_loss", result: .promoted) { x, y, w in
    w * square(x - y)
  }
  static let absoluteError = Pointwise("l1_loss", result: .promoted) { x, y in abs(x - y) }
  /// The gradients of a function of x - t whose slope is the difference over `unit`, at most `limit`.
  private static func limited(_ x: [Term], _ unit: Term, _ limit: Term, _ g: Term) -> [Term] {
    let slope = g * maximum(minimum((x[0] - x[1]) / unit, limit), -limit)
    return [slope, -slope]
  }
  static let smoothL1 = Pointwise(
    "smooth_l1_loss", result: .promoted, inputs: 2, scalars: 1,
    gradient: { x, s, g in limited(x, s[0], .constant(1), g) }
  ) { x, s in
    let z = abs(x[0] - x[1])
    return select(z .< s[0], 0.5 * z * z / s[0], z - 0.5 * s[0])
  }
  static let huber = Pointwise(
    "huber_loss", result: .promoted, inputs: 2, scalars: 1,
    gradient: { x, s, g in limited(x, .constant(1), s[0], g) }
  ) { x, s in
    let z = abs(x[0] - x[1])
    let near = minimum(z, s[0])
    return near * (z - 0.5 * near)
  }

  /// Of a logarithm x of the rate; `full` adds Stirling's approximation of log(t!) where t > 1.
  static let poissonOfLog = Pointwise("poisson_nll_loss") { x, t in exp(x) - t * x }
  static let poissonOfLogFull = Pointwise("poisson_nll_loss") { x, t in
    exp(x) - t * x + stirling(t)
  }
  static let poisson = Pointwise("poisson_nll_loss", inputs: 2, scalars: 1) { x, s in
    x[0] - x[1] * log(x[0] + s[0])
  }
  static let poissonFull = Pointwise("poisson_nll_loss", inputs: 2, scalars: 1) { x, s in
    x[0] - x[1] * log(x[0] + s[0]) + stirling(x[1])
  }

  private static func stirling(_ t: Term) -> Term {
    let safe = select(t .<= 1, 2, t)
    let value = safe * log(safe) - safe + 0.5 * log(6.283185307179586477 * safe)
    return select(t .<= 1, 0, value)
  }

  /// Inputs x, t and variance, scalars eps and a constant. The variance is limited from below by eps,
  /// and its gradient is that of the limited value.
  static let gaussian = Pointwise(
    "gaussian_nll_loss", inputs: 3, scalars: 2,
    gradient: { x, s, g in
      let v = maximum(x[2], s[0])
      let z = x[0] - x[1]
      return [g * z / v, -g * z / v, 0.5 * g * (1 - z * z / v) / v]
    }
  ) { x, s in
    let v = maximum(x[2], s[0])
    return 0.5 * (log(v) + square(x[0] - x[1]) / v) + s[1]
  }
}

extension Tensor {
  /// (self - target)², averaged unless `reduction` says otherwise.
  ///
  /// - Parameter weight: one factor an element; the mean then divides by the sum of the factors.
  /// - Gradient: 2 (self - target) / n.
  /// - Source: torch.nn.functional.mse_loss
  public final func mseLoss(
    _ target: Tensor, reduction: LossReduction = .mean, weight: Tensor? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard let weight else {
      return Pointwise.squaredError.loss(
        TensorList(self, target), reduction, file: file, line: line)
    }
    guard checkWeight("mseLoss", weight, file, line) else { return .poison }
    let inputs = TensorList(self, target, weight)
    let operation = Pointwise.weightedSquaredError
    if reduction != .mean { return operation.loss(inputs, reduction, file: file, line: line) }
    return operation.loss(inputs, .sum, file: file, line: line) / weight.sum()
  }

  private final func checkWeight(
    _ name: String, _ weight: Tensor, _ file: StaticString, _ line: UInt
  ) -> Bool {
    if weight.shape == shape { return true }
    Misuse(
      name, "weight and input have different shapes",
      got: "\(weight.shape.brackets) and \(shape.brackets)", try: "weight.expandAs(input)"
    ).raise(file: file, line: line)
    return false
  }

  /// |self - target|.
  ///
  /// - Gradient: sign(self - target) / n, 0 where they are equal.
  /// - Source: torch.nn.functional.l1_loss
  public final func l1Loss(
    _ target: Tensor, reduction: LossReduction = .mean, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    Pointwise.absoluteError.loss(TensorList(self, target), reduction, file: file, line: line)
  }

  /// Squared below `beta`, absolute above: z² / (2 beta), or z - beta / 2, of z = |self - target|.
  ///
  /// - Gradient: (self - target) / beta, limited to ±1.
  /// - Source: torch.nn.functional.smooth_l1_loss; Girshick 2015
  public final func smoothL1Loss(
    _ target: Tensor, reduction: LossReduction = .mean, beta: Double = 1,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if beta < 0 {
      Misuse("smoothL1Loss", "beta is negative", got: "\(beta)", try: "0 or more").raise(
        file: file, line: line)
      return .poison
    }
    if beta == 0 { return l1Loss(target, reduction: reduction, file: file, line: line) }
    return Pointwise.smoothL1.loss(
      TensorList(self, target), scalars: ScalarList(.double(beta)), reduction, file: file,
      line: line)
  }

  /// Squared below `delta`, delta-scaled absolute above: z² / 2, or delta (z - delta / 2), of
  /// z = |self - target|.
  ///
  /// - Gradient: self - target, limited to ±delta.
  /// - Source: torch.nn.functional.huber_loss; Huber 1964
  public final func huberLoss(
    _ target: Tensor, reduction: LossReduction = .mean, delta: Double = 1,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if !(delta > 0) {
      Misuse("huberLoss", "delta is not positive", got: "\(delta)", try: "a positive delta").raise(
        file: file, line: line)
      return .poison
    }
    return Pointwise.huber.loss(
      TensorList(self, target), scalars: ScalarList(.double(delta)), reduction, file: file,
      line: line)
  }

  /// Negative log-likelihood of counts under Poisson distributions with rates self.
  ///
  /// exp(self) - target self for logarithms of rates, self - target log(self + eps) for rates.
  /// - Parameters:
  ///   - logInput: self holds logarithms of the rates.
  ///   - full: add Stirling's approximation of log(target!) where target > 1.
  /// - Source: torch.nn.functional.poisson_nll_loss
  public final func poissonNLLLoss(
    _ target: Tensor, logInput: Bool = true, full: Bool = false, eps: Double = 1e-8,
    reduction: LossReduction = .mean, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let inputs = TensorList(dtype.isFloatingPoint ? self : to(.float32), target)
    if logInput {
      return (full ? Pointwise.poissonOfLogFull : Pointwise.poissonOfLog).loss(
        inputs, reduction, file: file, line: line)
    }
    return (full ? Pointwise.poissonFull : Pointwise.poisson).loss(
      inputs, scalars: ScalarList(.double(eps)), reduction, file: file, line: line)
  }

  /// Negative log-likelihood of targets under normal distributions with means self.
  ///
  /// (log v + (self - target)² / v) / 2 with v = max(variance, eps).
  /// - Parameters:
  ///   - variance: of the shape of self, or without or with 1 in one of its dimensions.
  ///   - full: add log(2π) / 2.
  /// - Gradient: that of the variance is the limited value's, at all variances.
  /// - Source: torch.nn.functional.gaussian_nll_loss; Nix and Weigend 1994
  public final func gaussianNLLLoss(
    _ target: Tensor, _ variance: Tensor, full: Bool = false, eps: Double = 1e-6,
    reduction: LossReduction = .mean, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    var variance = variance
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      if variance.shape == shape { return }
      if variance.shape == Shape(shape.dropLast()) && ndim > 0 { return }
      let unequal =
        ndim == variance.ndim ? (0..<ndim).filter { shape[$0] != variance.shape[$0] } : []
      if unequal.count != 1 || variance.shape[unequal[0]] != 1 {
        throw Misuse(
          "gaussianNLLLoss", "the variance does not fit the input",
          got: "variance \(variance.shape.brackets) for \(shape.brackets)",
          try: "the input's shape, or 1 in one dimension of it")
      }
    }
    if checked == nil { return .poison }
    if variance.ndim < ndim { variance = variance.unsqueeze(-1) }
    if noGrad({ (variance.detach() .< 0).any().item() != 0 }) {
      Misuse(
        "gaussianNLLLoss", "a variance is negative", got: "negative elements",
        try: "softplus or exp of what the model gives"
      ).raise(file: file, line: line)
      return .poison
    }
    return Pointwise.gaussian.loss(
      TensorList(self, target, variance),
      scalars: ScalarList(.double(eps), .double(full ? 0.918938533204672742 : 0)), reduction,
      file: file, line: line)
  }

  /// This tensor, its mean or its sum.
  final func reduced(_ reduction: LossReduction) -> Tensor {
    switch reduction {
    case .none: self
    case .mean: mean()
    case .sum: sum()
    case .batchMean: sum() / (ndim == 0 ? 1 : shape[0])
    }
  }
}
