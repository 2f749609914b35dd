// How elementwise operations join the graph, and their step backward.

extension Pointwise {
  /// The gradients where the result's elements are not at hand.
  func plan(needs: UInt32) -> DerivativePlan { lossDerivatives.plan(for: self, needs: needs) }

  @inline(__always)
  func needsMask(_ inputs: TensorList) -> UInt32 {
    var mask: UInt32 = 0
    for i in 0..<inputs.count where inputs[i].requiresGrad { mask |= 1 << UInt32(i) }
    return mask
  }

  func record(
    _ output: Tensor, _ inputs: TensorList, _ scalars: ScalarList, _ dtype: DType,
    _ file: StaticString, _ line: UInt
  ) {
    let plan = derivatives.plan(for: self, needs: needsMask(inputs))
    let node = PointwiseNode(
      self, output: output, plan: plan, scalars: scalars, dtype: dtype, file: file, line: line)
    for i in 0..<inputs.count { node.add(inputs[i], i, output.layout.shape) }
    node.finish(output)
  }
}

/// The shapes of a node's inputs where they differ from the output's.
struct InputShapes {
  private var different: Overflow<Shape?>?
  private var count = 0

  @inline(__always)
  mutating func append(_ shape: Shape, same output: Shape) {
    if shape != output || different != nil { appendDifferent(shape, output) }
    count += 1
  }

  private mutating func appendDifferent(_ shape: Shape, _ output: Shape) {
    let list = different ?? Overflow(.init(repeating: nil, count: count))
    list.elements.append(shape == output ? nil : shape)
    different = list
  }

  /// Whether all inputs have the output's shape.
  @inline(__always)
  var isUniform: Bool { different == nil }

  /// nil if input `index` has the output's shape.
  @inline(__always)
  subscript(index: Int) -> Shape? { different.flatMap { $0.elements[index] } }
}

/// The recorded form of a pointwise operation.
final class PointwiseNode: Node {
  /// Keeps the plan alive.
  private let operation: Pointwise
  private unowned(unsafe) let plan: DerivativePlan
  private let scalars: ScalarList
  private let computeDType: DType
  @exclusivity(unchecked) private var inputShapes = InputShapes()

  override var name: String { operation.nodeName }

  @inline(__always)
  init(
    _ operation: Pointwise, output: Tensor, plan: DerivativePlan, scalars: ScalarList,
    dtype: DType, file: StaticString, line: UInt
  ) {
    self.operation = operation
    self.plan = plan
    self.scalars = scalars
    computeDType = dtype
    super.init("", output: output, file: file, line: line)
  }

  /// Adds the next input.
  @inline(__always)
  func add(_ input: Tensor, _ index: Int, _ shape: Shape) {
    edges.append(Edge(input))
    if plan.savedInputs & (1 << UInt32(index)) != 0 { saved.append(input) }
    inputShapes.append(input.layout.shape, same: shape)
  }

  /// Makes this the node of the output.
  @inline(__always)
  func finish(_ output: Tensor) {
    if plan.savesOutput { saved.append(output, isOutput: true) }
    output.recordedFn = self
  }

  override func backward(_ step: BackwardStep, _ gradient: Tensor) {
    let plan = self.plan
    var passed = plan.passed
    while passed != 0 {
      step.give(passed.trailingZeroBitCount, gradient)
      passed &= passed - 1
    }
    if plan.computed.isEmpty { return giveZeros(step) }
    if let fused = plan.fused, inputShapes.isUniform,
      outputShape.elementCount >= PointwiseNode.fusedFrom, !ThreadLocal.gradEnabled
    {
      runFused(fused, step, gradient)
    } else {
      for operation in plan.computed {
        let operands = operands(step, gradient, operation)
        if let shape = inputShapes[operation.input] {
          step.give(operation.input, operation.reduced(operands, scalars, to: shape, computeDType))
        } else {
          step.give(operation.input, operation.run(operands, scalars))
        }
      }
    }
    giveZeros(step)
  }

  private func giveZeros(_ step: BackwardStep) {
    var rest = plan.zero
    while rest != 0 {
      let input = rest.trailingZeroBitCount
      step.give(input, Tensor.zeros(inputShapes[input] ?? outputShape, dtype: outputDType))
      rest &= rest - 1
    }
  }

  /// Below this many elements the operands stay in cache, and one call a gradient is cheaper than
  /// planning a pass with several outputs.
  private static let fusedFrom = 4096

  @inline(__always)
  private func operands(
    _ step: BackwardStep, _ gradient: Tensor, _ operation: GradientOperation
  ) -> TensorList {
    var operands = TensorList()
    for source in operation.sources {
      operands.append(source < 0 ? gradient : step.saved(source))
    }
    return operands
  }

  /// Several gradients in one pass over memory.
  private func runFused(_ fused: FusedGradients, _ step: BackwardStep, _ gradient: Tensor) {
    var operands = TensorList()
    for source in fused.sources { operands.append(source < 0 ? gradient : step.saved(source)) }
    var outputs = TensorList()
    for _ in fused.inputs { outputs.append(Tensor(empty: outputShape, dtype: outputDType)) }
    let call = PointwiseCall(
      program: fused.program, dtype: computeDType, shape: outputShape, inputs: operands,
      scalars: scalars, outputs: outputs)
    do throws(Misuse) { try gradient.device.backend.pointwise(call) } catch {
      error.named(name).raise(file: file, line: line)
    }
    for (i, input) in fused.inputs.enumerated() { step.give(input, outputs[i]) }
  }
}
