import DescentCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Averaged stochastic gradient descent: steps that shrink, and the mean of the parameters since t0.
///
/// parameter = (1 - lambd η) parameter - η g, η = lr / (1 + lambd lr t)^alpha; the mean is the state
/// `ax`.
///
/// - Source: torch.optim.ASGD; Polyak and Juditsky 1992
public final class ASGD: GroupOptimizer<ASGD.Options> {
  /// The options of a group; see `ASGD`.
  public struct Options: OptimizerOptions {
    /// Learning rate.
    public var lr: Double
    /// Decay of parameters and steps.
    public var lambd: Double
    /// Power with which steps shrink.
    public var alpha: Double
    /// Step from which parameters are averaged.
    public var t0: Double
    public var weightDecay: Double
    /// Ascend instead.
    public var maximize: Bool

    /// Makes options; the defaults are PyTorch's.
    public init(
      lr: Double = 1e-2, lambd: Double = 1e-4, alpha: Double = 0.75, t0: Double = 1e6,
      weightDecay: Double = 0, maximize: Bool = false
    ) {
      self.lr = lr
      self.lambd = lambd
      self.alpha = alpha
      self.t0 = t0
      self.weightDecay = weightDecay
      self.maximize = maximize
    }

    public static var fields: [OptionField<Options>] {
      [
        .init("lr", \.lr), .init("lambd", \.lambd), .init("alpha", \.alpha), .init("t0", \.t0),
        .init("weight_decay", \.weightDecay), .init("maximize", \.maximize),
      ]
    }
  }

  /// Makes an optimizer with one group.
  public convenience init(
    _ parameters: [Tensor], lr: Double = 1e-2, lambd: Double = 1e-4, alpha: Double = 0.75,
    t0: Double = 1e6, weightDecay: Double = 0, maximize: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    let options = Options(
      lr: lr, lambd: lambd, alpha: alpha, t0: t0, weightDecay: weightDecay, maximize: maximize)
    self.init([ParameterGroup(parameters, options)], file: file, line: line)
  }

  public override func check(_ options: Options, file: StaticString, line: UInt) {
    checkNotNegative(
      "ASGD", ["lr": options.lr, "weightDecay": options.weightDecay], file: file, line: line)
  }

  public override var numberNames: Set<String> { ["eta", "mu"] }

  // t: parameter, mean, gradient.  s: η, 1 - lambd η, μ, sign, weight decay.
  private static let rule = FusedUpdate("ASGD", tensors: 3, outputs: 2, scalars: 5) { t, s in
    let g = s[3] * t[2] + s[4] * t[0]
    let p = t[0] * s[1] - s[0] * g
    return [p, select(s[2] .== 1, p, t[1] + (p - t[1]) * s[2])]
  }

  public override func update(
    _ parameter: Tensor, _ gradient: Tensor, _ state: ParameterState, _ options: Options
  ) {
    let eta = state[number: "eta", default: Double(Float(options.lr))]
    let mu = state[number: "mu", default: 1]
    updates.add(
      ASGD.rule,
      [parameter, state.tensor("ax", like: parameter), gradient],
      [eta, 1 - options.lambd * eta, mu, options.maximize ? -1 : 1, options.weightDecay])
    let step = Double(state.step)
    state[number: "eta", default: 0] =
      options.lr / pow(1 + options.lambd * options.lr * step, options.alpha)
    state[number: "mu", default: 0] = 1 / max(1, step - options.t0)
  }
}
