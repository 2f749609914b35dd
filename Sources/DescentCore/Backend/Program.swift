import CDescent
import Synchronization

/// A straight-line vector program: the value that every pointwise backend call names.
///
/// A program binds inputs and scalars (its leaves) to positions and names one or more outputs. It is
/// lowered once for each compute lane (float32, float64, int64, bool) and kept.
final class Program: Sendable {
  let inputs: [Term]
  let scalars: [Term]
  let outputs: [Term]

  private let lowered = LoweredTable()

  init(inputs: [Term], scalars: [Term] = [], outputs: [Term]) {
    precondition(inputs.count <= Int(DSC_MAX_INPUTS), "Program: more than \(DSC_MAX_INPUTS) inputs")
    precondition(
      outputs.count <= Int(DSC_MAX_OUTPUTS), "Program: more than \(DSC_MAX_OUTPUTS) outputs")
    self.inputs = inputs
    self.scalars = scalars
    self.outputs = outputs
  }

  /// The instructions for operands computed in the lane of `dtype`.
  @inline(__always)
  func lowered(for dtype: DType) -> Lowered {
    let lane = dtype.lane
    if let program = lowered[lane] { return program }
    return lowered.publish(Lowered(self, lane: lane), lane)
  }

  /// Calls `body` with them without counting: this program holds them.
  @inline(__always)
  func withLowered<R>(for dtype: DType, _ body: (Lowered) -> R) -> R {
    if let lowered = lowered.held(dtype.lane) { return lowered._withUnsafeGuaranteedRef(body) }
    return body(lowered(for: dtype))
  }

  /// The only term it yields, if that is one of the inputs unchanged: nothing needs to run then.
  var passesThrough: Int? {
    outputs.count == 1 ? inputs.firstIndex { $0 === outputs[0] } : nil
  }
}

extension DType {
  var lane: DscLane { dsc_dtype_lane(c) }
  /// The same dtype in C: both lists stand in one order, which a test checks by name.
  @inline(__always)
  var c: DscDType { DscDType(rawValue: UInt32(rawValue))! }
}

/// A program in the form the executor takes, with the constants that follow its scalars.
final class Lowered: Sendable {
  nonisolated(unsafe) let program: UnsafePointer<DscProgram>
  let constants: [DscScalar]
  let scalarLanes: [DscLane]

  init(_ source: Program, lane: DscLane) {
    var builder = Lowering(source, lane: lane)
    builder.run()
    let memory = UnsafeMutablePointer<DscProgram>.allocate(capacity: 1)
    memory.initialize(to: builder.program)
    program = UnsafePointer(memory)
    constants = builder.constants
    scalarLanes = builder.scalarLanes
  }

  deinit { program.deallocate() }
}

/// One slot a lane, filled once; reading costs one atomic load.
private final class LoweredTable: Sendable {
  private let f32 = Atomic<UInt>(0)
  private let f64 = Atomic<UInt>(0)
  private let i64 = Atomic<UInt>(0)
  private let bool = Atomic<UInt>(0)

  init() {}

  @inline(__always)
  subscript(lane: DscLane) -> Lowered? { held(lane)?.takeUnretainedValue() }

  @inline(__always)
  func held(_ lane: DscLane) -> Unmanaged<Lowered>? {
    let bits: UInt
    switch lane {
    case .f32: bits = f32.load(ordering: .acquiring)
    case .f64: bits = f64.load(ordering: .acquiring)
    case .i64: bits = i64.load(ordering: .acquiring)
    case .bool: bits = bool.load(ordering: .acquiring)
    }
    return UnsafeRawPointer(bitPattern: bits).map { .fromOpaque($0) }
  }

  @inline(never)
  func publish(_ program: Lowered, _ lane: DscLane) -> Lowered {
    let owned = Unmanaged.passRetained(program)
    let bits = UInt(bitPattern: owned.toOpaque())
    let done =
      switch lane {
      case .f32: exchange(f32, bits)
      case .f64: exchange(f64, bits)
      case .i64: exchange(i64, bits)
      case .bool: exchange(bool, bits)
      }
    if !done { owned.release() }
    return self[lane]!
  }

  private func exchange(_ slot: borrowing Atomic<UInt>, _ bits: UInt) -> Bool {
    slot.compareExchange(expected: 0, desired: bits, ordering: .acquiringAndReleasing).exchanged
  }

  deinit {
    for lane in [DscLane.f32, .f64, .i64, .bool] {
      if let program = self[lane] { Unmanaged.passUnretained(program).release() }
    }
  }
}

/// Turns terms into instructions: common subexpressions once, registers reused when dead.
private struct Lowering {
  private struct Step {
    let op: Instruction
    let lane: DscLane
    let to: Int
    let from: [Int]
  }
  private struct Constant {
    let bits: UInt64
    let lane: DscLane
    let number: Int
  }

  private let source: Program
  private let lane: DscLane
  private(set) var program = DscProgram()
  private(set) var constants: [DscScalar] = []
  private(set) var scalarLanes: [DscLane] = []

  // Values are numbered as they are met: leaves, then constants and results; each has its lane.
  private var lanes: [DscLane] = []
  // Programs are short: what stands in a list is found by looking through it.
  private var known: [Term] = []
  /// The values of `known`.
  private var numbers: [Int] = []
  private var constantValues: [Constant] = []
  private var steps: [Step] = []

  init(_ source: Program, lane: DscLane) {
    self.source = source
    self.lane = lane
  }

  mutating func run() {
    for term in source.inputs { bind(term, define(term.isMask ? .bool : lane)) }
    for term in source.scalars {
      bind(term, define(lane))
      scalarLanes.append(lane)
    }
    for term in Term.schedule(source.outputs, leaves: known) where valueNumber(term) == nil {
      if case .apply(let op, let operands) = term.kind { place(term, op, operands) }
    }
    emit(outputs: source.outputs.map { value(of: $0, lane) })
  }

  private mutating func define(_ lane: DscLane) -> Int {
    lanes.append(lane)
    return lanes.count - 1
  }

  private mutating func bind(_ term: Term, _ number: Int) {
    known.append(term)
    numbers.append(number)
  }

  private func valueNumber(_ term: Term) -> Int? {
    known.lastIndex { $0 === term }.map { numbers[$0] }
  }

  /// The number of a term's value; a constant takes the lane of the place it is used in.
  private mutating func value(of term: Term, _ lane: DscLane) -> Int {
    if let number = valueNumber(term) { return number }
    guard let constant = term.constantValue else {
      preconditionFailure("Program: a scalar or input that is not bound")
    }
    let bits = constant.bitPattern
    if let known = constantValues.first(where: { $0.bits == bits && $0.lane == lane }) {
      return known.number
    }
    let number = define(lane)
    constantValues.append(Constant(bits: bits, lane: lane, number: number))
    constants.append(DscScalar(constant, lane))
    return number
  }

  private mutating func place(_ term: Term, _ op: Instruction, _ operands: [Term]) {
    let typed = (op == .select ? Array(operands.dropFirst()) : operands)
      .compactMap { valueNumber($0) }.first
    let operandLane = typed.map { lanes[$0] } ?? lane
    var from: [Int] = []
    for (i, operand) in operands.enumerated() {
      from.append(value(of: operand, op == .select && i == 0 ? .bool : operandLane))
    }
    if op == .toBool && operandLane == .bool {
      bind(term, from[0])
      return
    }
    if let earlier = steps.first(where: {
      $0.op == op && $0.lane == operandLane && $0.from == from
    }) {
      bind(term, earlier.to)
      return
    }
    let number = define(dsc_op_result_lane(op, operandLane))
    bind(term, number)
    steps.append(Step(op: op, lane: operandLane, to: number, from: from))
  }

  /// Numbers the registers as the executor wants them (inputs, scalars and constants first, then
  /// results that reuse dead ones) and writes the instructions.
  private mutating func emit(outputs: [Int]) {
    precondition(
      steps.count <= Int(DSC_MAX_INSTRUCTIONS),
      "Program: \(steps.count) instructions, at most \(DSC_MAX_INSTRUCTIONS) fit. Split the operation."
    )
    let leaves = source.inputs.count + source.scalars.count
    let fixed = Array(0..<leaves) + constantValues.map(\.number)
    var register = [Int](repeating: 0, count: lanes.count)
    for (i, value) in fixed.enumerated() { register[value] = i }
    var registerLanes = fixed.map { lanes[$0] }
    var lastUse = [Int](repeating: -1, count: lanes.count)
    for (i, step) in steps.enumerated() { for value in step.from { lastUse[value] = i } }
    for value in outputs { lastUse[value] = Int.max }

    var free: [Int] = []
    var instructions: [DscInstruction] = []
    for (i, step) in steps.enumerated() {
      let resultLane = lanes[step.to]
      let destination: Int
      if let reused = free.lastIndex(where: { registerLanes[$0] == resultLane }) {
        destination = free.remove(at: reused)
      } else {
        destination = registerLanes.count
        registerLanes.append(resultLane)
      }
      let from = step.from.map { UInt8(register[$0]) }
      register[step.to] = destination
      instructions.append(
        DscInstruction(
          op: UInt8(step.op.rawValue), lane: UInt8(step.lane.rawValue),
          destination: UInt8(destination),
          a: from[0], b: from.count > 1 ? from[1] : 0, c: from.count > 2 ? from[2] : 0))
      for value in step.from where lastUse[value] == i && register[value] >= fixed.count {
        // An operand may stand twice.
        if !free.contains(register[value]) { free.append(register[value]) }
      }
    }
    precondition(
      registerLanes.count <= Int(DSC_MAX_REGISTERS),
      "Program: \(registerLanes.count) registers, at most \(DSC_MAX_REGISTERS) fit. Split the operation."
    )
    program.input_count = UInt8(source.inputs.count)
    program.scalar_count = UInt8(source.scalars.count + constants.count)
    program.instruction_count = UInt8(instructions.count)
    program.output_count = UInt8(outputs.count)
    program.register_count = UInt8(registerLanes.count)
    withUnsafeMutableBytes(of: &program.instructions) { raw in
      instructions.withUnsafeBytes { raw.copyMemory(from: $0) }
    }
    withUnsafeMutableBytes(of: &program.register_lane) { raw in
      for (i, lane) in registerLanes.enumerated() { raw[i] = UInt8(lane.rawValue) }
    }
    withUnsafeMutableBytes(of: &program.output_register) { raw in
      for (i, value) in outputs.enumerated() { raw[i] = UInt8(register[value]) }
    }
  }
}

extension DscScalar {
  /// The member that a lane reads.
  @inline(__always)
  init(_ value: Double, _ lane: DscLane) {
    switch lane {
    case .f32, .f64: self.init(d: value)
    case .i64: self.init(i: Int64(value))
    case .bool: self.init(i: value != 0 ? 1 : 0)
    }
  }

  @inline(__always)
  init(_ value: ScalarValue, _ lane: DscLane) {
    switch lane {
    case .f32, .f64: self.init(d: value.double)
    case .i64: self.init(i: Int64(value.int ?? 0))
    case .bool: self.init(i: value.double != 0 ? 1 : 0)
    }
  }
}
