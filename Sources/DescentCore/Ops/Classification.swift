// Cross entropy: the loss of classifiers.

extension Tensor {
  /// Negative log-likelihood of class indices, for log-probabilities self of shape [C], [N, C] or
  /// [N, C, d1, …].
  ///
  /// - Parameters:
  ///   - target: int64 class indices: [], [N] or [N, d1, …].
  ///   - weight: one factor a class; the mean divides by the sum of the factors used.
  ///   - ignoreIndex: a target that counts for nothing.
  /// - Source: torch.nn.functional.nll_loss
  public final func nllLoss(
    _ target: Tensor, weight: Tensor? = nil, ignoreIndex: Int = -100,
    reduction: LossReduction = .mean, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.classTargets("nllLoss", self, target, weight)
    }
    if checked == nil { return .poison }
    return classLoss(
      target, weight, ignoreIndex, reduction, logits: nil, file: file, line: line)
  }

  /// The loss of log-probabilities self; `logits` is what they were made of, if gradients go there.
  private final func classLoss(
    _ target: Tensor, _ weight: Tensor?, _ ignoreIndex: Int, _ reduction: LossReduction,
    logits: Tensor?, file: StaticString, line: UInt
  ) -> Tensor {
    let hasKernel = dtype == .float32 || dtype == .float64
    if !hasKernel || weight?.requiresGrad ?? false {
      return pickedLoss(target, weight, ignoreIndex, reduction, file: file, line: line)
    }
    let classes = noGrad {
      ClassOperands(
        logProbabilities: contiguous(), dim: classDim, target: target.to(.int64).contiguous(),
        weight: weight?.to(dtype).contiguous(), ignoreIndex: ignoreIndex)
    }
    let isReduced = reduction != .none
    let output = Tensor(empty: isReduced ? Shape() : target.layout.shape, dtype: dtype)
    let factors = Tensor(empty: Shape(), dtype: dtype)
    do throws(Misuse) {
      try device.backend.classLoss(
        isReduced
          ? ClassLossCall(classes: classes, sum: output, factors: factors)
          : ClassLossCall(classes: classes, losses: output))
    } catch {
      error.named(logits == nil ? "nllLoss" : "crossEntropy").raise(file: file, line: line)
      return .poison
    }
    let divides = reduction == .mean || reduction == .batchMean
    let loss = divides ? noGrad { output / factors } : output
    let input = logits ?? self
    if recording(input) {
      var saving = TensorList(self, classes.target, factors)
      if let weight = classes.weight { saving.append(weight) }
      loss.record(
        ndim > 2 ? "NllLoss2DBackward0" : "NllLossBackward0", TensorList(input), saving: saving,
        file: file, line: line
      ) { step, g in
        step.give(
          0,
          step.saved(0).classLossGradient(
            g, step.saved(1), divides ? step.saved(2) : nil, weight == nil ? nil : step.saved(3),
            ignoreIndex, ofLogits: logits != nil))
      }
    }
    return loss
  }

  /// The gradient of `classLoss`; self holds the log-probabilities, with their history.
  private final func classLossGradient(
    _ g: Tensor, _ target: Tensor, _ factors: Tensor?, _ weight: Tensor?, _ ignoreIndex: Int,
    ofLogits: Bool
  ) -> Tensor {
    if !GradMode.isEnabled {
      let output = Tensor(empty: layout.shape, dtype: dtype)
      device.backend.classLossBackward(
        ClassLossBackwardCall(
          classes: ClassOperands(
            logProbabilities: contiguous(), dim: classDim, target: target, weight: weight,
            ignoreIndex: ignoreIndex),
          gradient: g.contiguous(), factors: factors, isOfLogits: ofLogits, output: output))
      return output
    }
    let share = rowFactors(target, weight, ignoreIndex) * (factors.map { g / $0 } ?? g)
    let shares = share.unsqueeze(classDim)
    let index = Tensor.where(target .== ignoreIndex, 0, target).unsqueeze(classDim)
    let zeros = Tensor.zeros(shape, dtype: dtype)
    let base = ofLogits ? exp() * shares : zeros
    return base + zeros.scatterAdd(classDim, index, -shares)
  }

  private final var classDim: Int { ndim == 1 ? 0 : 1 }

  /// What each row's loss is multiplied by: 0 where it is ignored.
  private final func rowFactors(_ target: Tensor, _ weight: Tensor?, _ ignoreIndex: Int) -> Tensor {
    let ignored = target .== ignoreIndex
    let zero = Tensor.zeros([], dtype: dtype)
    guard let weight else { return Tensor.where(ignored, zero, Tensor.ones([], dtype: dtype)) }
    let safe = Tensor.where(ignored, 0, target)
    return Tensor.where(ignored, zero, weight.indexSelect(0, safe.reshape(-1)).reshapeAs(safe))
  }

  /// `classLoss` of operations: its definition, for dtypes without a kernel and trained weights.
  private final func pickedLoss(
    _ target: Tensor, _ weight: Tensor?, _ ignoreIndex: Int, _ reduction: LossReduction,
    file: StaticString, line: UInt
  ) -> Tensor {
    let index = Tensor.where(target .== ignoreIndex, 0, target).unsqueeze(classDim)
    let picked = gather(classDim, index, file: file, line: line).squeeze(classDim)
    let factors = rowFactors(target, weight, ignoreIndex)
    let losses = -picked * factors
    switch reduction {
    case .none: return losses
    case .sum: return losses.sum()
    case .mean, .batchMean: return losses.sum() / factors.sum()
    }
  }

  /// Cross entropy of logits self against class indices or class probabilities.
  ///
  /// With class indices of a batch, softmax, selection and mean are numerically one step:
  /// logSoftmax then nllLoss. With probabilities (a floating-point target of the input's shape) it is
  /// -sum(target logSoftmax(self)).
  /// - Parameter labelSmoothing: this share of each target is spread over all classes.
  /// - Source: torch.nn.functional.cross_entropy; Szegedy et al. 2015 for smoothing
  public final func crossEntropy(
    _ target: Tensor, weight: Tensor? = nil, ignoreIndex: Int = -100,
    reduction: LossReduction = .mean, labelSmoothing: Double = 0, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.floating("crossEntropy", self.dtype)
      if labelSmoothing < 0 || labelSmoothing > 1 {
        throw Misuse(
          "crossEntropy", "label smoothing is a share", got: "\(labelSmoothing)", try: "0 to 1")
      }
      if target.dtype.isFloatingPoint {
        if target.shape != self.shape {
          throw Misuse(
            "crossEntropy", "probabilities have the shape of the logits",
            got: "\(self.shape.brackets) and \(target.shape.brackets)",
            try: "class indices of int64")
        }
      } else {
        try Rules.classTargets("crossEntropy", self, target, weight)
      }
    }
    if checked == nil { return .poison }
    let logProbabilities = logSoftmax(dim: classDim, file: file, line: line)
    if target.dtype.isFloatingPoint {
      return logProbabilities.crossEntropyOfProbabilities(
        target, weight, classDim, reduction, labelSmoothing)
    }
    let plain = logProbabilities.classLoss(
      target, weight, ignoreIndex, reduction, logits: self, file: file, line: line)
    if labelSmoothing == 0 { return plain }
    let spread = logProbabilities.spreadLoss(target, weight, classDim, ignoreIndex, reduction)
    return plain * (1 - labelSmoothing) + spread * (labelSmoothing / Double(shape[classDim]))
  }

  private func crossEntropyOfProbabilities(
    _ target: Tensor, _ weight: Tensor?, _ classDim: Int, _ reduction: LossReduction,
    _ smoothing: Double
  ) -> Tensor {
    let classes = shape[classDim]
    let smoothed = smoothing > 0 ? target * (1 - smoothing) + smoothing / Double(classes) : target
    let weighted = weight.map { self * $0.alongClasses(ndim, classDim) } ?? self
    let losses = -(weighted * smoothed).sum(dim: classDim)
    switch reduction {
    case .none: return losses
    case .sum: return losses.sum()
    case .mean, .batchMean:
      return losses.sum() / Swift.max(ndim == 1 ? 1 : numel() / Swift.max(classes, 1), 1)
    }
  }

  /// The part of smoothed cross entropy that is spread over all classes.
  private func spreadLoss(
    _ target: Tensor, _ weight: Tensor?, _ classDim: Int, _ ignoreIndex: Int,
    _ reduction: LossReduction
  ) -> Tensor {
    let weighted = weight.map { self * $0.alongClasses(ndim, classDim) } ?? self
    let ignored = target .== ignoreIndex
    let all = -weighted.sum(dim: classDim)
    let losses = Tensor.where(ignored, 0, all)
    switch reduction {
    case .none: return losses
    case .sum: return losses.sum()
    case .mean, .batchMean:
      let factors = rowFactors(target, weight, ignoreIndex)
      return losses.sum() / factors.sum()
    }
  }

  /// A vector of one number a class, shaped to broadcast along the class dimension.
  private func alongClasses(_ dims: Int, _ classDim: Int) -> Tensor {
    var sizes = [Int](repeating: 1, count: dims)
    sizes[classDim] = numel()
    return reshape(sizes)
  }
}

extension Rules {
  static func classTargets(
    _ operation: String, _ input: Tensor, _ target: Tensor, _ weight: Tensor?
  ) throws(Misuse) {
    if input.ndim == 0 {
      throw Misuse(
        operation, "the input has no class dimension", got: "a 0-d tensor", try: "[N, C]")
    }
    if target.dtype.isFloatingPoint || target.dtype == .bool {
      throw Misuse(
        operation, "class indices are integers", got: target.dtype.name, try: "to(.int64)")
    }
    var expected = input.shape
    expected.remove(at: input.ndim == 1 ? 0 : 1)
    if target.shape != expected {
      throw Misuse(
        operation, "input and target do not fit together",
        got: "input \(input.shape.brackets), target \(target.shape.brackets)",
        try: "a target of shape \(expected.brackets)")
    }
    let classes = input.shape[input.ndim == 1 ? 0 : 1]
    if let weight, weight.shape != [classes] {
      throw Misuse(
        operation, "weight has one number a class",
        got: "\(weight.shape.brackets) for \(classes) classes",
        try: "a weight of shape [\(classes)]")
    }
  }
}
