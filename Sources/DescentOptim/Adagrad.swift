import DescentCore

/// Adagrad: gradients divided by the root of their summed squares.
///
/// s += g²; parameter -= lr / (1 + (t - 1) lrDecay) g / (√s + eps).
///
/// - Source: torch.optim.Adagrad; Duchi et al. 2011
public final class Adagrad: GroupOptimizer<Adagrad.Options> {
  /// The options of a group; see `Adagrad`.
  public struct Options: OptimizerOptions {
    /// Learning rate.
    public var lr: Double
    public var lrDecay: Double
    public var weightDecay: Double
    /// What the sums start from.
    public var initialAccumulatorValue: Double
    public var eps: Double
    /// Ascend instead.
    public var maximize: Bool

    /// Makes options; the defaults are PyTorch's.
    public init(
      lr: Double = 1e-2, lrDecay: Double = 0, weightDecay: Double = 0,
      initialAccumulatorValue: Double = 0, eps: Double = 1e-10, maximize: Bool = false
    ) {
      self.lr = lr
      self.lrDecay = lrDecay
      self.weightDecay = weightDecay
      self.initialAccumulatorValue = initialAccumulatorValue
      self.eps = eps
      self.maximize = maximize
    }

    public static var fields: [OptionField<Options>] {
      [
        .init("lr", \.lr), .init("lr_decay", \.lrDecay), .init("weight_decay", \.weightDecay),
        .init("initial_accumulator_value", \.initialAccumulatorValue), .init("eps", \.eps),
        .init("maximize", \.maximize),
      ]
    }
  }

  /// Makes an optimizer with one group.
  public convenience init(
    _ parameters: [Tensor], lr: Double = 1e-2, lrDecay: Double = 0, weightDecay: Double = 0,
    initialAccumulatorValue: Double = 0, eps: Double = 1e-10, maximize: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    let options = Options(
      lr: lr, lrDecay: lrDecay, weightDecay: weightDecay,
      initialAccumulatorValue: initialAccumulatorValue, eps: eps, maximize: maximize)
    self.init([ParameterGroup(parameters, options)], file: file, line: line)
  }

  public override func check(_ options: Options, file: StaticString, line: UInt) {
    checkNotNegative(
      "Adagrad",
      [
        "lr": options.lr, "lrDecay": options.lrDecay, "weightDecay": options.weightDecay,
        "initialAccumulatorValue": options.initialAccumulatorValue, "eps": options.eps,
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
    updates.add(
      Adagrad.plain,
      [parameter, sum, gradient],
      [rate, options.eps, options.maximize ? -1 : 1, options.weightDecay])
  }
}
