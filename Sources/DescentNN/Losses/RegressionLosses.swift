import DescentCore

// Losses of regression.

/// (input - target)², averaged.
///
/// - Source: torch.nn.MSELoss
public final class MSELoss: Loss {
  public override func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    input.mseLoss(target, reduction: reduction)
  }
}

/// |input - target|, averaged.
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

  /// Makes the loss.
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

  /// Makes the loss.
  public init(delta: Double = 1, reduction: LossReduction = .mean) {
    self.delta = delta
    super.init(reduction: reduction)
  }

  public override func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    input.huberLoss(target, reduction: reduction, delta: delta)
  }
}

/// Negative log-likelihood of counts under Poisson distributions.
///
/// - Source: torch.nn.PoissonNLLLoss
public final class PoissonNLLLoss: Loss {
  public let logInput: Bool
  public let full: Bool
  public let eps: Double

  /// Makes the loss.
  public init(
    logInput: Bool = true, full: Bool = false, eps: Double = 1e-8, reduction: LossReduction = .mean
  ) {
    self.logInput = logInput
    self.full = full
    self.eps = eps
    super.init(reduction: reduction)
  }

  public override func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    input.poissonNLLLoss(target, logInput: logInput, full: full, eps: eps, reduction: reduction)
  }
}

/// Negative log-likelihood under normal distributions, whose variances are given too.
///
/// - Source: torch.nn.GaussianNLLLoss
public final class GaussianNLLLoss: Module {
  public let full: Bool
  public let eps: Double
  public let reduction: LossReduction

  /// Makes the loss.
  public init(full: Bool = false, eps: Double = 1e-6, reduction: LossReduction = .mean) {
    self.full = full
    self.eps = eps
    self.reduction = reduction
  }

  /// The loss of means, targets and variances.
  public func callAsFunction(
    _ input: Tensor, _ target: Tensor, _ variance: Tensor, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    inside(file: file, line: line) {
      input.gaussianNLLLoss(target, variance, full: full, eps: eps, reduction: reduction)
    }
  }
}
