// How operations join the graph.

/// Whether operations record: false inside `noGrad` and `inferenceMode`.
public enum GradMode {
  /// - Source: torch.is_grad_enabled
  public static var isEnabled: Bool { ThreadLocal.gradEnabled }

  /// Sets the mode of the current thread: `torch.set_grad_enabled`. Prefer `noGrad { }`.
  public static func setEnabled(_ enabled: Bool) { ThreadLocal.gradEnabled = enabled }
}

/// Runs a closure in which no operation is recorded.
///
/// ```swift
/// noGrad { weight -= learningRate * weight.grad! }
/// ```
/// - Source: torch.no_grad
@inline(__always)
public func noGrad<R>(_ body: () throws -> R) rethrows -> R {
  let before = ThreadLocal.gradEnabled
  ThreadLocal.gradEnabled = false
  defer { ThreadLocal.gradEnabled = before }
  return try body()
}

/// Runs a closure in which operations are recorded, inside `noGrad` too.
///
/// - Source: torch.enable_grad
public func enableGrad<R>(_ body: () throws -> R) rethrows -> R {
  let before = ThreadLocal.gradEnabled
  ThreadLocal.gradEnabled = true
  defer { ThreadLocal.gradEnabled = before }
  return try body()
}

/// Runs a closure for inference: nothing is recorded, and what it makes can never require gradients.
///
/// - Source: torch.inference_mode
public func inferenceMode<R>(_ body: () throws -> R) rethrows -> R {
  let thread = ThreadState.current
  let before = (ThreadLocal.gradEnabled, thread.inferenceMode)
  ThreadLocal.gradEnabled = false
  thread.inferenceMode = true
  defer { (ThreadLocal.gradEnabled, thread.inferenceMode) = before }
  return try body()
}

/// Whether an operation on these operands has to be recorded.
@inline(__always)
func recording(_ a: Tensor) -> Bool { a.requiresGrad && ThreadLocal.gradEnabled }

@inline(__always)
func recording(_ a: Tensor, _ b: Tensor) -> Bool {
  (a.requiresGrad || b.requiresGrad) && ThreadLocal.gradEnabled
}

func recording(_ tensors: [Tensor]) -> Bool {
  ThreadLocal.gradEnabled && tensors.contains { $0.requiresGrad }
}

func recording(_ tensors: TensorList) -> Bool {
  for i in 0..<tensors.count where tensors[i].requiresGrad {
    return ThreadLocal.gradEnabled
  }
  return false
}

extension Tensor {
  /// Attaches a node to this result of an operation on `inputs`.
  ///
  /// - Parameters:
  ///   - saving: tensors that the rule asks for by position with `step.saved(i)`; this tensor itself
  ///     may be among them.
  ///   - rule: gives gradients to the inputs by position with `step.give(i, gradient)`, asking
  ///     `step.needs(i)` first where that saves work. Broadcasting is undone by the engine.
  @inline(__always)
  final func record(
    _ name: String, _ inputs: TensorList, saving: TensorList = TensorList(),
    file: StaticString = "", line: UInt = 0, rule: @escaping RuleNode.Rule
  ) {
    var edges = EdgeList()
    var saved = SavedList()
    for i in 0..<inputs.count { edges.append(Edge(inputs[i])) }
    for i in 0..<saving.count { saved.append(saving[i], isOutput: saving[i] === self) }
    recordedFn = RuleNode(
      name, output: self, edges: edges, saved: saved, file: file, line: line, rule: rule)
  }

  /// Attaches one node to all results of an operation.
  static func record(
    _ name: String, outputs: [Tensor], _ inputs: [Tensor], saving: [Tensor] = [],
    file: StaticString = "", line: UInt = 0, rule: @escaping MultiRuleNode.Rule
  ) {
    let node = MultiRuleNode(name, outputs: outputs, rule: rule)
    for input in inputs { node.edges.append(Edge(input)) }
    for (i, output) in outputs.enumerated() { output.outputIndex = Int32(i) }
    for tensor in saving {
      node.saved.append(tensor, isOutput: outputs.contains { $0 === tensor })
    }
    node.file = file
    node.line = line
    for output in outputs where output.dtype.isFloatingPoint { output.recordedFn = node }
  }

  /// The same storage seen by a new tensor without history.
  @inline(__always)
  final func alias() -> Tensor {
    let copy = Tensor(storage: storage, layout: layout, dtype: dtype)
    copy.flags.isUntracked = flags.isUntracked
    return copy
  }
}
