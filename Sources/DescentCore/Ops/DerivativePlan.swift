import Synchronization

// What a pointwise operation saves for its gradients and runs for them, made at first use.

/// An input's gradient as a pointwise operation of its own, differentiable in turn.
final class GradientOperation: Sendable {
  let input: Int
  let derived: Pointwise
  /// Where its operands come from: -1 the incoming gradient, else a position among the saved tensors.
  let sources: [Int]

  init(input: Int, derived: Pointwise, sources: [Int]) {
    self.input = input
    self.derived = derived
    self.sources = sources
  }

  /// The gradient in the shape of the output; `operand` brings what each source stands for.
  @inline(__always)
  func run(_ scalars: ScalarList, _ operand: (Int) -> Tensor) -> Tensor {
    switch sources.count {
    case 1: derived.unary(operand(sources[0]), scalars)
    case 2: derived.binary(operand(sources[0]), operand(sources[1]), scalars)
    default: derived.apply(operands(operand), scalars: scalars)
    }
  }

  func operands(_ operand: (Int) -> Tensor) -> TensorList {
    var operands = TensorList()
    for source in sources { operands.append(operand(source)) }
    return operands
  }

  /// The gradient summed to a broadcast input's shape: in the same pass where nothing is recorded.
  func reduced(
    _ operands: TensorList, _ scalars: ScalarList, to shape: Shape, _ dtype: DType
  ) -> Tensor {
    if recording(operands) { return derived.apply(operands, scalars: scalars).sumToSize(shape) }
    return Tensor.sumProgram(derived.program, operands, scalars, to: shape, dtype)
  }
}

/// All gradients that can share one pass.
struct FusedGradients {
  let program: Program
  let sources: [Int]
  let inputs: [Int]
}

/// What to save in the forward and what to run in the backward, for one set of needed inputs.
final class DerivativePlan: Sendable {
  /// Bit i: input i gets the incoming gradient.
  let passed: UInt32
  /// Bit i: input i is needed, and its gradient is 0.
  let zero: UInt32
  let computed: [GradientOperation]
  /// Bit i: the gradient needs input i. Saved tensors stand in this order, then the output.
  let savedInputs: UInt32
  let savesOutput: Bool
  let fused: FusedGradients?

  /// Whether the gradient needs input `index`.
  @inline(__always)
  func saves(_ index: Int) -> Bool { savedInputs & (1 << UInt32(index)) != 0 }

  /// Among the needed inputs: both are one tensor, which gets the sum of their gradients from one pass.
  static let sameOperand: UInt32 = 1 << 31

  /// - Parameter keepsOutput: the result is there to be saved; a loss reduces it at once.
  init(_ operation: Pointwise, needs: UInt32, keepsOutput: Bool = true) {
    let program = operation.program
    let output = program.outputs[0]
    let incoming = Term.input()
    // A loss multiplies by its share of the mean in the same pass.
    let share = keepsOutput ? nil : Term.input()
    let scalars = program.scalars + (share.map { [$0] } ?? [])
    var adjoints = DerivativePlan.adjoints(
      operation, share.map { incoming * $0 } ?? incoming)
    var wanted = program.inputs.indices.filter { needs & (1 << UInt32($0)) != 0 }
    if needs & DerivativePlan.sameOperand != 0 {
      let (first, second) = (
        ObjectIdentifier(program.inputs[0]), ObjectIdentifier(program.inputs[1])
      )
      if let other = adjoints[second] {
        adjoints[first] = adjoints[first].map { $0 + other } ?? other
      }
      wanted = [0]
    }

    // What the gradients are made of: inputs, and the result, which is read rather than made again.
    let cut = program.inputs + scalars + [incoming] + (keepsOutput ? [output] : [])
    var used = Set<ObjectIdentifier>()
    var results: [Int: Term] = [:]
    for i in wanted {
      guard let term = adjoints[ObjectIdentifier(program.inputs[i])], !term.isMask else { continue }
      results[i] = term
      if term === incoming { continue }
      for leaf in Term.schedule([term], leaves: cut) { used.insert(ObjectIdentifier(leaf)) }
    }
    var saved: [Term] = []
    var mask: UInt32 = 0
    for (i, input) in program.inputs.enumerated() where used.contains(ObjectIdentifier(input)) {
      saved.append(input)
      mask |= 1 << UInt32(i)
    }
    savedInputs = mask
    let outputIsInput = program.inputs.contains { $0 === output }
    savesOutput = keepsOutput && !outputIsInput && used.contains(ObjectIdentifier(output))
    if savesOutput { saved.append(output) }

    func sources(_ terms: [Term]) -> (leaves: [Term], sources: [Int]) {
      let needed = Set(Term.schedule(terms, leaves: cut).map(ObjectIdentifier.init))
      var leaves: [Term] = []
      var sources: [Int] = []
      if needed.contains(ObjectIdentifier(incoming)) {
        leaves.append(incoming)
        sources.append(-1)
      }
      for (position, term) in saved.enumerated() where needed.contains(ObjectIdentifier(term)) {
        leaves.append(term)
        sources.append(position)
      }
      return (leaves, sources)
    }

    func bits(_ isMember: (Int) -> Bool) -> UInt32 {
      wanted.reduce(0) { isMember($1) ? $0 | 1 << UInt32($1) : $0 }
    }
    passed = bits { results[$0] === incoming }
    zero = bits { results[$0] == nil }
    computed = wanted.compactMap { i in
      guard let term = results[i], term !== incoming else { return nil }
      let (leaves, sources) = sources([term])
      let derived = Pointwise(
        derived: operation.name, inputs: leaves, scalars: scalars, output: term)
      return GradientOperation(input: i, derived: derived, sources: sources)
    }
    let together = wanted.filter { i in results[i].map { $0 !== incoming } ?? false }
    if together.count > 1 {
      let terms = together.map { results[$0]! }
      let (leaves, sources) = sources(terms)
      fused = FusedGradients(
        program: Program(inputs: leaves, scalars: scalars, outputs: terms),
        sources: sources, inputs: together)
    } else {
      fused = nil
    }
  }
}

extension Pointwise {
  /// A gradient's operation: shares the forward's terms.
  convenience init(derived name: String, inputs: [Term], scalars: [Term], output: Term) {
    self.init(name + "Backward", inputs: inputs, scalars: scalars, output: output)
  }
}

/// Plans by the set of needed inputs, made at first use and kept.
final class DerivativeTable: Sendable {
  private struct Plan {
    let needs: UInt32
    let plan: DerivativePlan
  }

  /// A few at most. A dictionary's type would have the runtime look through all conformances of the program when
  /// the first operation is made.
  private let plans = Locked<[Plan]>([])
  private let first = Atomic<UInt>(0)
  private let second = Atomic<UInt>(0)
  private let both = Atomic<UInt>(0)
  private let same = Atomic<UInt>(0)

  private let keepsOutput: Bool

  init(keepsOutput: Bool = true) { self.keepsOutput = keepsOutput }

  /// The plan, which the table holds: it is not counted.
  @inline(__always)
  func plan(for operation: Pointwise, needs: UInt32) -> Unmanaged<DerivativePlan> {
    let bits: UInt
    switch needs {
    case 1: bits = first.load(ordering: .acquiring)
    case 2: bits = second.load(ordering: .acquiring)
    case 3: bits = both.load(ordering: .acquiring)
    case 3 | DerivativePlan.sameOperand: bits = same.load(ordering: .acquiring)
    default: bits = 0
    }
    if let pointer = UnsafeRawPointer(bitPattern: bits) {
      return .fromOpaque(pointer)
    }
    return make(operation, needs)
  }

  @inline(never)
  private func make(_ operation: Pointwise, _ needs: UInt32) -> Unmanaged<DerivativePlan> {
    plans.withLock { plans in
      if let made = plans.first(where: { $0.needs == needs }) { return .passUnretained(made.plan) }
      let plan = DerivativePlan(operation, needs: needs, keepsOutput: keepsOutput)
      plans.append(Plan(needs: needs, plan: plan))  // owns it; the slots below only point at it
      let bits = UInt(bitPattern: Unmanaged.passUnretained(plan).toOpaque())
      switch needs {
      case 1: first.store(bits, ordering: .releasing)
      case 2: second.store(bits, ordering: .releasing)
      case 3: both.store(bits, ordering: .releasing)
      case 3 | DerivativePlan.sameOperand: same.store(bits, ordering: .releasing)
      default: break
      }
      return .passUnretained(plan)
    }
  }
}
