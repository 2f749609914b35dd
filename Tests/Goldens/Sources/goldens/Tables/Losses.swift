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
    op("nn.functional.poisson_nll_loss") { a in
      try a.x.poissonNLLLoss(
        a.y, logInput: a.bool(2, "log_input", true), full: a.bool(3, "full", false),
        eps: a.double(nil, "eps", 1e-8), reduction: a.reduction)
    }
    op("nn.functional.gaussian_nll_loss") { a in
      try a.x.gaussianNLLLoss(
        a.y, a.tensor(2, "var"), full: a.bool(3, "full", false), eps: a.double(nil, "eps", 1e-6),
        reduction: a.reduction)
    }
    op("nn.functional.hinge_embedding_loss") { a in
      try a.x.hingeEmbeddingLoss(
        a.y, margin: a.double(nil, "margin", 1), reduction: a.reduction)
    }
    op("nn.functional.soft_margin_loss") { a in try a.x.softMarginLoss(a.y, reduction: a.reduction)
    }
    op("nn.functional.margin_ranking_loss") { a in
      try a.x.marginRankingLoss(
        a.y, a.tensor(2, "target"), margin: a.double(nil, "margin", 0), reduction: a.reduction)
    }
    op("nn.functional.cosine_embedding_loss") { a in
      try a.x.cosineEmbeddingLoss(
        a.y, a.tensor(2, "target"), margin: a.double(nil, "margin", 0), reduction: a.reduction)
    }
    op("nn.functional.triplet_margin_loss") { a in
      try a.x.tripletMarginLoss(
        a.y, a.tensor(2, "negative"), margin: a.double(nil, "margin", 1), p: a.double(nil, "p", 2),
        eps: a.double(nil, "eps", 1e-6), swap: a.bool(nil, "swap", false), reduction: a.reduction)
    }
    op("nn.functional.multi_margin_loss") { a in
      try a.x.multiMarginLoss(
        a.y, p: a.int(nil, "p", 1), margin: a.double(nil, "margin", 1),
        weight: a.optionalTensor(nil, "weight"), reduction: a.reduction)
    }
    op("nn.functional.multilabel_margin_loss") { a in
      try a.x.multilabelMarginLoss(a.y, reduction: a.reduction)
    }
    op("nn.functional.multilabel_soft_margin_loss") { a in
      try a.x.multilabelSoftMarginLoss(
        a.y, weight: a.optionalTensor(nil, "weight"), reduction: a.reduction)
    }
    op("nn.functional.pairwise_distance") { a in
      try a.x.pairwiseDistance(
        a.y, p: a.double(nil, "p", 2), eps: a.double(nil, "eps", 1e-6),
        keepDim: a.bool(nil, "keepdim", false))
    }
    op("nn.functional.cosine_similarity") { a in
      try a.x.cosineSimilarity(a.y, dim: a.int(nil, "dim", 1), eps: a.double(nil, "eps", 1e-8))
    }
  }
}
