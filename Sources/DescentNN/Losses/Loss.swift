import DescentCore

/// A loss of an input and a target.
///
/// `lossFn(input, target)` gives a 0-d tensor unless the reduction is `.none`. The formulas and gradients
/// are with the tensor methods. A loss of one's own overrides `forward(_:_:)`.
open class Loss: Module {
  public final let reduction: LossReduction

  /// Makes a loss that is averaged, added up or left element by element.
  public init(reduction: LossReduction = .mean) { self.reduction = reduction }

  /// The loss. Override it; call the loss itself, not this.
  open func forward(_ input: Tensor, _ target: Tensor) -> Tensor { super.forward(input) }

  /// The loss of an input and its target.
  public final func callAsFunction(
    _ input: Tensor, _ target: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    inside(file: file, line: line) { forward(input, target) }
  }
}

/// A loss whose elements or classes have factors, which belong to its state.
public class WeightedLoss: Loss {
  public final var weight: Buffer?

  init(factors weight: Tensor?, reduction: LossReduction) {
    self.weight = weight.map { Buffer($0) }
    super.init(reduction: reduction)
  }
}
