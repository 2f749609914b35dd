import DescentCore

// Losses of classification.

/// Cross entropy of logits against class indices or class probabilities.
///
/// - Source: torch.nn.CrossEntropyLoss
public final class CrossEntropyLoss: WeightedLoss {
  public let ignoreIndex: Int
  public let labelSmoothing: Double

  /// Makes the loss.
  public init(
    weight: Tensor? = nil, ignoreIndex: Int = -100, labelSmoothing: Double = 0,
    reduction: LossReduction = .mean
  ) {
    self.ignoreIndex = ignoreIndex
    self.labelSmoothing = labelSmoothing
    super.init(factors: weight, reduction: reduction)
  }

  public override func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    input.crossEntropy(
      target, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction,
      labelSmoothing: labelSmoothing)
  }
}

/// Negative log-likelihood of class indices, for log-probabilities.
///
/// - Source: torch.nn.NLLLoss
public final class NLLLoss: WeightedLoss {
  public let ignoreIndex: Int

  /// Makes the loss.
  public init(weight: Tensor? = nil, ignoreIndex: Int = -100, reduction: LossReduction = .mean) {
    self.ignoreIndex = ignoreIndex
    super.init(factors: weight, reduction: reduction)
  }

  public override func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    input.nllLoss(target, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction)
  }
}

/// Binary cross entropy of probabilities.
///
/// - Source: torch.nn.BCELoss
public final class BCELoss: WeightedLoss {
  /// Makes the loss.
  public init(weight: Tensor? = nil, reduction: LossReduction = .mean) {
    super.init(factors: weight, reduction: reduction)
  }

  public override func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    input.binaryCrossEntropy(target, weight: weight, reduction: reduction)
  }
}

/// Binary cross entropy of logits.
///
/// - Source: torch.nn.BCEWithLogitsLoss
public final class BCEWithLogitsLoss: WeightedLoss {
  public var posWeight: Buffer?

  /// Makes the loss.
  public init(weight: Tensor? = nil, posWeight: Tensor? = nil, reduction: LossReduction = .mean) {
    self.posWeight = posWeight.map { Buffer($0) }
    super.init(factors: weight, reduction: reduction)
  }

  public override var parameterNames: [String: String] { ["posWeight": "pos_weight"] }

  public override func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    input.binaryCrossEntropyWithLogits(
      target, weight: weight, posWeight: posWeight, reduction: reduction)
  }
}

/// Kullback-Leibler divergence of log-probabilities from the target.
///
/// - Source: torch.nn.KLDivLoss
public final class KLDivLoss: Loss {
  public let logTarget: Bool

  /// Makes the loss.
  public init(logTarget: Bool = false, reduction: LossReduction = .mean) {
    self.logTarget = logTarget
    super.init(reduction: reduction)
  }

  public override func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    input.klDiv(target, reduction: reduction, logTarget: logTarget)
  }
}

/// log(1 + exp(-target input)) for targets of 1 and -1.
///
/// - Source: torch.nn.SoftMarginLoss
public final class SoftMarginLoss: Loss {
  public override func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    input.softMarginLoss(target, reduction: reduction)
  }
}

/// Binary cross entropy of logits, averaged over the classes.
///
/// - Source: torch.nn.MultiLabelSoftMarginLoss
public final class MultiLabelSoftMarginLoss: WeightedLoss {
  /// Makes the loss.
  public init(weight: Tensor? = nil, reduction: LossReduction = .mean) {
    super.init(factors: weight, reduction: reduction)
  }

  public override func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    input.multilabelSoftMarginLoss(target, weight: weight, reduction: reduction)
  }
}

/// Hinge of every class against the target's.
///
/// - Source: torch.nn.MultiMarginLoss
public final class MultiMarginLoss: WeightedLoss {
  public let p: Int
  public let margin: Double

  /// Makes the loss.
  public init(
    weight: Tensor? = nil, p: Int = 1, margin: Double = 1, reduction: LossReduction = .mean
  ) {
    self.p = p
    self.margin = margin
    super.init(factors: weight, reduction: reduction)
  }

  public override func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    input.multiMarginLoss(target, p: p, margin: margin, weight: weight, reduction: reduction)
  }
}

/// Hinge of every class against each of the target's.
///
/// - Source: torch.nn.MultiLabelMarginLoss
public final class MultiLabelMarginLoss: Loss {
  public override func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    input.multilabelMarginLoss(target, reduction: reduction)
  }
}
