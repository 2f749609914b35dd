import DescentCore

// Smooth activations as modules, for Sequential.
// Their formulas and gradients are with the tensor methods.

/// 1 / (1 + exp(-x)), elementwise.
///
/// - Source: torch.nn.Sigmoid
public final class Sigmoid: Module {
  /// Makes the layer.
  public override init() { super.init() }

  public override func forward(_ x: Tensor) -> Tensor { x.sigmoid() }
}

/// log(sigmoid(x)), elementwise.
///
/// - Source: torch.nn.LogSigmoid
public final class LogSigmoid: Module {
  /// Makes the layer.
  public override init() { super.init() }

  public override func forward(_ x: Tensor) -> Tensor { x.logsigmoid() }
}

/// The hyperbolic tangent, elementwise.
///
/// - Source: torch.nn.Tanh
public final class Tanh: Module {
  /// Makes the layer.
  public override init() { super.init() }

  public override func forward(_ x: Tensor) -> Tensor { x.tanh() }
}

/// x sigmoid(x), elementwise.
///
/// - Source: torch.nn.SiLU
public final class SiLU: Module {
  /// Makes the layer.
  public override init() { super.init() }

  public override func forward(_ x: Tensor) -> Tensor { x.silu() }
}

/// x tanh(softplus(x)), elementwise.
///
/// - Source: torch.nn.Mish
public final class Mish: Module {
  /// Makes the layer.
  public override init() { super.init() }

  public override func forward(_ x: Tensor) -> Tensor { x.mish() }
}

/// x times the standard normal's distribution function.
///
/// - Source: torch.nn.GELU
public final class GELU: Module {
  /// How the distribution function is computed.
  public let approximate: GeluApproximation

  /// Makes the layer.
  public init(approximate: GeluApproximation = .none) { self.approximate = approximate }

  public override func forward(_ x: Tensor) -> Tensor { x.gelu(approximate: approximate) }

  public override var extraDescription: String { "approximate='\(approximate)'" }
}

/// x where positive, else alpha (exp(x) - 1).
///
/// - Source: torch.nn.ELU
public final class ELU: Module {
  public let alpha: Double

  /// Makes the layer.
  public init(alpha: Double = 1) {
    self.alpha = alpha
  }

  public override func forward(_ x: Tensor) -> Tensor { x.elu(alpha: alpha) }

  public override var extraDescription: String { "alpha=\(alpha)" }
}

/// x where positive, else alpha (exp(x / alpha) - 1).
///
/// - Source: torch.nn.CELU
public final class CELU: Module {
  public let alpha: Double

  /// Makes the layer.
  public init(alpha: Double = 1) {
    self.alpha = alpha
  }

  public override func forward(_ x: Tensor) -> Tensor { x.celu(alpha: alpha) }

  public override var extraDescription: String { "alpha=\(alpha)" }
}

/// ELU with the scale and alpha that keep mean 0 and variance 1.
///
/// - Source: torch.nn.SELU
public final class SELU: Module {
  /// Makes the layer.
  public override init() { super.init() }

  public override func forward(_ x: Tensor) -> Tensor { x.selu() }
}

/// log(1 + exp(beta x)) / beta, x itself above the threshold.
///
/// - Source: torch.nn.Softplus
public final class Softplus: Module {
  public let beta: Double
  public let threshold: Double

  /// Makes the layer.
  public init(beta: Double = 1, threshold: Double = 20) {
    self.beta = beta
    self.threshold = threshold
  }

  public override func forward(_ x: Tensor) -> Tensor {
    x.softplus(beta: beta, threshold: threshold)
  }

  public override var extraDescription: String { "beta=\(beta), threshold=\(threshold)" }
}

/// x / (1 + |x|), elementwise.
///
/// - Source: torch.nn.Softsign
public final class Softsign: Module {
  /// Makes the layer.
  public override init() { super.init() }

  public override func forward(_ x: Tensor) -> Tensor { x.softsign() }
}

/// x - tanh(x), elementwise.
///
/// - Source: torch.nn.Tanhshrink
public final class Tanhshrink: Module {
  /// Makes the layer.
  public override init() { super.init() }

  public override func forward(_ x: Tensor) -> Tensor { x.tanhshrink() }
}
