// Gradients as functions: nothing is accumulated in `grad`.

/// The gradients of outputs for inputs, returned instead of accumulated.
///
/// ```swift
/// let x = Tensor([3.0], requiresGrad: true)
/// let first = grad([x * x * x], [x], createGraph: true)[0]!   // 3 x² = 27
/// let second = grad([first], [x])[0]!                         // 6 x = 18
/// ```
/// - Parameters:
///   - gradOutputs: the gradients to start with; may be left out (or nil) for outputs of one element.
///   - retainGraph: keep what the graph saved; default as `createGraph`.
///   - createGraph: record the backward, for gradients of gradients.
///   - allowUnused: nil for an input on which no output depends, instead of a misuse.
/// - Returns: one gradient for each input.
/// - Source: torch.autograd.grad
public func grad(
  _ outputs: [Tensor], _ inputs: [Tensor], gradOutputs: [Tensor?]? = nil, retainGraph: Bool? = nil,
  createGraph: Bool = false, allowUnused: Bool = false, file: StaticString = #fileID,
  line: UInt = #line
) -> [Tensor?] {
  let roots = attempt(file: file, line: line) { () throws(Misuse) -> [(Tensor, Tensor)] in
    if let gradOutputs, gradOutputs.count != outputs.count {
      throw Misuse(
        "grad", "each output needs one gradient",
        got: "\(outputs.count) outputs and \(gradOutputs.count) gradients",
        try: "nil for a scalar's")
    }
    for input in inputs where !input.requiresGrad {
      throw Misuse(
        "grad", "an input does not require gradients",
        got: "\(input.dtype.name) \(input.shape.brackets)", try: "requiresGrad: true")
    }
    var roots: [(Tensor, Tensor)] = []
    for (i, output) in outputs.enumerated() {
      roots.append((output, try Tensor.seed("grad", output, gradOutputs?[i])))
    }
    return roots
  }
  guard let roots else { return inputs.map { _ in .poison } }
  let gradients = Engine.gradients(
    roots: roots, inputs: inputs, retainGraph: retainGraph ?? createGraph, createGraph: createGraph)
  if !allowUnused, let unused = gradients.firstIndex(where: { $0 == nil }) {
    Misuse(
      "grad", "input \(unused) was not used to compute the outputs",
      got: "\(inputs[unused].dtype.name) \(inputs[unused].shape.brackets)", try: "allowUnused: true"
    ).raise(file: file, line: line)
  }
  return gradients
}

/// The gradient of one output for one input.
///
/// - Source: torch.autograd.grad
public func grad(
  _ output: Tensor, _ input: Tensor, gradOutput: Tensor? = nil, retainGraph: Bool? = nil,
  createGraph: Bool = false, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
  grad(
    [output], [input], gradOutputs: [gradOutput], retainGraph: retainGraph,
    createGraph: createGraph,
    file: file, line: line)[0] ?? .poison
}
