import DescentCore

/// Resilient propagation: each element has a step of its own, which grows while the gradient keeps its
/// sign and shrinks when it turns. For full batches.
///
/// Where the sign turns, the element stays where it is for one step.
///
/// - Source: torch.optim.Rprop; Riedmiller and Braun 1993
public final class Rprop: GroupOptimizer<Rprop.Options> {
  /// The options of a group; see `Rprop`.
  public struct Options: OptimizerOptions {
    /// Learning rate.
    public var lr: Double
    /// Factors by which a step shrinks and grows.
    public var etas: (Double, Double)
    /// The smallest and the largest step.
    public var stepSizes: (Double, Double)
    /// Ascend instead.
    public var maximize: Bool

    /// Makes options; the defaults are PyTorch's.
    public init(
      lr: Double = 1e-2, etas: (Double, Double) = (0.5, 1.2),
      stepSizes: (Double, Double) = (1e-6, 50), maximize: Bool = false
    ) {
      self.lr = lr
      self.etas = etas
      self.stepSizes = stepSizes
      self.maximize = maximize
    }

    public static var fields: [OptionField<Options>] {
      [
        .init("lr", \.lr), .init("etas.0", \.etas.0), .init("etas.1", \.etas.1),
        .init("step_sizes.0", \.stepSizes.0), .init("step_sizes.1", \.stepSizes.1),
        .init("maximize", \.maximize),
      ]
    }
  }

  /// Makes an optimizer with one group.
  public convenience init(
    _ parameters: [Tensor], lr: Double = 1e-2, etas: (Double, Double) = (0.5, 1.2),
    stepSizes: (Double, Double) = (1e-6, 50), maximize: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    let options = Options(lr: lr, etas: etas, stepSizes: stepSizes, maximize: maximize)
    self.init([ParameterGroup(parameters, options)], file: file, line: line)
  }

  public override func check(_ options: Options, file: StaticString, line: UInt) {
    checkNotNegative("Rprop", ["lr": options.lr], file: file, line: line)
    if !(options.etas.0 > 0 && options.etas.0 < 1 && options.etas.1 > 1) {
      Misuse("Rprop", "the etas shrink and grow", got: "\(options.etas)", try: "(0.5, 1.2)")
        .report(file: file, line: line)
    }
  }

  // t: parameter, previous gradient, steps, gradient.  s: sign, etas, limits of steps.
  private static let rule = FusedUpdate("Rprop", tensors: 4, outputs: 3, scalars: 5) { t, s in
    let gradient = s[0] * t[3]
    let agreement = gradient * t[1]
    let factor = select(agreement .> 0, s[2], select(agreement .< 0, s[1], 1))
    let steps = minimum(maximum(t[2] * factor, s[3]), s[4])
    let g = select(agreement .< 0, 0, gradient)
    return [t[0] - sign(g) * steps, g, steps]
  }

  public override func update(
    _ parameter: Tensor, _ gradient: Tensor, _ state: ParameterState, _ options: Options
  ) {
    updates.add(
      Rprop.rule,
      [
        parameter, state.tensor("prev", like: parameter),
        state.tensor("step_size", like: parameter, filledWith: options.lr), gradient,
      ],
      [
        options.maximize ? -1 : 1, options.etas.0, options.etas.1, options.stepSizes.0,
        options.stepSizes.1,
      ])
  }
}
