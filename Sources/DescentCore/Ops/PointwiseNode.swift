// How elementwise operations join the graph, and their step backward.

extension Pointwise {
  /// The gradients where the result's elements are not at hand.
  func plan(needs: UInt32) -> DerivativePlan {
    lossDerivatives.plan(for: self, needs: needs).takeUnretainedValue()
  }

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
    plan._withUnsafeGuaranteedRef { needed in
      var edges = EdgeList()
      var saved = SavedList()
      var shapes = InputShapes()
      for i in 0..<inputs.count {
        edges.append(Edge(inputs[i]))
        if needed.saves(i) { saved.append(inputs[i]) }
        shapes.append(inputs[i].layout.shape, same: output.layout.shape)
      }
      if needed.savesOutput { saved.append(output, isOutput: true) }
      output.recordedFn = PointwiseNode(
        self, output: output, plan: plan, edges: edges, saved: saved, shapes: shapes,
        scalars: scalars, dtype: dtype, file: file, line: line)
    }
  }

  /// The same for one operand (`y` is not looked at) or two.
  @inline(never)
  func record(
    _ output: Tensor, _ x: Tensor, _ y: Tensor, isBinary: Bool, needs: UInt32,
    _ scalars: ScalarList, _ dtype: DType, _ file: StaticString, _ line: UInt
  ) {
    let plan = derivatives.plan(for: self, needs: needs)
    plan._withUnsafeGuaranteedRef { needed in
      var saved = SavedList()
      var shapes = InputShapes()
      if needed.saves(0) { saved.append(x) }
      shapes.append(x.layout.shape, same: output.layout.shape)
      if isBinary {
        if needed.saves(1) { saved.append(y) }
        shapes.append(y.layout.shape, same: output.layout.shape)
      }
      if needed.savesOutput { saved.append(output, isOutput: true) }
      output.recordedFn = PointwiseNode(
        self, output: output, plan: plan, edges: isBinary ? EdgeList(x, y) : EdgeList(x),
        saved: saved, shapes: shapes, scalars: scalars, dtype: dtype, file: file, line: line)
    }
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
  private let plan: Unmanaged<DerivativePlan>
  private let scalars: ScalarList
  private let computeDType: DType
  private let inputShapes: InputShapes

  override var name: String { operation.nodeName }

  @inline(__always)
  init(
    _ operation: Pointwise, output: Tensor, plan: Unmanaged<DerivativePlan>,
    edges: consuming EdgeList, saved: consuming SavedList, shapes: InputShapes, scalars: ScalarList,
    dtype: DType, file: StaticString, line: UInt
  ) {
    self.operation = operation
    self.plan = plan
    self.scalars = scalars
    computeDType = dtype
    inputShapes = shapes
    super.init("", output: output, edges: edges, saved: saved, file: file, line: line)
  }

  override func backward(_ step: BackwardStep, _ gradient: Tensor) {
    plan._withUnsafeGuaranteedRef { backward($0, step, gradient) }
  }

  @inline(__always)
  private func backward(_ plan: DerivativePlan, _ step: BackwardStep, _ gradient: Tensor) {
    var passed = plan.passed
    while passed != 0 {
      step.give(passed.trailingZeroBitCount, gradient)
      passed &= passed - 1
    }
    if !plan.computed.isEmpty { giveComputed(plan, step, gradient) }
    if plan.zero != 0 { giveZeros(plan.zero, step) }
  }

  private func giveComputed(_ plan: DerivativePlan, _ step: BackwardStep, _ gradient: Tensor) {
    func operand(_ source: Int) -> Tensor { source < 0 ? gradient : step.saved(source) }
    if let fused = plan.fused, inputShapes.isUniform,
      outputShape.elementCount >= PointwiseNode.fusedFrom, !ThreadLocal.gradEnabled
    {
      return runFused(fused, step, gradient)
    }
    for operation in plan.computed {
      if !inputShapes.isUniform, let shape = inputShapes[operation.input] {
        step.give(
          operation.input,
          operation.reduced(operation.operands(operand), scalars, to: shape, computeDType))
      } else {
        step.give(operation.input, operation.run(scalars, operand))
      }
    }
  }

  private func giveZeros(_ inputs: UInt32, _ step: BackwardStep) {
    var rest = inputs
    while rest != 0 {
      let input = rest.trailingZeroBitCount
      step.give(input, Tensor.zeros(inputShapes[input] ?? outputShape, dtype: outputDType))
      rest &= rest - 1
    }
  }

  /// Below this many elements the operands stay in cache, and one call a gradient is cheaper than
  /// planning a pass with several outputs.
  private static let fusedFrom = 4096

  /// Several gradients in one pass over memory.
  private func runFused(_ fused: FusedGradients, _ step: BackwardStep, _ gradient: Tensor) {
    var operands = TensorList()
    for source in fused.sources { operands.append(source < 0 ? gradient : step.saved(source)) }
    var outputs = TensorList()
    let layout = Pointwise.resultLayout(of: operands, outputShape)
    for _ in fused.inputs {
      outputs.append(Tensor(empty: layout, dtype: outputDType))
    }
    let call = PointwiseCall(
      program: fused.program, dtype: computeDType, shape: outputShape, inputs: operands,
      scalars: scalars, outputs: outputs)
    do throws(Misuse) { try gradient.device.backend.pointwise(call) } catch {
      error.named(name).raise(file: file, line: line)
    }
    for (i, input) in fused.inputs.enumerated() { step.give(input, outputs[i]) }
  }
}
