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
    let classDim = ndim == 1 ? 0 : 1
    let ignored = target .== ignoreIndex
    let safe = Tensor.where(ignored, 0, target)
    let picked = gather(classDim, safe.unsqueeze(classDim), file: file, line: line).squeeze(classDim)
    var factors = Tensor.where(ignored, Tensor.zeros([], dtype: dtype), Tensor.ones([], dtype: dtype))
    if let weight { factors = factors * weight.indexSelect(0, safe.reshape(-1)).reshape(safe.shape) }
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
            got: "\(self.shape.brackets) and \(target.shape.brackets)", try: "class indices of int64")
        }
      } else {
        try Rules.classTargets("crossEntropy", self, target, weight)
      }
    }
    if checked == nil { return .poison }
    let classDim = ndim == 1 ? 0 : 1
    let logProbabilities = logSoftmax(dim: classDim, file: file, line: line)
    if target.dtype.isFloatingPoint {
      return logProbabilities.crossEntropyOfProbabilities(
        target, weight, classDim, reduction, labelSmoothing)
    }
    let plain = logProbabilities.nllLoss(
      target, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction, file: file, line: line)
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
      let safe = Tensor.where(ignored, 0, target)
      var factors = Tensor.where(
        ignored, Tensor.zeros([], dtype: dtype), Tensor.ones([], dtype: dtype))
      if let weight { factors = factors * weight.indexSelect(0, safe.reshape(-1)).reshape(safe.shape) }
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
      throw Misuse(operation, "the input has no class dimension", got: "a 0-d tensor", try: "[N, C]")
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
        operation, "weight has one number a class", got: "\(weight.shape.brackets) for \(classes) classes",
        try: "a weight of shape [\(classes)]")
    }
  }
}
