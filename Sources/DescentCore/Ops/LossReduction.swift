// How losses run: the elementwise formula is one program, reduced in the pass that computes it.

/// How a loss is reduced over its elements.
public enum LossReduction: String, Sendable, CustomStringConvertible {
  case none, mean, sum
  /// Sum divided by the size of dimension 0: what KL divergence means by its name.
  case batchMean = "batchmean"
  public var description: String { rawValue }
}

extension Pointwise {
  /// The loss of all elements: reduced in the pass that computes them, without storing them.
  ///
  /// - Parameter divisor: what the sum is divided by; by default what the reduction says.
  func loss(
    _ inputs: TensorList, scalars: ScalarList = ScalarList(), _ reduction: LossReduction,
    divisor: Double? = nil, file: StaticString, line: UInt
  ) -> Tensor {
    if reduction == .none { return apply(inputs, scalars: scalars, file: file, line: line) }
    let first = inputs[0]
    var shape = first.layout.shape
    var dtype = first.elementType
    var isFlat = first.layout.isContiguous
    for i in 1..<Swift.max(inputs.count, 1) {
      let input = inputs[i]
      if input.layout.shape != shape {
        let common = attempt(file: file, line: line) { () throws(Misuse) in
          try Rules.broadcast(self.name, shape, input.layout.shape)
        }
        guard let common else { return .poison }
        shape = common
        isFlat = false
      }
      if input.elementType != dtype { dtype = Pointwise.promoted(inputs) }
      if !input.layout.isContiguous { isFlat = false }
    }
    if !dtype.isFloatingPoint {
      attempt(file: file, line: line) { () throws(Misuse) in try Rules.floating(self.name, dtype) }
      return .poison
    }
    let divisor = divisor ?? Pointwise.divisor(reduction, shape)
    // Where everything is contiguous the shape does not matter: one row is the least to plan.
    let rows = isFlat ? Shape(repeating: shape.elementCount, count: 1) : shape
    let output = Tensor(empty: Shape(), dtype: dtype)
    do throws(Misuse) {
      try first.device.backend.reduce(
        ReduceCall(
          op: .sum, program: program, dtype: dtype, shape: rows, dims: Tensor.allDims(rows),
          inputs: inputs, isFlat: isFlat, scalars: scalars, divisor: divisor, output: output))
    } catch {
      error.named(name).raise(file: file, line: line)
      return .poison
    }
    if recording(inputs) {
      record(output, inputs, scalars, share: 1 / divisor, shape, file, line)
    }
    return output
  }

  private static func divisor(_ reduction: LossReduction, _ shape: Shape) -> Double {
    switch reduction {
    case .mean: Double(shape.elementCount)
    case .batchMean: Double(shape.count == 0 ? 1 : shape[0])
    case .sum, .none: 1
    }
  }

  private static func promoted(_ inputs: TensorList) -> DType {
    var type = ResultType()
    for i in 0..<inputs.count { type.add(inputs[i].dtype, dims: inputs[i].ndim) }
    return type.dtype
  }

  private func record(
    _ output: Tensor, _ inputs: TensorList, _ scalars: ScalarList, share: Double, _ shape: Shape,
    _ file: StaticString, _ line: UInt
  ) {
    var needs: UInt32 = 0
    var edges = EdgeList()
    for i in 0..<inputs.count {
      let input = inputs[i]
      if input.requiresGrad { needs |= 1 << UInt32(i) }
      edges.append(Edge(input))
    }
    let plan = plan(needs: needs)
    var saved = SavedList()
    for i in 0..<inputs.count where plan.saves(i) {
      saved.append(inputs[i])
    }
    var scalars = scalars
    scalars.append(.double(share))
    let node = LossNode(
      self, output: output, plan: plan, edges: edges, saved: saved, scalars: scalars,
      shape: shape, file: file, line: line)
    output.recordedFn = node
  }
}

/// The recorded form of a reduced loss: each gradient is one pass, its share of the mean included.
private final class LossNode: Node {
  private let operation: Pointwise
  private let plan: DerivativePlan
  private let scalars: ScalarList
  /// The common shape of the inputs.
  private let shape: Shape

  override var name: String { operation.nodeName }

  init(
    _ operation: Pointwise, output: Tensor, plan: DerivativePlan, edges: consuming EdgeList,
    saved: consuming SavedList, scalars: ScalarList, shape: Shape, file: StaticString, line: UInt
  ) {
    self.operation = operation
    self.plan = plan
    self.scalars = scalars
    self.shape = shape
    super.init("", output: output, edges: edges, saved: saved, file: file, line: line)
  }

  override func backward(_ step: BackwardStep, _ gradient: Tensor) {
    for input in 0..<edges.count where plan.zero & (1 << UInt32(input)) != 0 {
      step.give(input, Tensor.zeros(shape, dtype: outputDType))
    }
    for operation in plan.computed {
      let result = operation.run(scalars) { $0 < 0 ? gradient : step.saved($0) }
      step.give(
        operation.input, result.layout.shape == shape ? result : result.expanded(to: shape))
    }
  }
}
