import DescentCore

/// Adadelta: steps in the ratio of the root mean squares of past steps and past gradients.
///
/// v = rho v + (1 - rho) g², d = √(u + eps) / √(v + eps) g, u = rho u + (1 - rho) d²;
/// parameter -= lr d.
///
/// - Source: torch.optim.Adadelta; Zeiler 2012
public final class Adadelta: GroupOptimizer<Adadelta.Options> {
  /// The options of a group; see `Adadelta`.
  public struct Options: OptimizerOptions {
    /// Learning rate.
    public var lr: Double
    /// Decay rate of both averages.
    public var rho: Double
    public var eps: Double
    public var weightDecay: Double
    /// Ascend instead.
    public var maximize: Bool

    /// Makes options; the defaults are PyTorch's.
    public init(
      lr: Double = 1.0, rho: Double = 0.9, eps: Double = 1e-6, weightDecay: Double = 0,
      maximize: Bool = false
    ) {
      self.lr = lr
      self.rho = rho
      self.eps = eps
      self.weightDecay = weightDecay
      self.maximize = maximize
    }

    public static var fields: [OptionField<Options>] {
      [
        .init("lr", \.lr), .init("rho", \.rho), .init("eps", \.eps),
        .init("weight_decay", \.weightDecay), .init("maximize", \.maximize),
      ]
    }
  }

  /// Makes an optimizer with one group.
  public convenience init(
    _ parameters: [Tensor], lr: Double = 1.0, rho: Double = 0.9, eps: Double = 1e-6,
    weightDecay: Double = 0, maximize: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    let options = Options(lr: lr, rho: rho, eps: eps, weightDecay: weightDecay, maximize: maximize)
    self.init([ParameterGroup(parameters, options)], file: file, line: line)
  }

  public override func check(_ options: Options, file: StaticString, line: UInt) {
    checkNotNegative(
      "Adadelta", ["lr": options.lr, "eps": options.eps, "weightDecay": options.weightDecay],
      file: file, line: line)
    if !(0...1).contains(options.rho) {
      Misuse("Adadelta", "rho is a decay rate", got: "\(options.rho)", try: "0 to 1")
        .report(file: file, line: line)
    }
  }

  // t: parameter, v, u, gradient.  s: lr, rho, 1 - rho, eps, sign, weight decay.
  private static let rule = FusedUpdate("Adadelta", tensors: 4, outputs: 3, scalars: 6) { t, s in
    let g = s[4] * t[3] + s[5] * t[0]
    let v = t[1] * s[1] + s[2] * g * g
    let d = sqrt(t[2] + s[3]) / sqrt(v + s[3]) * g
    let u = t[2] * s[1] + s[2] * d * d
    return [t[0] - s[0] * d, v, u]
  }

  public override func update(
    _ parameter: Tensor, _ gradient: Tensor, _ state: ParameterState, _ options: Options
  ) {
    let v = state.tensor("square_avg", like: parameter)
    let u = state.tensor("acc_delta", like: parameter)
    updates.add(
      Adadelta.rule,
      [parameter, v, u, gradient],
      [
        options.lr, options.rho, 1 - options.rho, options.eps, options.maximize ? -1 : 1,
        options.weightDecay,
      ])
  }
}
