import DescentCore

// Losses as callable objects; their formulas and gradients are with the tensor methods.

/// A loss of an input and a target.
///
/// `lossFn(input, target)` gives a 0-d tensor unless the reduction is `.none`.
open class Loss: Module {
  public let reduction: LossReduction

  public init(reduction: LossReduction = .mean) { self.reduction = reduction }

  /// The loss. Override it; call the loss itself, not this.
  open func forward(_ input: Tensor, _ target: Tensor) -> Tensor { super.forward(input) }

  public final func callAsFunction(_ input: Tensor, _ target: Tensor) -> Tensor {
    ModulePath.inside(self) { forward(input, target) }
  }
}

/// (input - target)^2.
///
/// - Source: torch.nn.MSELoss
public final class MSELoss: Loss {
  public override func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    input.mseLoss(target, reduction: reduction)
  }
}

/// |input - target|.
///
/// - Source: torch.nn.L1Loss
public final class L1Loss: Loss {
  public override func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    input.l1Loss(target, reduction: reduction)
  }
}

/// Squared below beta, absolute above.
///
/// - Source: torch.nn.SmoothL1Loss
public final class SmoothL1Loss: Loss {
  public let beta: Double

  public init(beta: Double = 1, reduction: LossReduction = .mean) {
    self.beta = beta
    super.init(reduction: reduction)
  }

  public override func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    input.smoothL1Loss(target, reduction: reduction, beta: beta)
  }
}

/// Squared below delta, delta-scaled absolute above.
///
/// - Source: torch.nn.HuberLoss
public final class HuberLoss: Loss {
  public let delta: Double

  public init(delta: Double = 1, reduction: LossReduction = .mean) {
    self.delta = delta
    super.init(reduction: reduction)
  }

  public override func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    input.huberLoss(target, reduction: reduction, delta: delta)
  }
}

/// Binary cross entropy of probabilities.
///
/// - Source: torch.nn.BCELoss
public final class BCELoss: Loss {
  public let weight: Buffer?

  public init(weight: Tensor? = nil, reduction: LossReduction = .mean) {
    self.weight = weight.map { Buffer($0) }
    super.init(reduction: reduction)
  }

  public override func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    input.binaryCrossEntropy(target, weight: weight, reduction: reduction)
  }
}

/// Binary cross entropy of logits.
///
/// - Source: torch.nn.BCEWithLogitsLoss
public final class BCEWithLogitsLoss: Loss {
  public let weight: Buffer?
  public let posWeight: Buffer?

  public init(weight: Tensor? = nil, posWeight: Tensor? = nil, reduction: LossReduction = .mean) {
    self.weight = weight.map { Buffer($0) }
    self.posWeight = posWeight.map { Buffer($0) }
    super.init(reduction: reduction)
  }

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

  public init(logTarget: Bool = false, reduction: LossReduction = .mean) {
    self.logTarget = logTarget
    super.init(reduction: reduction)
  }

  public override func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    input.klDiv(target, reduction: reduction, logTarget: logTarget)
  }
}

/// Negative log-likelihood of class indices.
///
/// - Source: torch.nn.NLLLoss
public final class NLLLoss: Loss {
  public let weight: Buffer?
  public let ignoreIndex: Int

  public init(weight: Tensor? = nil, ignoreIndex: Int = -100, reduction: LossReduction = .mean) {
    self.weight = weight.map { Buffer($0) }
    self.ignoreIndex = ignoreIndex
    super.init(reduction: reduction)
  }

  public override func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    input.nllLoss(target, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction)
  }
}

/// Cross entropy of logits against class indices or probabilities.
///
/// - Source: torch.nn.CrossEntropyLoss
public final class CrossEntropyLoss: Loss {
  public let weight: Buffer?
  public let ignoreIndex: Int
  public let labelSmoothing: Double

  public init(
    weight: Tensor? = nil, ignoreIndex: Int = -100, labelSmoothing: Double = 0,
    reduction: LossReduction = .mean
  ) {
    self.weight = weight.map { Buffer($0) }
    self.ignoreIndex = ignoreIndex
    self.labelSmoothing = labelSmoothing
    super.init(reduction: reduction)
  }

  public override func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    input.crossEntropy(
      target, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction,
      labelSmoothing: labelSmoothing)
  }
}
