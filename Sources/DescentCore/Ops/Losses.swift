// Losses: what training minimises. Elementwise losses are one program, reduced in the same pass.

/// How a loss is reduced over its elements.
public enum LossReduction: String, Sendable, CustomStringConvertible {
  case none, mean, sum
  /// Sum divided by the size of dimension 0: what KL divergence means by its name.
  case batchMean = "batchmean"
  public var description: String { rawValue }
}

extension Pointwise {
  static let squaredError = Pointwise("mse_loss", result: .promoted) { x, y in square(x - y) }
  static let absoluteError = Pointwise("l1_loss", result: .promoted) { x, y in abs(x - y) }
  static let smoothL1 = Pointwise("smooth_l1_loss", result: .promoted, inputs: 2, scalars: 1) { x, s in
    let z = abs(x[0] - x[1])
    return select(z .< s[0], 0.5 * z * z / s[0], z - 0.5 * s[0])
  }
  static let huber = Pointwise("huber_loss", result: .promoted, inputs: 2, scalars: 1) { x, s in
    let z = abs(x[0] - x[1])
    return select(z .<= s[0], 0.5 * z * z, s[0] * (z - 0.5 * s[0]))
  }
  /// Logarithms are limited to -100 from below, as in PyTorch.
  static let binaryCrossEntropy = Pointwise("binary_cross_entropy", result: .promoted) { p, t in
    let limit = Term.constant(-100)
    return (t - 1) * maximum(log1p(-p), limit) - t * maximum(log(p), limit)
  }
  static let logitsCrossEntropy = Pointwise(
    "binary_cross_entropy_with_logits", result: .promoted
  ) { x, t in (1 - t) * x + softplus(-x) }
  static let logitsCrossEntropyWeighted = Pointwise(
    "binary_cross_entropy_with_logits", result: .promoted
  ) { x, t, weight in (1 - t) * x + (1 + (weight - 1) * t) * softplus(-x) }
  /// t (log t - x), 0 where t is 0.
  static let divergence = Pointwise("kl_div", result: .promoted) { x, t in
    select(t .== 0, 0, t * log(t)) - t * x
  }
  static let logDivergence = Pointwise("kl_div", result: .promoted) { x, t in exp(t) * (t - x) }

  /// The loss of all elements: reduced in the pass that computes them, without storing them.
  func loss(
    _ inputs: TensorList, scalars: ScalarList = ScalarList(), _ reduction: LossReduction,
    file: StaticString, line: UInt
  ) -> Tensor {
    if reduction == .none { return apply(inputs, scalars: scalars, file: file, line: line) }
    let first = inputs[0]
    var shape = first.layout.shape
    for i in 1..<Swift.max(inputs.count, 1) {
      guard
        let common = attempt(
          file: file, line: line,
          { () throws(Misuse) in try Rules.broadcast(self.name, shape, inputs[i].layout.shape) })
      else { return .poison }
      shape = common
    }
    var type = ResultType()
    for i in 0..<inputs.count { type.add(inputs[i].dtype, dims: inputs[i].ndim) }
    let dtype = type.dtype
    let floating: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.floating(self.name, dtype)
    }
    if floating == nil { return .poison }
    let divisor: Double =
      switch reduction {
      case .mean: Double(shape.elementCount)
      case .batchMean: Double(shape.first ?? 1)
      case .sum, .none: 1
      }
    let output = Tensor(empty: Shape(repeating: 1, count: shape.count), dtype: dtype)
    do throws(Misuse) {
      try first.device.backend.reduce(
        ReduceCall(
          op: .sum, program: program, dtype: dtype, shape: shape, dims: Tensor.allDims(shape),
          inputs: inputs, scalars: scalars, divisor: divisor, output: output))
    } catch {
      error.named(name).raise(file: file, line: line)
      return .poison
    }
    output.layout = Layout(contiguous: Shape())
    if recording(inputs) { recordLoss(output, inputs, scalars, divisor, shape, file, line) }
    return output
  }

  private func recordLoss(
    _ output: Tensor, _ inputs: TensorList, _ scalars: ScalarList, _ divisor: Double,
    _ shape: Shape, _ file: StaticString, _ line: UInt
  ) {
    output.record(nodeName, inputs, saving: inputs, file: file, line: line) { step, g in
      var needs: UInt32 = 0
      for i in 0..<inputs.count where step.needs(i) { needs |= 1 << UInt32(i) }
      let share = divisor == 1 ? g : g / divisor
      for gradient in self.plan(needs: needs).gradients {
        guard case .computed(let operation) = gradient.form else { continue }
        var operands = TensorList()
        for source in operation.inputs(of: self.plan(needs: needs)) {
          operands.append(source < 0 ? share : step.saved(source))
        }
        let input = step.saved(gradient.input)
        if input.layout.shape == shape {
          step.give(gradient.input, operation.derived.apply(operands, scalars: scalars))
        } else {
          step.give(
            gradient.input,
            operation.derived.apply(operands, scalars: scalars).expanded(to: shape))
        }
      }
    }
  }
}

extension Tensor {
  /// (self - target)^2, averaged unless `reduction` says otherwise.
  ///
  /// - Gradient: 2 (self - target) / n.
  /// - Source: torch.nn.functional.mse_loss
  public final func mseLoss(
    _ target: Tensor, reduction: LossReduction = .mean, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    Pointwise.squaredError.loss(TensorList(self, target), reduction, file: file, line: line)
  }

  /// |self - target|. Gradient 0 where they are equal.
  ///
  /// - Source: torch.nn.functional.l1_loss
  public final func l1Loss(
    _ target: Tensor, reduction: LossReduction = .mean, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    Pointwise.absoluteError.loss(TensorList(self, target), reduction, file: file, line: line)
  }

  /// Squared below `beta`, absolute above.
  ///
  /// - Source: torch.nn.functional.smooth_l1_loss, Girshick 2015
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
      TensorList(self, target), scalars: ScalarList(.double(beta)), reduction, file: file, line: line)
  }

  /// Squared below `delta`, delta-scaled absolute above.
  ///
  /// - Source: torch.nn.functional.huber_loss, Huber 1964
  public final func huberLoss(
    _ target: Tensor, reduction: LossReduction = .mean, delta: Double = 1,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if delta <= 0 {
      Misuse("huberLoss", "delta is not positive", got: "\(delta)", try: "a positive delta").raise(
        file: file, line: line)
      return .poison
    }
    return Pointwise.huber.loss(
      TensorList(self, target), scalars: ScalarList(.double(delta)), reduction, file: file, line: line)
  }

  /// -(t log p + (1 - t) log(1 - p)) for probabilities p = self.
  ///
  /// - Source: torch.nn.functional.binary_cross_entropy
  public final func binaryCrossEntropy(
    _ target: Tensor, weight: Tensor? = nil, reduction: LossReduction = .mean,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if target.shape != shape {
      Misuse(
        "binaryCrossEntropy", "target and input have different shapes",
        got: "\(shape.brackets) and \(target.shape.brackets)", try: "reshape"
      ).raise(file: file, line: line)
      return .poison
    }
    let inputs = TensorList(self, target)
    guard let weight else {
      return Pointwise.binaryCrossEntropy.loss(inputs, reduction, file: file, line: line)
    }
    return (Pointwise.binaryCrossEntropy.apply(inputs, file: file, line: line) * weight)
      .reduced(reduction)
  }

  /// The same for logits, without overflow; `posWeight` multiplies the positive part.
  ///
  /// - Source: torch.nn.functional.binary_cross_entropy_with_logits
  public final func binaryCrossEntropyWithLogits(
    _ target: Tensor, weight: Tensor? = nil, posWeight: Tensor? = nil,
    reduction: LossReduction = .mean, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if target.shape != shape {
      Misuse(
        "binaryCrossEntropyWithLogits", "target and input have different shapes",
        got: "\(shape.brackets) and \(target.shape.brackets)", try: "reshape"
      ).raise(file: file, line: line)
      return .poison
    }
    let operation =
      posWeight == nil ? Pointwise.logitsCrossEntropy : Pointwise.logitsCrossEntropyWeighted
    let inputs = posWeight.map { TensorList(self, target, $0) } ?? TensorList(self, target)
    guard let weight else { return operation.loss(inputs, reduction, file: file, line: line) }
    return (operation.apply(inputs, file: file, line: line) * weight).reduced(reduction)
  }

  /// Kullback-Leibler divergence of log-probabilities self from probabilities `target`.
  ///
  /// - Parameter logTarget: the target holds log-probabilities.
  /// - Source: torch.nn.functional.kl_div
  public final func klDiv(
    _ target: Tensor, reduction: LossReduction = .mean, logTarget: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let operation = logTarget ? Pointwise.logDivergence : Pointwise.divergence
    return operation.loss(TensorList(self, target), reduction, file: file, line: line)
  }

  final func reduced(_ reduction: LossReduction) -> Tensor {
    switch reduction {
    case .none: self
    case .mean: mean()
    case .sum: sum()
    case .batchMean: sum() / (ndim == 0 ? 1 : shape[0])
    }
  }
}
