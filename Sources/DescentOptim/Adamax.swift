import DescentCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Adamax: Adam with the largest decayed gradient in place of the root mean square.
///
/// m = β₁ m + (1 - β₁) g, u = max(β₂ u, |g| + eps); parameter -= lr / (1 - β₁ᵗ) m / u.
///
/// - Source: torch.optim.Adamax; Kingma and Ba 2014
public final class Adamax: GroupOptimizer<Adamax.Options> {
  /// The options of a group; see `Adamax`.
  public struct Options: OptimizerOptions {
    /// Learning rate.
    public var lr: Double
    /// Decay rates of the averages of gradient and squared gradient.
    public var betas: (Double, Double)
    public var eps: Double
    public var weightDecay: Double
    /// Ascend instead.
    public var maximize: Bool

    /// Makes options; the defaults are PyTorch's.
    public init(
      lr: Double = 2e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
      weightDecay: Double = 0, maximize: Bool = false
    ) {
      self.lr = lr
      self.betas = betas
      self.eps = eps
      self.weightDecay = weightDecay
      self.maximize = maximize
    }

    public static var fields: [OptionField<Options>] {
      [
        .init("lr", \.lr), .init("betas.0", \.betas.0), .init("betas.1", \.betas.1),
        .init("eps", \.eps), .init("weight_decay", \.weightDecay), .init("maximize", \.maximize),
      ]
    }
  }

  /// Makes an optimizer with one group.
  public convenience init(
    _ parameters: [Tensor], lr: Double = 2e-3, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 0, maximize: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    let options = Options(
      lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, maximize: maximize)
    self.init([ParameterGroup(parameters, options)], file: file, line: line)
  }

  public override func check(_ options: Options, file: StaticString, line: UInt) {
    checkNotNegative(
      "Adamax", ["lr": options.lr, "eps": options.eps, "weightDecay": options.weightDecay],
      file: file, line: line)
    checkBetas("Adamax", options.betas, file: file, line: line)
  }

  // t: parameter, m, u, gradient.  s: step size, 1 - β₁, β₂, eps, sign, weight decay.
  private static let rule = FusedUpdate("Adamax", tensors: 4, outputs: 3, scalars: 6) { t, s in
    let g = s[4] * t[3] + s[5] * t[0]
    let m = t[1] + (g - t[1]) * s[1]
    let u = maximum(t[2] * s[2], abs(g) + s[3])
    return [t[0] - s[0] * m / u, m, u]
  }

  public override func update(
    _ parameter: Tensor, _ gradient: Tensor, _ state: ParameterState, _ options: Options
  ) {
    let m = state.tensor("exp_avg", like: parameter)
    let u = state.tensor("exp_inf", like: parameter)
    let correction = 1 - pow(options.betas.0, Double(state.step))
    updates.add(
      Adamax.rule,
      [parameter, m, u, gradient],
      [
        options.lr / correction, 1 - options.betas.0, options.betas.1, options.eps,
        options.maximize ? -1 : 1, options.weightDecay,
      ])
  }
}
