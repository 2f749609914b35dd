import DescentCore

/// Stochastic gradient descent, with momentum, Nesterov's form and weight decay.
///
/// With g = gradient + weightDecay · parameter:
/// v = momentum v + (1 - dampening) g, starting from g; parameter -= lr v. Nesterov's form subtracts
/// lr (g + momentum v).
///
/// - Source: torch.optim.SGD; Sutskever et al. 2013
public final class SGD: GroupOptimizer<SGD.Options> {
  /// The options of a group; see `SGD`.
  public struct Options: OptimizerOptions {
    /// Learning rate.
    public var lr: Double
    public var momentum: Double
    public var dampening: Double
    public var weightDecay: Double
    public var nesterov: Bool
    /// Ascend instead.
    public var maximize: Bool

    /// Makes options; the defaults are PyTorch's.
    public init(
      lr: Double = 1e-3, momentum: Double = 0, dampening: Double = 0, weightDecay: Double = 0,
      nesterov: Bool = false, maximize: Bool = false
    ) {
      self.lr = lr
      self.momentum = momentum
      self.dampening = dampening
      self.weightDecay = weightDecay
      self.nesterov = nesterov
      self.maximize = maximize
    }

    public static var fields: [OptionField<Options>] {
      [
        .init("lr", \.lr), .init("momentum", \.momentum), .init("dampening", \.dampening),
        .init("weight_decay", \.weightDecay), .init("nesterov", \.nesterov),
        .init("maximize", \.maximize),
      ]
    }
  }

  /// Makes an optimizer with one group.
  public convenience init(
    _ parameters: [Tensor], lr: Double = 1e-3, momentum: Double = 0, dampening: Double = 0,
    weightDecay: Double = 0, nesterov: Bool = false, maximize: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    let options = Options(
      lr: lr, momentum: momentum, dampening: dampening, weightDecay: weightDecay,
      nesterov: nesterov, maximize: maximize)
    self.init([ParameterGroup(parameters, options)], file: file, line: line)
  }

  public override func check(_ options: Options, file: StaticString, line: UInt) {
    checkNotNegative(
      "SGD", ["lr": options.lr, "momentum": options.momentum, "weightDecay": options.weightDecay],
      file: file, line: line)
    if options.nesterov && (options.momentum <= 0 || options.dampening != 0) {
      Misuse(
        "SGD", "Nesterov's form needs a momentum and no dampening",
        got: "momentum \(options.momentum), dampening \(options.dampening)",
        try: "momentum: 0.9, dampening: 0"
      ).report(file: file, line: line)
    }
  }

  public override var savesStep: Bool { false }

  // t: parameter, gradient.  s: lr, sign, weight decay.
  private static let plain = FusedUpdate(
    "SGD", rule: .descent, tensors: 2, outputs: 1, scalars: 1
  ) { t, s in
    [t[0] - s[0] * t[1]]
  }
  private static let decayed = FusedUpdate("SGD", tensors: 2, outputs: 1, scalars: 3) { t, s in
    [t[0] - s[0] * (s[1] * t[1] + s[2] * t[0])]
  }
  // The usual momentum: what is 0 or 1 is left out.  t: parameter, velocity, gradient.  s: lr, momentum.
  private static let usual = FusedUpdate(
    "SGD", rule: .momentum, tensors: 3, outputs: 2, scalars: 2
  ) { t, s in
    let v = s[1] * t[1] + t[2]
    return [t[0] - s[0] * v, v]
  }
  private static let usualNesterov = FusedUpdate(
    "SGD", rule: .nesterov, tensors: 3, outputs: 2, scalars: 2
  ) { t, s in
    let v = s[1] * t[1] + t[2]
    return [t[0] - s[0] * (t[2] + s[1] * v), v]
  }
  // t: parameter, velocity, gradient.  s: lr, sign, weight decay, momentum, 1 - dampening.
  private static let moving = FusedUpdate("SGD", tensors: 3, outputs: 2, scalars: 5) { t, s in
    let g = s[1] * t[2] + s[2] * t[0]
    let v = s[3] * t[1] + s[4] * g
    return [t[0] - s[0] * v, v]
  }
  private static let nesterov = FusedUpdate("SGD", tensors: 3, outputs: 2, scalars: 5) { t, s in
    let g = s[1] * t[2] + s[2] * t[0]
    let v = s[3] * t[1] + s[4] * g
    return [t[0] - s[0] * (g + s[3] * v), v]
  }

  public override func update(
    _ parameter: Tensor, _ gradient: Tensor, _ state: ParameterState, _ options: Options
  ) {
    let sign = options.maximize ? -1.0 : 1.0
    if options.momentum == 0 {
      if options.weightDecay == 0 {
        updates.add(SGD.plain, [parameter, gradient], [options.lr * sign])
      } else {
        updates.add(
          SGD.decayed, [parameter, gradient], [options.lr, sign, options.weightDecay])
      }
      return
    }
    // The first velocity is the gradient itself: that of zeros without dampening.
    let known = state.tensor("momentum_buffer")
    let velocity = known ?? state.tensor("momentum_buffer", like: parameter)
    let share = known == nil ? 1 : 1 - options.dampening
    if share == 1 && sign == 1 && options.weightDecay == 0 {
      updates.add(
        options.nesterov ? SGD.usualNesterov : SGD.usual, [parameter, velocity, gradient],
        [options.lr, options.momentum])
      return
    }
    updates.add(
      options.nesterov ? SGD.nesterov : SGD.moving, [parameter, velocity, gradient],
      [options.lr, sign, options.weightDecay, options.momentum, share])
  }
}

/// Refuses negative options (and NaN).
func checkNotNegative(
  _ name: String, _ options: KeyValuePairs<String, Double>, file: StaticString, line: UInt
) {
  for (option, value) in options where !(value >= 0) {
    Misuse(name, "\(option) is negative", got: "\(value)", try: "0 or more").report(
      file: file, line: line)
  }
}

/// Refuses decay rates outside [0, 1).
func checkBetas(_ name: String, _ betas: (Double, Double), file: StaticString, line: UInt) {
  if !(0..<1).contains(betas.0) || !(0..<1).contains(betas.1) {
    Misuse(name, "the betas are decay rates", got: "\(betas)", try: "values from 0 to below 1")
      .report(file: file, line: line)
  }
}
