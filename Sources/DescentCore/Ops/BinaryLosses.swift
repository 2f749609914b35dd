// Losses of yes and no: cross entropies of probabilities and logits, divergences, hinges.

extension Pointwise {
  /// Logarithms are limited to -100 from below; the gradient divides by p (1 - p), at least PyTorch's
  /// 1e-12, which is a float32 for every dtype.
  private static func crossEntropyGradient(_ p: Term, _ t: Term, _ g: Term) -> [Term] {
    [
      g * (p - t) / maximum(p * (1 - p), .constant(Double(1e-12 as Float))),
      g * (log1p(-p) - log(p)),
    ]
  }
  private static func crossEntropy(_ p: Term, _ t: Term) -> Term {
    let limit = Term.constant(-100)
    return (t - 1) * maximum(log1p(-p), limit) - t * maximum(log(p), limit)
  }
  static let binaryCrossEntropy = Pointwise(
    "binary_cross_entropy", result: .promoted, inputs: 2, scalars: 0,
    gradient: { x, _, g in crossEntropyGradient(x[0], x[1], g) }
  ) { x, _ in crossEntropy(x[0], x[1]) }
  static let binaryCrossEntropyWeighted = Pointwise(
    "binary_cross_entropy", result: .promoted, inputs: 3, scalars: 0,
    gradient: { x, _, g in
      crossEntropyGradient(x[0], x[1], g * x[2]) + [g * crossEntropy(x[0], x[1])]
    }
  ) { x, _ in x[2] * crossEntropy(x[0], x[1]) }

  /// Inputs x, t, the weight of positives p: (1 - t) x + (1 + (p - 1) t) softplus(-x).
  private static func logitsCrossEntropy(_ x: Term, _ t: Term, _ p: Term) -> Term {
    (1 - t) * x + (1 + (p - 1) * t) * softplus(-x)
  }
  private static func logitsGradient(_ x: Term, _ t: Term, _ p: Term, _ g: Term) -> [Term] {
    [
      g * ((1 - t) - (1 + (p - 1) * t) * sigmoid(-x)), g * ((p - 1) * softplus(-x) - x),
      g * t * softplus(-x),
    ]
  }
  static let logitsCrossEntropy = Pointwise(
    "binary_cross_entropy_with_logits", result: .promoted, inputs: 2, scalars: 0,
    gradient: { x, _, g in [g * (sigmoid(x[0]) - x[1]), -g * x[0]] }
  ) { x, _ in (1 - x[1]) * x[0] + softplus(-x[0]) }
  static let logitsCrossEntropyWeighted = Pointwise(
    "binary_cross_entropy_with_logits", result: .promoted, inputs: 3, scalars: 0,
    gradient: { x, _, g in
      [
        g * x[2] * (sigmoid(x[0]) - x[1]), -g * x[2] * x[0],
        g * ((1 - x[1]) * x[0] + softplus(-x[0])),
      ]
    }
  ) { x, _ in x[2] * ((1 - x[1]) * x[0] + softplus(-x[0])) }
  static let logitsCrossEntropyOfPositives = Pointwise(
    "binary_cross_entropy_with_logits", result: .promoted, inputs: 3, scalars: 0,
    gradient: { x, _, g in logitsGradient(x[0], x[1], x[2], g) }
  ) { x, _ in logitsCrossEntropy(x[0], x[1], x[2]) }
  static let logitsCrossEntropyFull = Pointwise(
    "binary_cross_entropy_with_logits", result: .promoted, inputs: 4, scalars: 0,
    gradient: { x, _, g in
      logitsGradient(x[0], x[1], x[2], g * x[3]) + [g * logitsCrossEntropy(x[0], x[1], x[2])]
    }
  ) { x, _ in x[3] * logitsCrossEntropy(x[0], x[1], x[2]) }

  /// t (log t - x), 0 where t is 0.
  static let divergence = Pointwise("kl_div", result: .promoted) { x, t in
    select(t .== 0, 0, t * log(t)) - t * x
  }
  static let logDivergence = Pointwise("kl_div", result: .promoted) { x, t in exp(t) * (t - x) }

  static let hinge = Pointwise("hinge_embedding_loss", result: .promoted, inputs: 2, scalars: 1) {
    x, s in
    let rest = s[0] - x[0]
    return select(x[1] .!= 1, select(rest .< 0, 0, rest), 0) + select(x[1] .!= -1, x[0], 0)
  }
  static let softMargin = Pointwise("soft_margin_loss", result: .promoted) { x, t in
    log1p(exp(-t * x))
  }
}

extension Tensor {
  /// Binary cross entropy -(t log p + (1 - t) log(1 - p)) of probabilities p = self.
  ///
  /// Logarithms are limited to -100 from below.
  /// - Parameter weight: a factor for each element, broadcast to the input.
  /// - Gradient: (p - t) / max(p (1 - p), 1e-12).
  /// - Precondition: one shape and dtype; probabilities from 0 to 1.
  /// - Source: torch.nn.functional.binary_cross_entropy
  public final func binaryCrossEntropy(
    _ target: Tensor, weight: Tensor? = nil, reduction: LossReduction = .mean,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.binaryTarget("binaryCrossEntropy", self, target, sameDType: true)
      try Rules.weight("binaryCrossEntropy", weight, for: shape)
    }
    if checked == nil { return .poison }
    let loss =
      weight.map {
        Pointwise.binaryCrossEntropyWeighted.loss(
          TensorList(self, target, $0), reduction, file: file, line: line)
      }
      ?? Pointwise.binaryCrossEntropy.loss(
        TensorList(self, target), reduction, file: file, line: line)
    // Outside [0, 1] a logarithm is NaN: only then is it worth looking.
    if noGrad({ loss.holdsNaN && !holdsProbabilities }) {
      Misuse(
        "binaryCrossEntropy", "the input holds no probabilities", got: "elements outside 0 to 1",
        try: "sigmoid() first, or binaryCrossEntropyWithLogits"
      ).raise(file: file, line: line)
      return .poison
    }
    return loss
  }

  private final var holdsNaN: Bool {
    numel() == 1 ? item().isNaN : (detach() .!= detach()).any().item() != 0
  }
  private final var holdsProbabilities: Bool {
    (detach() .< 0).any().item() == 0 && (detach() .> 1).any().item() == 0
  }

  /// Binary cross entropy of logits, without overflow.
  ///
  /// - Parameters:
  ///   - weight: a factor for each element, broadcast to the input.
  ///   - posWeight: a factor for the part of positive targets, one a class.
  /// - Gradient: sigmoid(self) - t.
  /// - Precondition: one shape.
  /// - Source: torch.nn.functional.binary_cross_entropy_with_logits
  public final func binaryCrossEntropyWithLogits(
    _ target: Tensor, weight: Tensor? = nil, posWeight: Tensor? = nil,
    reduction: LossReduction = .mean, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let name = "binaryCrossEntropyWithLogits"
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.floating(name, self.dtype)
      try Rules.binaryTarget(name, self, target, sameDType: false)
      try Rules.weight(name, weight, for: shape)
      try Rules.weight(name, posWeight, for: shape)
    }
    if checked == nil { return .poison }
    let operation: Pointwise
    let inputs: TensorList
    switch (weight, posWeight) {
    case (nil, nil):
      operation = .logitsCrossEntropy
      inputs = TensorList(self, target)
    case (let weight?, nil):
      operation = .logitsCrossEntropyWeighted
      inputs = TensorList(self, target, weight)
    case (nil, let posWeight?):
      operation = .logitsCrossEntropyOfPositives
      inputs = TensorList(self, target, posWeight)
    case (let weight?, let posWeight?):
      operation = .logitsCrossEntropyFull
      inputs = TensorList(self, target, posWeight, weight)
    }
    return operation.loss(inputs, reduction, file: file, line: line)
  }

  /// Kullback-Leibler divergence of log-probabilities self from probabilities `target`:
  /// t (log t - self), 0 where t is 0.
  ///
  /// - Parameters:
  ///   - reduction: `.batchMean` is the divergence of the mathematics, averaged over dimension 0.
  ///   - logTarget: the target holds log-probabilities.
  /// - Gradient: -t.
  /// - Source: torch.nn.functional.kl_div
  public final func klDiv(
    _ target: Tensor, reduction: LossReduction = .mean, logTarget: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.floating("klDiv", self.dtype)
    }
    if checked == nil { return .poison }
    let operation = logTarget ? Pointwise.logDivergence : Pointwise.divergence
    return operation.loss(
      TensorList(self, target), reduction, divisor: reduction == .batchMean ? batchSize : nil,
      file: file, line: line)
  }

  private final var batchSize: Double { ndim == 0 ? 1 : Double(shape[0]) }

  /// self where the target is 1, max(0, margin - self) where it is -1.
  ///
  /// - Source: torch.nn.functional.hinge_embedding_loss
  public final func hingeEmbeddingLoss(
    _ target: Tensor, margin: Double = 1, reduction: LossReduction = .mean,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Pointwise.hinge.loss(
      TensorList(self, target.detach()), scalars: ScalarList(.double(margin)), reduction,
      file: file,
      line: line)
  }

  /// log(1 + exp(-t self)) for targets t of 1 and -1.
  ///
  /// - Source: torch.nn.functional.soft_margin_loss
  public final func softMarginLoss(
    _ target: Tensor, reduction: LossReduction = .mean, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.floating("softMarginLoss", self.dtype)
      if try Rules.broadcast("softMarginLoss", shape, target.shape) != shape {
        throw Misuse(
          "softMarginLoss", "the target is larger than the input",
          got: "\(shape.brackets) and \(target.shape.brackets)", try: "one shape")
      }
    }
    if checked == nil { return .poison }
    return Pointwise.softMargin.loss(TensorList(self, target), reduction, file: file, line: line)
  }

  /// Binary cross entropy of logits averaged over the classes (the last dimension), for targets that
  /// hold 0 or 1 for each class.
  ///
  /// - Parameter weight: one factor a class.
  /// - Source: torch.nn.functional.multilabel_soft_margin_loss
  public final func multilabelSoftMarginLoss(
    _ target: Tensor, weight: Tensor? = nil, reduction: LossReduction = .mean,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.floating("multilabelSoftMarginLoss", self.dtype)
      if ndim == 0 {
        throw Misuse(
          "multilabelSoftMarginLoss", "the input has no class dimension", got: "a 0-d tensor",
          try: "[N, C]")
      }
      _ = try Rules.broadcast("multilabelSoftMarginLoss", shape, target.shape)
    }
    if checked == nil { return .poison }
    let operation =
      weight == nil ? Pointwise.logitsCrossEntropy : Pointwise.logitsCrossEntropyWeighted
    let inputs = weight.map { TensorList(self, target, $0) } ?? TensorList(self, target)
    if reduction == .none {
      return operation.apply(inputs, file: file, line: line).mean(dim: -1)
    }
    let divisor = reduction == .sum ? Double(shape[-1]) : nil
    return operation.loss(inputs, reduction, divisor: divisor, file: file, line: line)
  }
}

extension Rules {
  static func binaryTarget(
    _ operation: String, _ input: Tensor, _ target: Tensor, sameDType: Bool
  ) throws(Misuse) {
    if target.shape != input.shape {
      throw Misuse(
        operation, "target and input have different shapes",
        got: "input \(input.shape.brackets), target \(target.shape.brackets)",
        try: "unsqueeze or reshape one of them")
    }
    if sameDType && target.dtype != input.dtype {
      throw Misuse(
        operation, "target and input have different dtypes",
        got: "\(input.dtype.name) and \(target.dtype.name)", try: "target.to(.\(input.dtype.name))")
    }
  }

  /// A weight broadcasts to the shape of the input.
  static func weight(_ operation: String, _ weight: Tensor?, for shape: Shape) throws(Misuse) {
    guard let weight else { return }
    if try broadcast(operation, shape, weight.shape) != shape {
      throw Misuse(
        operation, "the weight is larger than the input",
        got: "weight \(weight.shape.brackets) for \(shape.brackets)",
        try: "a weight that broadcasts to the input")
    }
  }
}
