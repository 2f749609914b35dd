// Operations with a gradient of their own.

/// What a user's operation remembers from its forward for its backward.
///
/// - Source: torch.autograd.function.FunctionCtx
public final class FunctionContext {
  /// Whether each input needs a gradient: what is false need not be computed.
  public let needsInputGrad: [Bool]
  fileprivate var kept: [Tensor] = []
  fileprivate var withoutGradient: [Tensor] = []

  fileprivate init(needsInputGrad: [Bool]) { self.needsInputGrad = needsInputGrad }

  /// Keeps inputs and outputs for the backward; a change in place in between is noticed.
  public func saveForBackward(_ tensors: Tensor...) { kept = tensors }

  /// What `saveForBackward` kept, in its order; for use in `backward`.
  public fileprivate(set) var savedTensors: [Tensor] = []

  /// Declares outputs through which no gradient flows.
  public func markNonDifferentiable(_ tensors: Tensor...) { withoutGradient = tensors }
}

/// An operation of several tensors with forward and backward written by hand.
///
/// The forward is not recorded; the backward is written with tensor operations, so that gradients of
/// gradients work. Constants are properties of the type. For one tensor in and out there is the simpler
/// `UnaryFunction`.
/// ```swift
/// struct Product: Function {
///   func forward(_ context: FunctionContext, _ inputs: [Tensor]) -> [Tensor] {
///     context.saveForBackward(inputs[0], inputs[1])
///     return [inputs[0] * inputs[1]]
///   }
///   func backward(_ context: FunctionContext, _ gradients: [Tensor]) -> [Tensor?] {
///     let saved = context.savedTensors
///     return [gradients[0] * saved[1], gradients[0] * saved[0]]
///   }
/// }
/// let z = Product()(x, y)  // grad_fn=<ProductBackward>
/// ```
///
/// - Source: torch.autograd.Function
public protocol Function {
  /// Computes the outputs.
  func forward(_ context: FunctionContext, _ inputs: [Tensor]) -> [Tensor]
  /// Computes a gradient for each input (nil for none) from those of the outputs (zeros where none
  /// arrived).
  func backward(_ context: FunctionContext, _ gradients: [Tensor]) -> [Tensor?]
}

/// An operation of one tensor with forward and backward written by hand.
///
/// ```swift
/// struct LegendreP3: UnaryFunction {
///   func forward(_ context: FunctionContext, _ x: Tensor) -> Tensor {
///     context.saveForBackward(x)
///     return 0.5 * (5 * x * x * x - 3 * x)
///   }
///   func backward(_ context: FunctionContext, _ gradient: Tensor) -> Tensor {
///     let x = context.savedTensors[0]
///     return gradient * 1.5 * (5 * x * x - 1)
///   }
/// }
/// let y = LegendreP3()(x)
/// ```
///
/// - Source: torch.autograd.Function
public protocol UnaryFunction: Function {
  func forward(_ context: FunctionContext, _ input: Tensor) -> Tensor
  func backward(_ context: FunctionContext, _ gradient: Tensor) -> Tensor
}

extension UnaryFunction {
  public func forward(_ context: FunctionContext, _ inputs: [Tensor]) -> [Tensor] {
    [forward(context, inputs[0])]
  }
  public func backward(_ context: FunctionContext, _ gradients: [Tensor]) -> [Tensor?] {
    [backward(context, gradients[0])]
  }
}

extension Function {
  /// Runs the operation and returns its first output.
  public func callAsFunction(
    _ inputs: Tensor..., file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let outputs = apply(inputs, file: file, line: line)
    if let first = outputs.first { return first }
    Misuse("\(Self.self)", "forward returned no tensor", got: "[]", try: "at least one output")
      .raise(
        file: file, line: line)
    return .poison
  }

  /// Runs the operation and returns all outputs.
  public func apply(
    _ inputs: [Tensor], file: StaticString = #fileID, line: UInt = #line
  ) -> [Tensor] {
    let records = recording(inputs)
    let context = FunctionContext(needsInputGrad: inputs.map { records && $0.requiresGrad })
    let outputs = noGrad { forward(context, inputs) }.map { output in
      inputs.contains { $0 === output } ? output.alias() : output
    }
    guard records, let first = outputs.first else { return outputs }
    let node = FunctionNode("\(Self.self)Backward", self, context, first, inputs.count)
    for input in inputs { node.edges.append(Edge(input)) }
    node.further = FurtherOutputs(outputs)
    node.file = file
    node.line = line
    for (i, output) in outputs.enumerated() { output.outputIndex = Int32(i) }
    for tensor in context.kept {
      node.saved.append(tensor, isOutput: outputs.contains { $0 === tensor })
    }
    for output in outputs
    where output.dtype.isFloatingPoint
      && !context.withoutGradient.contains(where: { $0 === output })
    {
      output.recordedFn = node
    }
    context.kept = []
    context.withoutGradient = []
    return outputs
  }
}

/// The recorded form of a user's operation.
private final class FunctionNode: Node {
  private let function: any Function
  private let context: FunctionContext
  private let inputCount: Int

  init(
    _ name: String, _ function: any Function, _ context: FunctionContext, _ output: Tensor,
    _ inputCount: Int
  ) {
    self.function = function
    self.context = context
    self.inputCount = inputCount
    super.init(name, output: output)
  }

  override func backward(_ step: BackwardStep, _ gradient: Tensor) {
    backward(step, [gradient])
  }

  override func backward(_ step: BackwardStep, _ gradients: [Tensor?]) {
    let complete = gradients.enumerated().map { index, gradient -> Tensor in
      if let gradient { return gradient }
      let (shape, dtype) = outputLayout(index)
      return Tensor.zeros(shape, dtype: dtype.isFloatingPoint ? dtype : .float32)
    }
    context.savedTensors = (0..<saved.count).map { step.saved($0) }
    let results = function.backward(context, complete)
    context.savedTensors = []
    if results.count != inputCount {
      Misuse(
        name, "backward returned another number of gradients than there are inputs",
        got: "\(results.count) for \(inputCount)", try: "nil for an input without gradient"
      ).raise(file: file, line: line)
      return
    }
    for (i, result) in results.enumerated() where step.needs(i) {
      if let result { step.give(i, result) }
    }
  }
}
