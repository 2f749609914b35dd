import DescentCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// RAdam: Adam that starts as momentum, until the variance of its scaling is known.
///
/// With ρ∞ = 2 / (1 - β₂) - 1 and ρ = ρ∞ - 2 t β₂ᵗ / (1 - β₂ᵗ): while ρ <= 5, parameter -= lr m̂;
/// then parameter -= lr m̂ r √(1 - β₂ᵗ) / (√v + eps),
/// r = √((ρ - 4)(ρ - 2) ρ∞ / ((ρ∞ - 4)(ρ∞ - 2) ρ)).
///
/// - Source: torch.optim.RAdam; Liu et al. 2019
public final class RAdam: GroupOptimizer<RAdam.Options> {
  /// The options of a group; see `RAdam`.
  public struct Options: OptimizerOptions {
    /// Learning rate.
    public var lr: Double
    /// Decay rates of the averages of gradient and squared gradient.
    public var betas: (Double, Double)
    public var eps: Double
    public var weightDecay: Double
    /// Shrink the parameter itself, as AdamW does.
    public var decoupledWeightDecay: Bool
    /// Ascend instead.
    public var maximize: Bool

    /// Makes options; the defaults are PyTorch's.
    public init(
      lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
      weightDecay: Double = 0, decoupledWeightDecay: Bool = false, maximize: Bool = false
    ) {
      self.lr = lr
      self.betas = betas
      self.eps = eps
      self.weightDecay = weightDecay
      self.decoupledWeightDecay = decoupledWeightDecay
      self.maximize = maximize
    }

    public static var fields: [OptionField<Options>] {
      [
        .init("lr", \.lr), .init("betas.0", \.betas.0), .init("betas.1", \.betas.1),
        .init("eps", \.eps), .init("weight_decay", \.weightDecay),
        .init("decoupled_weight_decay", \.decoupledWeightDecay), .init("maximize", \.maximize),
      ]
    }
  }

  /// Makes an optimizer with one group.
  public convenience init(
    _ parameters: [Tensor], lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 0, decoupledWeightDecay: Bool = false,
    maximize: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) {
    let options = Options(
      lr: lr, betas: betas, eps: eps, weightDecay: weightDecay,
      decoupledWeightDecay: decoupledWeightDecay, maximize: maximize)
    self.init([ParameterGroup(parameters, options)], file: file, line: line)
  }

  public override func check(_ options: Options, file: StaticString, line: UInt) {
    checkNotNegative(
      "RAdam", ["lr": options.lr, "eps": options.eps, "weightDecay": options.weightDecay],
      file: file, line: line)
    checkBetas("RAdam", options.betas, file: file, line: line)
  }

  // t: parameter, m, v, gradient.
  // s: sign, decay of the parameter, decay in the gradient, 1 - β₁, β₂, 1 - β₂, correction₁, lr, …
  private static let starting = FusedUpdate("RAdam", tensors: 4, outputs: 3, scalars: 8) { t, s in
    let (p, m, v) = moments(t, s)
    return [p - m / s[6] * s[7], m, v]
  }
  // … √correction₂, eps, rectification
  private static let rectified = FusedUpdate("RAdam", tensors: 4, outputs: 3, scalars: 11) { t, s in
    let (p, m, v) = moments(t, s)
    return [p - m / s[6] * s[7] * (s[8] / (sqrt(v) + s[9])) * s[10], m, v]
  }

  private static func moments(_ t: [Term], _ s: [Term]) -> (p: Term, m: Term, v: Term) {
    let p = t[0] * s[1]
    let g = s[0] * t[3] + s[2] * p
    return (p, t[1] + (g - t[1]) * s[3], t[2] * s[4] + s[5] * g * g)
  }

  public override func update(
    _ parameter: Tensor, _ gradient: Tensor, _ state: ParameterState, _ options: Options
  ) {
    let (beta1, beta2) = options.betas
    let step = Double(state.step)
    let correction2 = 1 - pow(beta2, step)
    let limit = 2 / (1 - beta2) - 1
    let length = limit - 2 * step * pow(beta2, step) / correction2
    let decouples = options.decoupledWeightDecay
    let tensors = [
      parameter, state.tensor("exp_avg", like: parameter),
      state.tensor("exp_avg_sq", like: parameter), gradient,
    ]
    let scalars = [
      options.maximize ? -1 : 1, decouples ? 1 - options.lr * options.weightDecay : 1,
      decouples ? 0 : options.weightDecay, 1 - beta1, beta2, 1 - beta2, 1 - pow(beta1, step),
      options.lr,
    ]
    if length > 5 {
      let rectification =
        ((length - 4) * (length - 2) * limit / ((limit - 4) * (limit - 2) * length)).squareRoot()
      updates.add(
        RAdam.rectified, tensors, scalars + [correction2.squareRoot(), options.eps, rectification])
    } else {
      updates.add(RAdam.starting, tensors, scalars)
    }
  }
}
