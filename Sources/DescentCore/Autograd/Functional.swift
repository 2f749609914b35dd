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
    roots: roots, inputs: inputs, retainGraph: retainGraph ?? createGraph, createGraph: createGraph,
    site: CallSite(file: file, line: line))
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

// MARK: products with the Jacobian

/// The result of a function and v times its Jacobian: what one backward computes.
///
/// - Parameters:
///   - v: of the output's shape; may be left out for an output of one element.
///   - createGraph: record, so that the result can be differentiated for `input` in turn.
/// - Source: torch.autograd.functional.vjp
public func vjp(
  _ input: Tensor, _ v: Tensor? = nil, createGraph: Bool = false, file: StaticString = #fileID,
  line: UInt = #line, _ function: (Tensor) -> Tensor
) -> (output: Tensor, vjp: Tensor) {
  let x = traced(input, createGraph)
  let output = enableGrad { function(x) }
  let product = gradient(of: output, x, v, createGraph, file, line)
  return (createGraph ? output : output.detach(), product)
}

/// The result of a function and its Jacobian times v: how the output moves when the input moves by v.
///
/// Computed by differentiating a backward for the vector it starts with.
/// - Source: torch.autograd.functional.jvp
public func jvp(
  _ input: Tensor, _ v: Tensor, createGraph: Bool = false, file: StaticString = #fileID,
  line: UInt = #line, _ function: (Tensor) -> Tensor
) -> (output: Tensor, jvp: Tensor) {
  let x = traced(input, createGraph)
  let output = enableGrad { function(x) }
  let start = Tensor.zeros(output.shape, dtype: output.dtype, requiresGrad: true)
  let backward = gradient(of: output, x, start, true, file, line)
  let product = gradient(of: backward, start, v, createGraph, file, line)
  return (createGraph ? output : output.detach(), product)
}

/// All partial derivatives of a function: the output's shape followed by the input's.
///
/// - Complexity: one backward for each element of the output.
/// - Source: torch.autograd.functional.jacobian
public func jacobian(
  _ input: Tensor, createGraph: Bool = false, file: StaticString = #fileID, line: UInt = #line,
  _ function: (Tensor) -> Tensor
) -> Tensor {
  jacobian([input], createGraph: createGraph, file: file, line: line) { [function($0[0])] }[0][0]
}

/// All partial derivatives of several outputs for several inputs: `result[output][input]`.
public func jacobian(
  _ inputs: [Tensor], createGraph: Bool = false, file: StaticString = #fileID, line: UInt = #line,
  _ function: ([Tensor]) -> [Tensor]
) -> [[Tensor]] {
  let x = inputs.map { traced($0, createGraph) }
  return enableGrad { function(x) }.map { output in
    let rows = (0..<output.numel()).map { i in
      gradients(of: output, x, Tensor.oneHot(i, like: output), createGraph, file, line)
    }
    return x.indices.map { j in
      let shape = Shape(Array(output.shape) + Array(x[j].shape))
      if rows.isEmpty { return Tensor.zeros(shape, dtype: x[j].dtype) }
      return Tensor.rows(rows.map { $0[j] }).reshape(shape)
    }
  }
}

/// The second derivatives of a function with one number as result: the input's shape twice.
///
/// - Source: torch.autograd.functional.hessian
public func hessian(
  _ input: Tensor, createGraph: Bool = false, file: StaticString = #fileID, line: UInt = #line,
  _ function: (Tensor) -> Tensor
) -> Tensor {
  jacobian(input, createGraph: createGraph, file: file, line: line) { x in
    gradient(of: function(x), x, nil, true, file, line)
  }
}

/// The result of a function with one number as result, and its matrix of second derivatives times v,
/// without the matrix.
///
/// - Source: torch.autograd.functional.hvp
public func hvp(
  _ input: Tensor, _ v: Tensor, createGraph: Bool = false, file: StaticString = #fileID,
  line: UInt = #line, _ function: (Tensor) -> Tensor
) -> (output: Tensor, hvp: Tensor) {
  // The matrix is symmetric, so a backward of the gradient is the product.
  let x = traced(input, createGraph)
  let output = enableGrad { function(x) }
  let first = gradient(of: output, x, nil, true, file, line)
  let product = gradient(of: first, x, v, createGraph, file, line)
  return (createGraph ? output : output.detach(), product)
}

/// The input as a function differentiates it: a leaf, or joined to the caller's graph.
private func traced(_ input: Tensor, _ createGraph: Bool) -> Tensor {
  if createGraph && input.requiresGrad {
    return enableGrad {
      input.makeView(input.layout, "ViewBackward0", rule: { step, g in step.give(0, g) })
    }
  }
  return input.detach().requiresGrad_()
}

/// The gradient of an output for an input; zeros where it does not depend on it.
private func gradient(
  of output: Tensor, _ input: Tensor, _ v: Tensor?, _ createGraph: Bool, _ file: StaticString,
  _ line: UInt
) -> Tensor {
  gradients(of: output, [input], v, createGraph, file, line)[0]
}

private func gradients(
  of output: Tensor, _ inputs: [Tensor], _ v: Tensor?, _ createGraph: Bool, _ file: StaticString,
  _ line: UInt
) -> [Tensor] {
  if !output.requiresGrad {
    return inputs.map { Tensor.zeros($0.shape, dtype: $0.dtype) }
  }
  let found = grad(
    [output], inputs, gradOutputs: [v], retainGraph: true, createGraph: createGraph,
    allowUnused: true, file: file, line: line)
  return zip(found, inputs).map { $0 ?? Tensor.zeros($1.shape, dtype: $1.dtype) }
}

extension Tensor {
  /// Zeros with a 1 at one position, counted in row-major order.
  static func oneHot(_ index: Int, like other: Tensor) -> Tensor {
    let result = zeros(other.shape, dtype: other.dtype)
    result.setElement(index, 1)
    return result
  }

  /// Writes one element of a contiguous tensor.
  final func setElement(_ index: Int, _ value: Double) {
    let place = Tensor(
      storage: storage, layout: Layout(shape: [], strides: [], offset: layout.offset + index),
      dtype: dtype)
    device.backend.fill(FillCall(pattern: .value(.double(value)), output: place))
  }

  /// Tensors of one shape one after the other along a new first dim; recorded.
  static func rows(_ rows: [Tensor]) -> Tensor {
    let first = rows[0]
    var shape = first.shape
    shape.insert(rows.count, at: 0)
    let output = Tensor(empty: shape, dtype: first.dtype)
    for (i, row) in rows.enumerated() {
      let place = Tensor(
        storage: output.storage, layout: output.layout.selecting(0, i), dtype: output.dtype)
      output.device.backend.copy(CopyCall(source: row, destination: place))
    }
    if recording(rows) {
      output.record("StackBackward0", TensorList(rows)) { step, g in
        for i in 0..<shape[0] where step.needs(i) {
          let part = g.layout.selecting(0, i)
          step.give(i, g.asStrided(part.shape, part.strides, offset: part.offset))
        }
      }
    }
    return output
  }
}
