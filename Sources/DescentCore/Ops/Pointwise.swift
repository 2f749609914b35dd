/// A fused elementwise operation with automatic gradients to any order.
///
/// The closure is run once, on terms, and becomes one pass over memory, however long the formula:
/// ```swift
/// let mish = Pointwise("mish") { x in x * tanh(softplus(x)) }
/// let y = mish(Tensor([0.0, 1.0], requiresGrad: true))
/// print(y)  // tensor([0.0000, 0.8651], grad_fn=<MishBackward0>)
/// ```
/// Operands broadcast and promote as in every operation; integers become float32 unless `result` says
/// otherwise. Derivatives come from one table of local rules (`PointwiseDerivatives.swift`).
/// Every elementwise operation of `Tensor` is one of these.
public final class Pointwise: Sendable {
  /// What dtype the result has.
  public enum Result: Sendable {
    /// The promoted dtype of the operands: arithmetic.
    case promoted
    /// The promoted dtype, float32 for integers and bool: `exp`, `sqrt`.
    case floating
    /// bool; computed in the promoted dtype: comparisons.
    case bool
  }

  /// Operands that an operation refuses although its instructions could take them.
  enum Domain: Sendable {
    case any
    /// No operand may be of bool: subtraction.
    case withoutBool
    /// Not computed in bool.
    case numbers
    /// Computed in floating point without conversion of integers.
    case floating
    /// Integers and bool.
    case bits
    /// Integers.
    case integers

    @inline(__always)
    var refusesFloating: Bool { self == .bits || self == .integers }
  }

  /// Gradients of the inputs from the inputs, the scalars and the incoming gradient. nil: none flows.
  typealias GradientRule = @Sendable (_ x: [Term], _ s: [Term], _ g: Term) -> [Term?]

  public let name: String
  let nodeName: String
  let result: Result
  let program: Program
  let domain: Domain
  /// A gradient given by hand, where the local rules would not give PyTorch's value (at a kink, or where
  /// a factor overflows): gradients of the inputs from inputs, scalars and the incoming gradient.
  let gradientRule: GradientRule?
  /// Whether scalars count in promotion, as operands do; parameters (a slope, a weight) do not.
  let scalarsPromote: Bool
  /// Whether results join the graph: not those of comparisons and of integer division.
  let isDifferentiable: Bool
  private let derivatives = DerivativeTable()
  /// Plans of losses, whose elements are not stored.
  private let lossDerivatives = DerivativeTable(keepsOutput: false)

  /// - Parameters:
  ///   - name: in snake or camel case; `gradFn` shows it as `<NameBackward0>`.
  public convenience init(
    _ name: String, result: Result = .floating, _ body: (Term) -> Term
  ) {
    let x = Term.input()
    self.init(name, result: result, inputs: [x], output: body(x))
  }

  public convenience init(
    _ name: String, result: Result = .floating, _ body: (Term, Term) -> Term
  ) {
    let x = Term.input()
    let y = Term.input()
    self.init(name, result: result, inputs: [x, y], output: body(x, y))
  }

  public convenience init(
    _ name: String, result: Result = .floating, _ body: (Term, Term, Term) -> Term
  ) {
    let x = Term.input()
    let y = Term.input()
    let z = Term.input()
    self.init(name, result: result, inputs: [x, y, z], output: body(x, y, z))
  }

  /// The general form: inputs (`masks`: those of bool) and scalars given at each call.
  convenience init(
    _ name: String, result: Result = .floating, inputs: Int, masks: Set<Int> = [], scalars: Int,
    node: String? = nil, domain: Domain = .any, scalarsPromote: Bool = true,
    isDifferentiable: Bool = true, gradient: GradientRule? = nil, _ body: ([Term], [Term]) -> Term
  ) {
    let inputs = (0..<inputs).map { Term.input(isMask: masks.contains($0)) }
    let scalars = (0..<scalars).map { _ in Term.input() }
    let output = body(inputs, scalars)
    self.init(
      name, result: result, inputs: inputs, scalars: scalars, output: output, node: node,
      domain: domain, scalarsPromote: scalarsPromote, isDifferentiable: isDifferentiable,
      gradient: gradient)
  }

  /// One input, with what the public form leaves out.
  convenience init(
    _ name: String, result: Result = .floating, node: String? = nil, domain: Domain = .any,
    isDifferentiable: Bool = true,
    gradient: (@Sendable (_ x: Term, _ g: Term) -> Term)? = nil, _ body: (Term) -> Term
  ) {
    let x = Term.input()
    var rule: GradientRule?
    if let gradient { rule = { x, _, g in [gradient(x[0], g)] } }
    self.init(
      name, result: result, inputs: [x], output: body(x), node: node, domain: domain,
      isDifferentiable: isDifferentiable, gradient: rule)
  }

  init(
    _ name: String, result: Result = .promoted, inputs: [Term], scalars: [Term] = [], output: Term,
    node: String? = nil, domain: Domain = .any, scalarsPromote: Bool = true,
    isDifferentiable: Bool = true, gradient: GradientRule? = nil
  ) {
    self.name = name
    self.nodeName = node ?? Pointwise.nodeName(name)
    self.result = result
    self.domain = domain
    self.scalarsPromote = scalarsPromote
    self.isDifferentiable = isDifferentiable && result != .bool
    gradientRule = gradient
    program = Program(inputs: inputs, scalars: scalars, outputs: [output])
  }

  /// `leaky_relu` and `leakyRelu` give `LeakyReluBackward0`.
  private static func nodeName(_ name: String) -> String {
    let words = name.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }
    return words.joined() + "Backward0"
  }

  // MARK: calls

  public func callAsFunction(
    _ x: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    unary(x, file: file, line: line)
  }

  public func callAsFunction(
    _ x: Tensor, _ y: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    binary(x, y, file: file, line: line)
  }

  public func callAsFunction(
    _ x: Tensor, _ y: Tensor, _ z: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    apply(TensorList(x, y, z), file: file, line: line)
  }

  /// One operand: contiguous floating-point ones go straight to the back end.
  @inline(__always)
  func unary(
    _ x: Tensor, _ scalars: ScalarList = ScalarList(), file: StaticString = "", line: UInt = 0
  ) -> Tensor {
    if x.elementType.isFloatingPoint && x.layout.isContiguous {
      return flat(x, nil, x.layout.shape, scalars, file, line)
    }
    return apply(TensorList(x), scalars: scalars, file: file, line: line)
  }

  /// Two operands: contiguous ones of one floating-point dtype, of one shape or with a 0-d tensor among
  /// them, go straight to the back end.
  @inline(__always)
  func binary(
    _ x: Tensor, _ y: Tensor, file: StaticString = "", line: UInt = 0
  ) -> Tensor {
    if x.elementType == y.elementType && x.elementType.isFloatingPoint && x.layout.isContiguous
      && y.layout.isContiguous
    {
      if x.layout.shape == y.layout.shape || y.layout.dims == 0 {
        return flat(x, y, x.layout.shape, ScalarList(), file, line)
      }
      if x.layout.dims == 0 { return flat(x, y, y.layout.shape, ScalarList(), file, line) }
    }
    return apply(TensorList(x, y), file: file, line: line)
  }

  private func flat(
    _ x: Tensor, _ y: Tensor?, _ shape: Shape, _ scalars: ScalarList, _ file: StaticString,
    _ line: UInt
  ) -> Tensor {
    let dtype = x.elementType
    if domain.refusesFloating || domain == .withoutBool && scalars.startsWithBool {
      _ = accepts(TensorList(x, y), scalars, file, line)
      return .poison
    }
    let output = Tensor(empty: shape, dtype: result == .bool ? .bool : dtype)
    do throws(Misuse) {
      try CPUBackend.shared.pointwise(
        FlatCall(
          program: program, dtype: dtype, first: .passUnretained(x),
          second: y.map { .passUnretained($0) }, scalars: scalars, output: .passUnretained(output)))
    } catch {
      error.named(name).raise(file: file, line: line)
      return .poison
    }
    if isDifferentiable && (x.requiresGrad || (y?.requiresGrad ?? false))
      && ThreadState.current.gradEnabled
    {
      let needs: UInt32 = (x.requiresGrad ? 1 : 0) | (y?.requiresGrad ?? false ? 2 : 0)
      let node = PointwiseNode(
        self, output: output, plan: derivatives.plan(for: self, needs: needs), scalars: scalars,
        dtype: dtype, file: file, line: line)
      node.add(x, 0, shape)
      if let y { node.add(y, 1, shape) }
      node.finish(output)
    }
    return output
  }

  /// Runs the operation into a new tensor and records it.
  @inline(__always)
  func apply(
    _ inputs: TensorList, scalars: ScalarList = ScalarList(), file: StaticString = "",
    line: UInt = 0
  ) -> Tensor {
    let first = inputs[0]
    // The common case: one dtype, one shape.
    var shape = first.layout.shape
    var dtype = first.dtype
    var isUniform = result == .promoted && scalars.count == 0 || first.dtype.isFloatingPoint
    for i in 1..<Swift.max(inputs.count, 1) {
      if inputs[i].dtype != dtype { isUniform = false }
      if inputs[i].layout.shape != shape {
        guard
          let common = attempt(
            file: file, line: line,
            { () throws(Misuse) in try Rules.broadcast(self.name, shape, inputs[i].layout.shape) })
        else { return .poison }
        shape = common
      }
    }
    if !isUniform || program.inputs.first.unsafelyUnwrapped.isMask {
      dtype = promotedDType(inputs, scalars)
    }
    if domain != .any && !accepts(inputs, scalars, file, line) { return .poison }
    let outputDType = result == .bool ? DType.bool : dtype
    let output = Tensor(empty: shape, dtype: outputDType, device: first.device)
    do throws(Misuse) {
      try first.device.backend.pointwise(
        PointwiseCall(
          program: program, dtype: dtype, shape: shape, inputs: inputs, scalars: scalars,
          outputs: TensorList(output)))
    } catch {
      error.named(name).raise(file: file, line: line)
      return .poison
    }
    if isDifferentiable && recording(inputs) {
      record(output, inputs, scalars, dtype, file, line)
    }
    return output
  }

  private func promotedDType(_ inputs: TensorList, _ scalars: ScalarList) -> DType {
    let dtype = promotedOperand(inputs, scalars)
    return result == .floating && !dtype.isFloatingPoint ? .float32 : dtype
  }

  /// Raises a misuse for operands outside the domain.
  @inline(never)
  private func accepts(
    _ inputs: TensorList, _ scalars: ScalarList, _ file: StaticString, _ line: UInt
  ) -> Bool {
    var operand = promotedOperand(inputs, scalars)
    let needed: String
    switch domain {
    case .any: return true
    case .withoutBool:
      var found = scalars.startsWithBool
      for i in 0..<inputs.count where inputs[i].dtype == .bool { found = true }
      if !found { return true }
      operand = .bool
      needed = "operands that are not of bool"
    case .numbers:
      if operand != .bool { return true }
      needed = "numbers"
    case .floating:
      if operand.isFloatingPoint { return true }
      needed = "floating-point numbers"
    case .bits:
      if !operand.isFloatingPoint { return true }
      needed = "integers and bool"
    case .integers:
      if operand.isInteger { return true }
      needed = "integers"
    }
    Misuse(
      name, "the operation is defined for \(needed) only", got: operand.name,
      try: domain == .withoutBool || domain == .bits
        ? "logicalXor, logicalAnd, logicalOr or logicalNot" : "another dtype with to(_:)"
    ).raise(file: file, line: line)
    return false
  }

  /// The promoted dtype of the operands before integers become floating point.
  private func promotedOperand(_ inputs: TensorList, _ scalars: ScalarList) -> DType {
    var type = ResultType()
    for i in 0..<inputs.count where !program.inputs[i].isMask {
      type.add(inputs[i].dtype, dims: inputs[i].ndim)
    }
    if scalarsPromote { for i in 0..<scalars.count { type.add(scalars[i]) } }
    return type.dtype
  }

  /// Runs the operation into its first input: the trailing-underscore form.
  ///
  /// The result must be storable in the input's dtype and have its shape.
  @discardableResult
  func applyInPlace(
    _ inputs: TensorList, scalars: ScalarList = ScalarList(), file: StaticString = "",
    line: UInt = 0
  ) -> Tensor {
    let target = inputs[0]
    let dtype = promotedDType(inputs, scalars)
    if domain != .any && !accepts(inputs, scalars, file, line) { return target }
    let resultDType = result == .bool ? DType.bool : dtype
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.inPlace(name, target, resultDType, inputs)
      for i in 1..<Swift.max(inputs.count, 1) {
        try Rules.noOverlap("\(name)_", target, inputs[i])
      }
    }
    if checked == nil { return target }
    let records = isDifferentiable && recording(inputs)
    let before = records ? inputsBeforeChange(inputs) : inputs
    do throws(Misuse) {
      try target.device.backend.pointwise(
        PointwiseCall(
          program: program, dtype: dtype, shape: target.layout.shape,
          inputs: withoutOverlap(inputs),
          scalars: scalars, outputs: TensorList(target)))
    } catch {
      error.named(name).raise(file: file, line: line)
      return target
    }
    let version = target.storage.version
    target.didChange(name + "_", file, line)
    if records {
      let scratch = target.alias()
      record(scratch, before, scalars, dtype, file, line)
      let node = scratch.recordedFn!
      node.saved.predate(target.storage, to: version)
      target.rebase(onto: node)
    }
    return target
  }

  /// Other inputs that share memory with the target are read whole before it is written.
  private func withoutOverlap(_ inputs: TensorList) -> TensorList {
    let target = inputs[0]
    var result = TensorList(target)
    for i in 1..<Swift.max(inputs.count, 1) {
      let input = inputs[i]
      let overlaps =
        input.storage === target.storage && input !== target
        && input.layout.extent.overlaps(target.layout.extent)
        && !(input.layout.offset == target.layout.offset
          && input.layout.shape == target.layout.shape
          && input.layout.strides == target.layout.strides && input.dtype == target.dtype)
      result.append(overlaps ? noGrad { input.clone() } : input)
    }
    return result
  }

  /// The target's old value, copied if the gradient will ask for it.
  private func inputsBeforeChange(_ inputs: TensorList) -> TensorList {
    let plan = derivatives.plan(for: self, needs: needsMask(inputs))
    if plan.savedInputs & 1 == 0 { return inputs }
    let old = noGrad { inputs[0].clone() }
    old.recordedFn = inputs[0].gradFn
    old.outputIndex = inputs[0].outputIndex
    var result = TensorList(old)
    for i in 1..<Swift.max(inputs.count, 1) { result.append(inputs[i]) }
    return result
  }

  // MARK: gradients

  /// The gradients where the result's elements are not at hand.
  func plan(needs: UInt32) -> DerivativePlan { lossDerivatives.plan(for: self, needs: needs) }

  @inline(__always)
  private func needsMask(_ inputs: TensorList) -> UInt32 {
    var mask: UInt32 = 0
    for i in 0..<inputs.count where inputs[i].requiresGrad { mask |= 1 << UInt32(i) }
    return mask
  }

  private func record(
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

extension ScalarList {
  /// Whether the first scalar is true or false.
  @inline(__always)
  var startsWithBool: Bool {
    if count > 0, case .bool = self[0] { return true }
    return false
  }
}

extension Misuse {
  /// The same misuse, named after the operation that the user called.
  func named(_ operation: String) -> Misuse {
    Misuse(operation, problem, got: got, try: remedy)
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
    var passed = plan.passed
    while passed != 0 {
      step.give(passed.trailingZeroBitCount, gradient)
      passed &= passed - 1
    }
    if plan.computed.isEmpty { return giveZeros(step) }
    if let fused = plan.fused, inputShapes.isUniform,
      outputShape.elementCount >= PointwiseNode.fusedFrom, !ThreadState.current.gradEnabled
    {
      runFused(fused, step, gradient)
    } else {
      for i in plan.computed.indices {
        let operation = plan.computed[i]
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
