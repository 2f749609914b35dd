import DescentCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Options of Adam and AdamW.
public struct AdamOptions: Sendable {
  /// Learning rate.
  public var lr: Double
  /// Decay rates of the moving averages of gradient and squared gradient.
  public var betas: (Double, Double)
  public var eps: Double
  public var weightDecay: Double
  public var amsgrad: Bool
  public var maximize: Bool
}

/// Adam: steps of about lr, scaled by moving averages of gradient and squared gradient.
///
/// m = β₁ m + (1 - β₁) g, v = β₂ v + (1 - β₂) g², both corrected for their start;
/// parameter -= lr m̂ / (√v̂ + eps). Weight decay is added to the gradient.
///
/// - Source: torch.optim.Adam; Kingma and Ba 2014
public class Adam: Optimizer<AdamOptions> {
  public convenience init(
    _ parameters: [Tensor], lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 0, amsgrad: Bool = false, maximize: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    if lr < 0 || eps < 0 || weightDecay < 0 || !(0..<1).contains(betas.0) || !(0..<1).contains(betas.1) {
      Misuse(
        "Adam", "an option is out of range",
        got: "lr \(lr), betas \(betas), eps \(eps), weightDecay \(weightDecay)",
        try: "0 or more, betas below 1"
      ).report(file: file, line: line)
    }
    self.init(
      [
        ParameterGroup(
          parameters,
          AdamOptions(
            lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad,
            maximize: maximize))
      ], file: file, line: line)
  }

  /// Whether weight decay shrinks the parameter itself: AdamW.
  var decouplesDecay: Bool { false }

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

  public override func update(
    _ parameter: Tensor, _ gradient: Tensor, _ state: ParameterState, _ options: AdamOptions
  ) {
    let (beta1, beta2) = options.betas
    let correction1 = 1 - pow(beta1, Double(state.step))
    let correction2 = 1 - pow(beta2, Double(state.step))
    let m = state.tensor("exp_avg", like: parameter)
    let v = state.tensor("exp_avg_sq", like: parameter)
    let scalars = [
      options.maximize ? -1 : 1,
      decouplesDecay ? 1 - options.lr * options.weightDecay : 1,
      decouplesDecay ? 0 : options.weightDecay,
      1 - beta1, beta2, 1 - beta2, options.lr / correction1, correction2.squareRoot(), options.eps,
    ]
    if options.amsgrad {
      let largest = state.tensor("max_exp_avg_sq", like: parameter)
      Adam.amsgrad([parameter, m, v, largest, gradient], scalars)
    } else {
      Adam.plain([parameter, m, v, gradient], scalars)
    }
  }
}

/// Adam whose weight decay shrinks the parameters directly, apart from the gradient.
///
/// - Source: torch.optim.AdamW; Loshchilov and Hutter 2017
public final class AdamW: Adam {
  public convenience init(
    _ parameters: [Tensor], lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, decay weightDecay: Double = 1e-2, amsgrad: Bool = false,
    maximize: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) {
    self.init(
      parameters, lr: lr, betas: betas, eps: eps, weightDecay: weightDecay, amsgrad: amsgrad,
      maximize: maximize, file: file, line: line)
  }

  override var decouplesDecay: Bool { true }
}
