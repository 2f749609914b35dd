import Descent

extension Arguments {
  /// The option `reduction`.
  var reduction: LossReduction {
    get throws {
      let text = try string(nil, "reduction", "mean")
      switch text {
      case "none": return .none
      case "mean": return .mean
      case "sum": return .sum
      case "batchmean": return .batchMean
      default: throw Refusal.untyped("no reduction \(text)")
      }
    }
  }
}

extension OpTable {
  func addLosses() {
    op("nn.functional.mse_loss") { a in try a.x.mseLoss(a.y, reduction: a.reduction) }
    op("nn.functional.l1_loss") { a in try a.x.l1Loss(a.y, reduction: a.reduction) }
    op("nn.functional.smooth_l1_loss") { a in
      try a.x.smoothL1Loss(a.y, reduction: a.reduction, beta: a.double(nil, "beta", 1))
    }
    op("nn.functional.huber_loss") { a in
      try a.x.huberLoss(a.y, reduction: a.reduction, delta: a.double(nil, "delta", 1))
    }
    op("nn.functional.binary_cross_entropy") { a in
      try a.x.binaryCrossEntropy(
        a.y, weight: a.optionalTensor(nil, "weight"), reduction: a.reduction)
    }
    op("nn.functional.binary_cross_entropy_with_logits") { a in
      try a.x.binaryCrossEntropyWithLogits(
        a.y, weight: a.optionalTensor(nil, "weight"),
        posWeight: a.optionalTensor(nil, "pos_weight"),
        reduction: a.reduction)
    }
    op("nn.functional.kl_div") { a in
      try a.x.klDiv(a.y, reduction: a.reduction, logTarget: a.bool(nil, "log_target", false))
    }
    op("nn.functional.nll_loss") { a in
      try a.x.nllLoss(
        a.y, weight: a.optionalTensor(nil, "weight"), ignoreIndex: a.int(nil, "ignore_index", -100),
        reduction: a.reduction)
    }
    op("nn.functional.cross_entropy") { a in
      try a.x.crossEntropy(
        a.y, weight: a.optionalTensor(nil, "weight"), ignoreIndex: a.int(nil, "ignore_index", -100),
        reduction: a.reduction, labelSmoothing: a.double(nil, "label_smoothing", 0))
    }
  }
}
