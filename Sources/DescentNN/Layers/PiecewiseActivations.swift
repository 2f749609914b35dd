import DescentCore

// Activations made of pieces, as modules.
// Their formulas and gradients are with the tensor methods.

/// max(x, 0), elementwise.
///
/// - Source: torch.nn.ReLU
public final class ReLU: Module {
  /// Makes the layer.
  public override init() { super.init() }

  public override func forward(_ x: Tensor) -> Tensor { x.relu() }
}

/// x limited to [0, 6], elementwise.
///
/// - Source: torch.nn.ReLU6
public final class ReLU6: Module {
  /// Makes the layer.
  public override init() { super.init() }

  public override func forward(_ x: Tensor) -> Tensor { x.relu6() }
}

/// x where positive, else negativeSlope x.
///
/// - Source: torch.nn.LeakyReLU
public final class LeakyReLU: Module {
  public let negativeSlope: Double

  /// Makes the layer.
  public init(_ negativeSlope: Double = 0.01) {
    self.negativeSlope = negativeSlope
  }

  public override func forward(_ x: Tensor) -> Tensor { x.leakyRelu(negativeSlope: negativeSlope) }

  public override var extraDescription: String { "negative_slope=\(negativeSlope)" }
}

/// x where positive, else x times a slope that is drawn from [lower, upper) while training.
///
/// Outside training the slope is (lower + upper) / 2.
/// - Source: torch.nn.RReLU; Xu et al. 2015
public final class RReLU: Module {
  public let lower: Double
  public let upper: Double
  private let generator: Generator?

  /// Makes the layer.
  ///
  /// - Parameter generator: where slopes are drawn from; by default the one that `manualSeed` seeds.
  public init(_ lower: Double = 1.0 / 8, _ upper: Double = 1.0 / 3, generator: Generator? = nil) {
    self.lower = lower
    self.upper = upper
    self.generator = generator
  }

  public override func forward(_ x: Tensor) -> Tensor {
    x.rrelu(lower: lower, upper: upper, training: isTraining, generator: generator)
  }

  public override var extraDescription: String { "lower=\(lower), upper=\(upper)" }
}

/// x where positive, else weight x, with a trained weight.
///
/// | parameter | shape | initial values |
/// |---|---|---|
/// | weight | [numParameters] | `initial`, 0.25 |
///
/// - Source: torch.nn.PReLU; He et al. 2015
public final class PReLU: Module {
  public let numParameters: Int
  public var weight: Parameter

  /// Makes the layer.
  ///
  /// - Parameter numParameters: 1, or the number of channels (dimension 1).
  public init(_ numParameters: Int = 1, initial: Double = 0.25, dtype: DType = .float32) {
    self.numParameters = numParameters
    weight = Parameter(Tensor.full([numParameters], initial, dtype: dtype))
  }

  public override func forward(_ x: Tensor) -> Tensor { x.prelu(weight) }

  public override var extraDescription: String { "num_parameters=\(numParameters)" }
}

/// x limited to [minVal, maxVal], elementwise.
///
/// - Source: torch.nn.Hardtanh
public final class Hardtanh: Module {
  public let minVal: Double
  public let maxVal: Double

  /// Makes the layer.
  public init(_ minVal: Double = -1, _ maxVal: Double = 1) {
    self.minVal = minVal
    self.maxVal = maxVal
  }

  public override func forward(_ x: Tensor) -> Tensor { x.hardtanh(minVal: minVal, maxVal: maxVal) }

  public override var extraDescription: String { "min_val=\(minVal), max_val=\(maxVal)" }
}

/// x / 6 + 1 / 2 limited to [0, 1], elementwise.
///
/// - Source: torch.nn.Hardsigmoid
public final class Hardsigmoid: Module {
  /// Makes the layer.
  public override init() { super.init() }

  public override func forward(_ x: Tensor) -> Tensor { x.hardsigmoid() }
}

/// x hardsigmoid(x), elementwise.
///
/// - Source: torch.nn.Hardswish
public final class Hardswish: Module {
  /// Makes the layer.
  public override init() { super.init() }

  public override func forward(_ x: Tensor) -> Tensor { x.hardswish() }
}

/// x, and 0 where |x| <= lambd.
///
/// - Source: torch.nn.Hardshrink
public final class Hardshrink: Module {
  public let lambd: Double

  /// Makes the layer.
  public init(_ lambd: Double = 0.5) {
    self.lambd = lambd
  }

  public override func forward(_ x: Tensor) -> Tensor { x.hardshrink(lambd: lambd) }

  public override var extraDescription: String { "\(lambd)" }
}

/// x moved towards 0 by lambd, and 0 where |x| <= lambd.
///
/// - Source: torch.nn.Softshrink
public final class Softshrink: Module {
  public let lambd: Double

  /// Makes the layer.
  public init(_ lambd: Double = 0.5) {
    self.lambd = lambd
  }

  public override func forward(_ x: Tensor) -> Tensor { x.softshrink(lambd: lambd) }

  public override var extraDescription: String { "\(lambd)" }
}

/// x where above the threshold, else the value.
///
/// - Source: torch.nn.Threshold
public final class Threshold: Module {
  public let threshold: Double
  public let value: Double

  /// Makes the layer.
  public init(_ threshold: Double, _ value: Double) {
    self.threshold = threshold
    self.value = value
  }

  public override func forward(_ x: Tensor) -> Tensor { x.threshold(threshold, value) }

  public override var extraDescription: String { "threshold=\(threshold), value=\(value)" }
}

/// The first half of a dimension times the sigmoid of the second.
///
/// - Source: torch.nn.GLU
public final class GLU: Module {
  public let dim: Int

  /// Makes the layer.
  public init(_ dim: Int = -1) {
    self.dim = dim
  }

  public override func forward(_ x: Tensor) -> Tensor { x.glu(dim: dim) }

  public override var extraDescription: String { "dim=\(dim)" }
}
