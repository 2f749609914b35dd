import DescentCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// NAdam: Adam with Nesterov's look ahead, its momentum warming up.
///
/// With μₜ = β₁ (1 - 0.96^(t·momentumDecay) / 2) and the product Π of all μ so far, m and v as in Adam:
/// parameter -= lr ((1 - μₜ) / (1 - Π) g + μₜ₊₁ / (1 - Π μₜ₊₁) m) / (√v̂ + eps).
///
/// - Source: torch.optim.NAdam; Dozat 2016
public final class NAdam: GroupOptimizer<NAdam.Options> {
  /// The options of a group; see `NAdam`.
  public struct Options: OptimizerOptions {
    /// Learning rate.
    public var lr: Double
    /// Decay rates of the averages of gradient and squared gradient.
    public var betas: (Double, Double)
    public var eps: Double
    public var weightDecay: Double
    public var momentumDecay: Double
    /// Shrink the parameter itself, as AdamW does.
    public var decoupledWeightDecay: Bool
    /// Ascend instead.
    public var maximize: Bool

    /// Makes options; the defaults are PyTorch's.
    public init(
      lr: Double = 2e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
      weightDecay: Double = 0, momentumDecay: Double = 4e-3, decoupledWeightDecay: Bool = false,
      maximize: Bool = false
    ) {
      self.lr = lr
      self.betas = betas
      self.eps = eps
      self.weightDecay = weightDecay
      self.momentumDecay = momentumDecay
      self.decoupledWeightDecay = decoupledWeightDecay
      self.maximize = maximize
    }

    public static var fields: [OptionField<Options>] {
      [
        .init("lr", \.lr), .init("betas.0", \.betas.0), .init("betas.1", \.betas.1),
        .init("eps", \.eps), .init("weight_decay", \.weightDecay),
        .init("momentum_decay", \.momentumDecay),
        .init("decoupled_weight_decay", \.decoupledWeightDecay), .init("maximize", \.maximize),
      ]
    }
  }

  /// Makes an optimizer with one group.
  public convenience init(
    _ parameters: [Tensor], lr: Double = 2e-3, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 0, momentumDecay: Double = 4e-3,
    decoupledWeightDecay: Bool = false, maximize: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    let options = Options(
      lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, momentumDecay: momentumDecay,
      decoupledWeightDecay: decoupledWeightDecay, maximize: maximize)
    self.init([ParameterGroup(parameters, options)], file: file, line: line)
  }

  public override func check(_ options: Options, file: StaticString, line: UInt) {
    checkNotNegative(
      "NAdam",
      [
        "lr": options.lr, "eps": options.eps, "weightDecay": options.weightDecay,
        "momentumDecay": options.momentumDecay,
      ], file: file, line: line)
    checkBetas("NAdam", options.betas, file: file, line: line)
  }

  public override var numberNames: Set<String> { ["mu_product"] }

  // t: parameter, m, v, gradient.
  // s: sign, decay of the parameter, decay in the gradient, 1 - β₁, β₂, 1 - β₂, correction₂, eps,
  //    step sizes of gradient and m
  private static let rule = FusedUpdate("NAdam", tensors: 4, outputs: 3, scalars: 10) { t, s in
    let p = t[0] * s[1]
    let g = s[0] * t[3] + s[2] * p
    let m = t[1] + (g - t[1]) * s[3]
    let v = t[2] * s[4] + s[5] * g * g
    let root = sqrt(v / s[6]) + s[7]
    return [p - s[8] * g / root - s[9] * m / root, m, v]
  }

  public override func update(
    _ parameter: Tensor, _ gradient: Tensor, _ state: ParameterState, _ options: Options
  ) {
    let (beta1, beta2) = options.betas
    let step = Double(state.step)
    let mu = beta1 * (1 - 0.5 * pow(0.96, step * options.momentumDecay))
    let muNext = beta1 * (1 - 0.5 * pow(0.96, (step + 1) * options.momentumDecay))
    state[number: "mu_product", default: 1] *= Double(Float(mu))
    let product = state[number: "mu_product", default: 1]
    let decouples = options.decoupledWeightDecay
    updates.add(
      NAdam.rule,
      [
        parameter, state.tensor("exp_avg", like: parameter),
        state.tensor("exp_avg_sq", like: parameter), gradient,
      ],
      [
        options.maximize ? -1 : 1, decouples ? 1 - options.lr * options.weightDecay : 1,
        decouples ? 0 : options.weightDecay, 1 - beta1, beta2, 1 - beta2, 1 - pow(beta2, step),
        options.eps, options.lr * (1 - mu) / (1 - product),
        options.lr * muNext / (1 - product * muNext),
      ])
  }
}
