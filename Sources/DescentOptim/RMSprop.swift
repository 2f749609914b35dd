import DescentCore

/// RMSprop: gradients divided by a moving root mean square.
///
/// v = alpha v + (1 - alpha) g²; parameter -= lr g / (√v + eps). `centered` subtracts the square of the
/// moving mean of g from v; momentum gathers the scaled gradients.
///
/// - Source: torch.optim.RMSprop; Hinton 2012
public final class RMSprop: GroupOptimizer<RMSprop.Options> {
  /// The options of a group; see `RMSprop`.
  public struct Options: OptimizerOptions {
    /// Learning rate.
    public var lr: Double
    /// Decay rate of the moving averages.
    public var alpha: Double
    public var eps: Double
    public var weightDecay: Double
    public var momentum: Double
    public var centered: Bool
    /// Ascend instead.
    public var maximize: Bool

    /// Makes options; the defaults are PyTorch's.
    public init(
      lr: Double = 1e-2, alpha: Double = 0.99, eps: Double = 1e-8, weightDecay: Double = 0,
      momentum: Double = 0, centered: Bool = false, maximize: Bool = false
    ) {
      self.lr = lr
      self.alpha = alpha
      self.eps = eps
      self.weightDecay = weightDecay
      self.momentum = momentum
      self.centered = centered
      self.maximize = maximize
    }

    public static var fields: [OptionField<Options>] {
      [
        .init("lr", \.lr), .init("alpha", \.alpha), .init("eps", \.eps),
        .init("weight_decay", \.weightDecay), .init("momentum", \.momentum),
        .init("centered", \.centered), .init("maximize", \.maximize),
      ]
    }
  }

  /// Makes an optimizer with one group.
  public convenience init(
    _ parameters: [Tensor], lr: Double = 1e-2, alpha: Double = 0.99, eps: Double = 1e-8,
    weightDecay: Double = 0, momentum: Double = 0, centered: Bool = false, maximize: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    let options = Options(
      lr: lr, alpha: alpha, eps: eps, weightDecay: weightDecay, momentum: momentum,
      centered: centered, maximize: maximize)
    self.init([ParameterGroup(parameters, options)], file: file, line: line)
  }

  public override func check(_ options: Options, file: StaticString, line: UInt) {
    checkNotNegative(
      "RMSprop",
      [
        "lr": options.lr, "alpha": options.alpha, "eps": options.eps,
        "weightDecay": options.weightDecay, "momentum": options.momentum,
      ], file: file, line: line)
  }

  // s: lr, alpha, 1 - alpha, eps, sign, weight decay, momentum.
  // t: parameter, v, gradient.
  private static let plain = FusedUpdate("RMSprop", tensors: 3, outputs: 2, scalars: 6) { t, s in
    let g = s[4] * t[2] + s[5] * t[0]
    let v = s[1] * t[1] + s[2] * g * g
    return [t[0] - s[0] * g / (sqrt(v) + s[3]), v]
  }
  // t: parameter, v, buffer, gradient.
  private static let moving = FusedUpdate("RMSprop", tensors: 4, outputs: 3, scalars: 7) { t, s in
    let g = s[4] * t[3] + s[5] * t[0]
    let v = s[1] * t[1] + s[2] * g * g
    let buffer = s[6] * t[2] + g / (sqrt(v) + s[3])
    return [t[0] - s[0] * buffer, v, buffer]
  }
  // t: parameter, v, mean, gradient.
  private static let centered = FusedUpdate("RMSprop", tensors: 4, outputs: 3, scalars: 6) { t, s in
    let g = s[4] * t[3] + s[5] * t[0]
    let v = s[1] * t[1] + s[2] * g * g
    let mean = t[2] + (g - t[2]) * s[2]
    return [t[0] - s[0] * g / (sqrt(v - mean * mean) + s[3]), v, mean]
  }
  // t: parameter, v, mean, buffer, gradient.
  private static let centeredMoving = FusedUpdate("RMSprop", tensors: 5, outputs: 4, scalars: 7) {
    t, s in
    let g = s[4] * t[4] + s[5] * t[0]
    let v = s[1] * t[1] + s[2] * g * g
    let mean = t[2] + (g - t[2]) * s[2]
    let buffer = s[6] * t[3] + g / (sqrt(v - mean * mean) + s[3])
    return [t[0] - s[0] * buffer, v, mean, buffer]
  }

  public override func update(
    _ parameter: Tensor, _ gradient: Tensor, _ state: ParameterState, _ options: Options
  ) {
    let v = state.tensor("square_avg", like: parameter)
    var scalars = [
      options.lr, options.alpha, 1 - options.alpha, options.eps, options.maximize ? -1 : 1,
      options.weightDecay,
    ]
    var tensors = [parameter, v]
    if options.centered { tensors.append(state.tensor("grad_avg", like: parameter)) }
    if options.momentum > 0 {
      tensors.append(state.tensor("momentum_buffer", like: parameter))
      scalars.append(options.momentum)
    }
    tensors.append(gradient)
    switch (options.centered, options.momentum > 0) {
    case (false, false): updates.add(RMSprop.plain, tensors, scalars)
    case (false, true): updates.add(RMSprop.moving, tensors, scalars)
    case (true, false): updates.add(RMSprop.centered, tensors, scalars)
    case (true, true): updates.add(RMSprop.centeredMoving, tensors, scalars)
    }
  }
}
