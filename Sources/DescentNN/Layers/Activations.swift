import DescentCore

// Activations as modules, for Sequential. Their formulas and gradients are with the tensor methods.

/// max(x, 0), elementwise.
///
/// - Source: torch.nn.ReLU
public final class ReLU: Module {
  public override init() { super.init() }
  public override func forward(_ x: Tensor) -> Tensor { x.relu() }
}

/// 1 / (1 + exp(-x)), elementwise.
///
/// - Source: torch.nn.Sigmoid
public final class Sigmoid: Module {
  public override init() { super.init() }
  public override func forward(_ x: Tensor) -> Tensor { x.sigmoid() }
}

/// The hyperbolic tangent, elementwise.
///
/// - Source: torch.nn.Tanh
public final class Tanh: Module {
  public override init() { super.init() }
  public override func forward(_ x: Tensor) -> Tensor { x.tanh() }
}

/// x sigmoid(x), elementwise.
///
/// - Source: torch.nn.SiLU
public final class SiLU: Module {
  public override init() { super.init() }
  public override func forward(_ x: Tensor) -> Tensor { x.silu() }
}

/// x tanh(softplus(x)), elementwise.
///
/// - Source: torch.nn.Mish
public final class Mish: Module {
  public override init() { super.init() }
  public override func forward(_ x: Tensor) -> Tensor { x.mish() }
}

/// x where positive, else negativeSlope x.
///
/// - Source: torch.nn.LeakyReLU
public final class LeakyReLU: Module {
  public let negativeSlope: Double
  public init(_ negativeSlope: Double = 0.01) { self.negativeSlope = negativeSlope }
  public override func forward(_ x: Tensor) -> Tensor { x.leakyRelu(negativeSlope: negativeSlope) }
  public override var extraDescription: String { "negative_slope=\(negativeSlope)" }
}

/// x where positive, else alpha (exp(x) - 1).
///
/// - Source: torch.nn.ELU
public final class ELU: Module {
  public let alpha: Double
  public init(alpha: Double = 1) { self.alpha = alpha }
  public override func forward(_ x: Tensor) -> Tensor { x.elu(alpha: alpha) }
  public override var extraDescription: String { "alpha=\(alpha)" }
}

/// x times the standard normal's distribution function.
///
/// - Source: torch.nn.GELU
public final class GELU: Module {
  public override init() { super.init() }
  public override func forward(_ x: Tensor) -> Tensor { x.gelu() }
  public override var extraDescription: String { "approximate='none'" }
}

/// log(1 + exp(beta x)) / beta, x itself above the threshold.
///
/// - Source: torch.nn.Softplus
public final class Softplus: Module {
  public let beta: Double
  public let threshold: Double
  public init(beta: Double = 1, threshold: Double = 20) {
    self.beta = beta
    self.threshold = threshold
  }
  public override func forward(_ x: Tensor) -> Tensor { x.softplus(beta: beta, threshold: threshold) }
  public override var extraDescription: String { "beta=\(beta), threshold=\(threshold)" }
}

/// Softmax along a dimension.
///
/// - Source: torch.nn.Softmax
public final class Softmax: Module {
  public let dim: Int
  public init(dim: Int) { self.dim = dim }
  public override func forward(_ x: Tensor) -> Tensor { x.softmax(dim: dim) }
  public override var extraDescription: String { "dim=\(dim)" }
}

/// The logarithm of the softmax along a dimension.
///
/// - Source: torch.nn.LogSoftmax
public final class LogSoftmax: Module {
  public let dim: Int
  public init(dim: Int) { self.dim = dim }
  public override func forward(_ x: Tensor) -> Tensor { x.logSoftmax(dim: dim) }
  public override var extraDescription: String { "dim=\(dim)" }
}
