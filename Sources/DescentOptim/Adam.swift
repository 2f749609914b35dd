import DescentCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Adam: steps of about lr, scaled by moving averages of gradient and squared gradient.
///
/// m = β₁ m + (1 - β₁) g, v = β₂ v + (1 - β₂) g², both corrected for their start;
/// parameter -= lr m̂ / (√v̂ + eps). Weight decay is added to the gradient; amsgrad divides by the
/// largest v so far.
///
/// - Source: torch.optim.Adam; Kingma and Ba 2014; Reddi et al. 2018 for amsgrad
public final class Adam: GroupOptimizer<Adam.Options> {
  /// The options of a group; see `Adam`.
  public struct Options: OptimizerOptions {
    /// Learning rate.
    public var lr: Double
    /// Decay rates of the moving averages of gradient and squared gradient.
    public var betas: (Double, Double)
    public var eps: Double
    public var weightDecay: Double
    public var amsgrad: Bool
    /// Ascend instead.
    public var maximize: Bool

    /// Makes options; the defaults are PyTorch's.
    public init(
      lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
      weightDecay: Double = 0, amsgrad: Bool = false, maximize: Bool = false
    ) {
      self.lr = lr
      self.betas = betas
      self.eps = eps
      self.weightDecay = weightDecay
      self.amsgrad = amsgrad
      self.maximize = maximize
    }

    public static var fields: [OptionField<Options>] {
      [
        .init("lr", \.lr), .init("betas.0", \.betas.0), .init("betas.1", \.betas.1),
        .init("eps", \.eps), .init("weight_decay", \.weightDecay), .init("amsgrad", \.amsgrad),
        .init("maximize", \.maximize),
      ]
    }
  }

  /// Makes an optimizer with one group.
  public convenience init(
    _ parameters: [Tensor], lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 0, amsgrad: Bool = false, maximize: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    let options = Options(
      lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad, maximize: maximize
    )
    self.init([ParameterGroup(parameters, options)], file: file, line: line)
  }

  public override func check(_ options: Options, file: StaticString, line: UInt) {
    checkNotNegative(
      "Adam", ["lr": options.lr, "eps": options.eps, "weightDecay": options.weightDecay],
      file: file, line: line)
    checkBetas("Adam", options.betas, file: file, line: line)
  }

  public override func update(
    _ parameter: Tensor, _ gradient: Tensor, _ state: ParameterState, _ options: Options
  ) {
    AdamStep.add(
      to: &updates, parameter, gradient, state, options, decay: 1,
      gradientDecay: options.weightDecay)
  }
}

/// Adam whose weight decay shrinks the parameters directly, apart from the gradient.
///
/// - Source: torch.optim.AdamW; Loshchilov and Hutter 2017
public final class AdamW: GroupOptimizer<AdamW.Options> {
  /// The options of a group: those of Adam, with a weight decay of 0.01 by default.
  public struct Options: OptimizerOptions {
    var adam: Adam.Options
    /// Learning rate.
    public var lr: Double {
      get { adam.lr }
      set { adam.lr = newValue }
    }
    public var betas: (Double, Double) {
      get { adam.betas }
      set { adam.betas = newValue }
    }
    public var eps: Double {
      get { adam.eps }
      set { adam.eps = newValue }
    }
    /// The share of a parameter, times lr, that a step takes off.
    public var weightDecay: Double {
      get { adam.weightDecay }
      set { adam.weightDecay = newValue }
    }
    public var amsgrad: Bool {
      get { adam.amsgrad }
      set { adam.amsgrad = newValue }
    }
    public var maximize: Bool {
      get { adam.maximize }
      set { adam.maximize = newValue }
    }

    /// Makes options; the defaults are PyTorch's.
    public init(
      lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
      weightDecay: Double = 1e-2, amsgrad: Bool = false, maximize: Bool = false
    ) {
      adam = Adam.Options(
        lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad,
        maximize: maximize)
    }

    public static var fields: [OptionField<Options>] {
      [
        .init("lr", \.lr), .init("betas.0", \.betas.0), .init("betas.1", \.betas.1),
        .init("eps", \.eps), .init("weight_decay", \.weightDecay), .init("amsgrad", \.amsgrad),
        .init("maximize", \.maximize),
      ]
    }
  }

  /// Makes an optimizer with one group.
  public convenience init(
    _ parameters: [Tensor], lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 1e-2, amsgrad: Bool = false, maximize: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    let options = Options(
      lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad, maximize: maximize
    )
    self.init([ParameterGroup(parameters, options)], file: file, line: line)
  }

  public override func check(_ options: Options, file: StaticString, line: UInt) {
    checkNotNegative(
      "AdamW", ["lr": options.lr, "eps": options.eps, "weightDecay": options.weightDecay],
      file: file, line: line)
    checkBetas("AdamW", options.betas, file: file, line: line)
  }

  public override func update(
    _ parameter: Tensor, _ gradient: Tensor, _ state: ParameterState, _ options: Options
  ) {
    AdamStep.add(
      to: &updates, parameter, gradient, state, options.adam,
      decay: 1 - options.lr * options.weightDecay, gradientDecay: 0)
  }
}

/// The update that Adam and AdamW share.
private enum AdamStep {
  // The usual step, without what is 0 or 1.  t: parameter, m, v, gradient.
  // s: decay of the parameter, 1 - β₁, β₂, 1 - β₂, step size, √correction₂, eps
  private static let usual = FusedUpdate(
    "Adam", rule: .adam, tensors: 4, outputs: 3, scalars: 7
  ) { t, s in
    let m = t[1] + (t[3] - t[1]) * s[1]
    let v = t[2] * s[2] + s[3] * t[3] * t[3]
    return [t[0] * s[0] - s[4] * m / (sqrt(v) / s[5] + s[6]), m, v]
  }
  // t: parameter, m, v, gradient.
  // s: sign, decay of the parameter, decay in the gradient, 1 - β₁, β₂, 1 - β₂, step size, √correction₂, eps
  private static let plain = FusedUpdate("Adam", tensors: 4, outputs: 3, scalars: 9) { t, s in
    let p = t[0] * s[1]
    let g = s[0] * t[3] + s[2] * p
    let m = t[1] + (g - t[1]) * s[3]
    let v = t[2] * s[4] + s[5] * g * g
    return [p - s[6] * m / (sqrt(v) / s[7] + s[8]), m, v]
  }
  // t: parameter, m, v, largest v, gradient.
  private static let amsgrad = FusedUpdate("Adam", tensors: 5, outputs: 4, scalars: 9) { t, s in
    let p = t[0] * s[1]
    let g = s[0] * t[4] + s[2] * p
    let m = t[1] + (g - t[1]) * s[3]
    let v = t[2] * s[4] + s[5] * g * g
    let largest = maximum(t[3], v)
    return [p - s[6] * m / (sqrt(largest) / s[7] + s[8]), m, v, largest]
  }

  static func add(
    to updates: inout UpdateBatch, _ parameter: Tensor, _ gradient: Tensor, _ state: ParameterState,
    _ options: Adam.Options, decay: Double, gradientDecay: Double
  ) {
    let (beta1, beta2) = options.betas
    let correction1 = 1 - pow(beta1, Double(state.step))
    let correction2 = 1 - pow(beta2, Double(state.step))
    let m = state.tensor("exp_avg", like: parameter)
    let v = state.tensor("exp_avg_sq", like: parameter)
    let (rate, root) = (options.lr / correction1, correction2.squareRoot())
    if gradientDecay == 0 && !options.maximize && !options.amsgrad {
      updates.add(
        usual, [parameter, m, v, gradient],
        [decay, 1 - beta1, beta2, 1 - beta2, rate, root, options.eps])
      return
    }
    let scalars = [
      options.maximize ? -1 : 1, decay, gradientDecay, 1 - beta1, beta2, 1 - beta2, rate, root,
      options.eps,
    ]
    if options.amsgrad {
      let largest = state.tensor("max_exp_avg_sq", like: parameter)
      updates.add(amsgrad, [parameter, m, v, largest, gradient], scalars)
    } else {
      updates.add(plain, [parameter, m, v, gradient], scalars)
    }
  }
}
