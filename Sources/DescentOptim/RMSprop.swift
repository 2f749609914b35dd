import DescentCore

/// RMSprop: gradients divided by a moving root mean square.
///
/// v = alpha v + (1 - alpha) g²; parameter -= lr g / (√v + eps). `centered` subtracts the square of the
/// moving mean of g from v; momentum gathers the scaled gradients.
///
/// - Source: torch.optim.RMSprop; Hinton 2012
public final class RMSprop: Optimizer<RMSprop.Options> {
  public struct Options: Sendable {
    /// Learning rate.
    public var lr: Double
    public var alpha: Double
    public var eps: Double
    public var weightDecay: Double
    public var momentum: Double
    public var centered: Bool
    public var maximize: Bool
  }

  public convenience init(
    _ parameters: [Tensor], lr: Double = 1e-2, alpha: Double = 0.99, eps: Double = 1e-8,
    weightDecay: Double = 0, momentum: Double = 0, centered: Bool = false, maximize: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    if lr < 0 || alpha < 0 || eps < 0 || weightDecay < 0 || momentum < 0 {
      Misuse(
        "RMSprop", "an option is negative",
        got: "lr \(lr), alpha \(alpha), eps \(eps), weightDecay \(weightDecay), momentum \(momentum)",
        try: "0 or more"
      ).report(file: file, line: line)
    }
    self.init(
      [
        ParameterGroup(
          parameters,
          Options(
            lr: lr, alpha: alpha, eps: eps, weightDecay: weightDecay, momentum: momentum,
            centered: centered, maximize: maximize))
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
  private static let centeredMoving = FusedUpdate("RMSprop", tensors: 5, outputs: 4, scalars: 7) { t, s in
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
    case (false, false): RMSprop.plain(tensors, scalars)
    case (false, true): RMSprop.moving(tensors, scalars)
    case (true, false): RMSprop.centered(tensors, scalars)
    case (true, true): RMSprop.centeredMoving(tensors, scalars)
    }
  }
}

/// Adagrad: gradients divided by the root of their summed squares.
///
/// s += g²; parameter -= lr / (1 + (t - 1) lrDecay) g / (√s + eps).
///
/// - Source: torch.optim.Adagrad; Duchi et al. 2011
public final class Adagrad: Optimizer<Adagrad.Options> {
  public struct Options: Sendable {
    /// Learning rate.
    public var lr: Double
    public var lrDecay: Double
    public var weightDecay: Double
    public var initialAccumulatorValue: Double
    public var eps: Double
    public var maximize: Bool
  }

  public convenience init(
    _ parameters: [Tensor], lr: Double = 1e-2, lrDecay: Double = 0, weightDecay: Double = 0,
    initialAccumulatorValue: Double = 0, eps: Double = 1e-10, maximize: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    if lr < 0 || lrDecay < 0 || weightDecay < 0 || initialAccumulatorValue < 0 || eps < 0 {
      Misuse("Adagrad", "an option is negative", got: "lr \(lr), lrDecay \(lrDecay)", try: "0 or more")
        .report(file: file, line: line)
    }
    self.init(
      [
        ParameterGroup(
          parameters,
          Options(
            lr: lr, lrDecay: lrDecay, weightDecay: weightDecay,
            initialAccumulatorValue: initialAccumulatorValue, eps: eps, maximize: maximize))
      ], file: file, line: line)
  }

  // t: parameter, sum, gradient.  s: lr, eps, sign, weight decay.
  private static let plain = FusedUpdate("Adagrad", tensors: 3, outputs: 2, scalars: 4) { t, s in
    let g = s[2] * t[2] + s[3] * t[0]
    let sum = t[1] + g * g
    return [t[0] - s[0] * g / (sqrt(sum) + s[1]), sum]
  }

  public override func update(
    _ parameter: Tensor, _ gradient: Tensor, _ state: ParameterState, _ options: Options
  ) {
    let sum = state.tensor("sum", like: parameter, filledWith: options.initialAccumulatorValue)
    let rate = options.lr / (1 + Double(state.step - 1) * options.lrDecay)
    Adagrad.plain(
      [parameter, sum, gradient],
      [rate, options.eps, options.maximize ? -1 : 1, options.weightDecay])
  }
}
