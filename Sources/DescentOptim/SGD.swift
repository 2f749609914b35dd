import DescentCore

/// Stochastic gradient descent, with momentum, Nesterov's form and weight decay.
///
/// v = momentum v + (1 - dampening) g, starting from g; parameter -= lr v.
///
/// - Source: torch.optim.SGD; Sutskever et al. 2013
public final class SGD: Optimizer<SGD.Options> {
  public struct Options: Sendable {
    /// Learning rate.
    public var lr: Double
    public var momentum: Double
    public var dampening: Double
    public var weightDecay: Double
    public var nesterov: Bool
    public var maximize: Bool
  }

  public convenience init(
    _ parameters: [Tensor], lr: Double = 1e-3, momentum: Double = 0, dampening: Double = 0,
    weightDecay: Double = 0, nesterov: Bool = false, maximize: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    if lr < 0 || momentum < 0 || weightDecay < 0 || (nesterov && (momentum <= 0 || dampening != 0)) {
      Misuse(
        "SGD", "an option is out of range",
        got: "lr \(lr), momentum \(momentum), weightDecay \(weightDecay), nesterov \(nesterov)",
        try: "values of 0 or more; nesterov with momentum and without dampening"
      ).report(file: file, line: line)
    }
    self.init(
      [
        ParameterGroup(
          parameters,
          Options(
            lr: lr, momentum: momentum, dampening: dampening, weightDecay: weightDecay,
            nesterov: nesterov, maximize: maximize))
      ], file: file, line: line)
  }

  // t: parameter, gradient.  s: lr, sign, weight decay.
  private static let plain = FusedUpdate("SGD", tensors: 2, outputs: 1, scalars: 1) { t, s in
    [t[0] - s[0] * t[1]]
  }
  private static let decayed = FusedUpdate("SGD", tensors: 2, outputs: 1, scalars: 3) { t, s in
    [t[0] - s[0] * (s[1] * t[1] + s[2] * t[0])]
  }
  // t: parameter, velocity, gradient.  s: lr, sign, weight decay, momentum, 1 - dampening.
  private static let started = FusedUpdate("SGD", tensors: 3, outputs: 2, scalars: 3) { t, s in
    let g = s[1] * t[2] + s[2] * t[0]
    return [t[0] - s[0] * g, g]
  }
  private static let startedNesterov = FusedUpdate("SGD", tensors: 3, outputs: 2, scalars: 4) { t, s in
    let g = s[1] * t[2] + s[2] * t[0]
    return [t[0] - s[0] * (g + s[3] * g), g]
  }
  private static let moving = FusedUpdate("SGD", tensors: 3, outputs: 2, scalars: 5) { t, s in
    let g = s[1] * t[2] + s[2] * t[0]
    let v = s[3] * t[1] + s[4] * g
    return [t[0] - s[0] * v, v]
  }
  private static let movingNesterov = FusedUpdate("SGD", tensors: 3, outputs: 2, scalars: 5) { t, s in
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
        SGD.plain([parameter, gradient], [options.lr * sign])
      } else {
        SGD.decayed([parameter, gradient], [options.lr, sign, options.weightDecay])
      }
      return
    }
    let isFirst = state.tensors["momentum_buffer"] == nil
    let velocity = state.tensor("momentum_buffer", like: parameter)
    let tensors = [parameter, velocity, gradient]
    if isFirst {
      if options.nesterov {
        SGD.startedNesterov(tensors, [options.lr, sign, options.weightDecay, options.momentum])
      } else {
        SGD.started(tensors, [options.lr, sign, options.weightDecay])
      }
    } else {
      let update = options.nesterov ? SGD.movingNesterov : SGD.moving
      update(
        tensors, [options.lr, sign, options.weightDecay, options.momentum, 1 - options.dampening])
    }
  }
}
