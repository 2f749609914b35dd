// Recurrent layers: one layer in one direction over all of its steps, as one call and one node.

/// What happens at each step: x and h are the products of input and state with their weights and biases.
package enum RecurrentKind: Sendable {
  /// Gates i f g o: c' = σ(f) c + σ(i) tanh(g), h' = σ(o) tanh(c').
  case lstm
  /// Gates r z n: n = tanh(x + σ(r) h), h' = (1 - σ(z)) n + σ(z) h.
  case gru
  /// h' = tanh(x + h)
  case tanh
  /// h' = max(x + h, 0)
  case relu

  package var gates: Int {
    switch self {
    case .lstm: 4
    case .gru: 3
    case .tanh, .relu: 1
    }
  }

  fileprivate var node: String {
    switch self {
    case .lstm: "LstmBackward0"
    case .gru: "GruBackward0"
    case .tanh: "RnnTanhBackward0"
    case .relu: "RnnReluBackward0"
    }
  }
}

/// The weights of a layer in one direction, the gates one after the other.
package struct RecurrentWeights {
  /// [gates hidden, inputs]
  let input: Tensor
  /// [gates hidden, state]
  let hidden: Tensor
  /// [gates hidden]
  let inputBias: Tensor?
  let hiddenBias: Tensor?
  /// [state, hidden]: what an LSTM's output is multiplied with.
  let projection: Tensor?

  package init(
    input: Tensor, hidden: Tensor, inputBias: Tensor?, hiddenBias: Tensor?, projection: Tensor?
  ) {
    self.input = input
    self.hidden = hidden
    self.inputBias = inputBias
    self.hiddenBias = hiddenBias
    self.projection = projection
  }
}

extension Tensor {
  /// The outputs of a recurrent layer for all steps of this [steps, batch, inputs], and its last states.
  ///
  /// - Parameters:
  ///   - start: h, and an LSTM's c, [batch, hidden] each; nil: zeros.
  ///   - isReversed: whether the steps are walked from the last to the first.
  /// - Returns: [steps, batch, hidden], and the states alike those to start from.
  /// - Gradient: that of the formulas of `RecurrentKind` step by step, the weights' as products over all
  ///   steps. Gradients of gradients go through the steps as operations.
  /// - Source: torch.lstm, torch.gru, torch.rnn_tanh, torch.rnn_relu
  package final func recurrent(
    _ kind: RecurrentKind, _ weights: RecurrentWeights, _ start: [Tensor?], isReversed: Bool,
    file: StaticString = #fileID, line: UInt = #line
  ) -> (output: Tensor, last: [Tensor]) {
    let given = start.compactMap { $0 }
    var inputs = [self, weights.input, weights.hidden]
    inputs += [weights.inputBias, weights.hiddenBias].compactMap { $0 } + given
    let isKernels =
      (dtype == .float32 || dtype == .float64) && weights.projection == nil
      && inputs.allSatisfy { $0.dtype == dtype }
    if !isKernels { return recurrentSteps(kind, weights, start, isReversed: isReversed) }
    let records = recording(inputs)
    let call = recurrentCall(kind, weights, start, isReversed: isReversed, keeps: records)
    device.backend.recurrent(call)
    let last = [call.lastH, call.lastC].compactMap { $0 }
    if records {
      let results = [call.output] + last
      let kept = [call.gates, call.memory].compactMap { $0 }
      // Positions among the inputs, which are saved in their order.
      let bias = weights.inputBias == nil ? nil : 3
      let hiddenBias = weights.hiddenBias == nil ? nil : 3 + (bias == nil ? 0 : 1)
      let states = inputs.count - given.count
      let h = start[0] == nil ? nil : states
      let c = start.count < 2 || start[1] == nil ? nil : inputs.count - 1
      let count = inputs.count
      Tensor.record(
        kind.node, outputs: results, inputs, saving: inputs + [call.output] + kept, file: file,
        line: line
      ) { step, gradients in
        func saved(_ index: Int?) -> Tensor? { index.map { step.saved($0) } }
        let x = step.saved(0)
        let weights = RecurrentWeights(
          input: step.saved(1), hidden: step.saved(2), inputBias: saved(bias),
          hiddenBias: saved(hiddenBias), projection: nil)
        let start = kind == .lstm ? [saved(h), saved(c)] : [saved(h)]
        if GradMode.isEnabled {
          let mark = Node.lastSequence
          let again = x.recurrentSteps(kind, weights, start, isReversed: isReversed)
          step.continue(through: [again.output] + again.last, madeAfter: mark, gradients)
          return
        }
        let call = x.recurrentCall(
          kind, weights, start, isReversed: isReversed,
          output: step.saved(count), gates: kept.isEmpty ? nil : step.saved(count + 1),
          memory: kept.isEmpty ? nil : step.saved(count + 2))
        RecurrentGradients(call, gradients).give(
          to: step, bias: bias, hiddenBias: hiddenBias, h: h, c: c)
      }
    }
    return (call.output, last)
  }

  /// The call with room for its results.
  private final func recurrentCall(
    _ kind: RecurrentKind, _ weights: RecurrentWeights, _ start: [Tensor?], isReversed: Bool,
    keeps: Bool
  ) -> RecurrentCall {
    let (steps, batch, hidden) = (shape[0], shape[1], weights.hidden.shape[1])
    let keepsGates = keeps && (kind == .lstm || kind == .gru)
    func made(_ shape: Shape) -> Tensor { Tensor(empty: shape, dtype: dtype) }
    return recurrentCall(
      kind, weights, start, isReversed: isReversed, output: made([steps, batch, hidden]),
      gates: keepsGates ? made([steps, batch, kind.gates * hidden]) : nil,
      memory: keepsGates ? made([steps, batch, hidden]) : nil)
  }

  /// The call with results that may be there already.
  private final func recurrentCall(
    _ kind: RecurrentKind, _ weights: RecurrentWeights, _ start: [Tensor?], isReversed: Bool,
    output: Tensor, gates: Tensor?, memory: Tensor?
  ) -> RecurrentCall {
    noGrad {
      let state: Shape = [shape[1], weights.hidden.shape[1]]
      return RecurrentCall(
        kind: kind, isReversed: isReversed, input: stride(2) == 1 ? self : contiguous(),
        inputWeight: weights.input.contiguous(), hiddenWeight: weights.hidden.contiguous(),
        inputBias: weights.inputBias?.contiguous(), hiddenBias: weights.hiddenBias?.contiguous(),
        h: start[0]?.contiguous(), c: kind == .lstm ? start[1]?.contiguous() : nil, output: output,
        lastH: Tensor(empty: state, dtype: dtype),
        lastC: kind == .lstm ? Tensor(empty: state, dtype: dtype) : nil, gates: gates,
        memory: memory)
    }
  }

  /// The same as tensor operations, a few a step: the definition, for all dtypes, projections and
  /// gradients of gradients.
  package final func recurrentSteps(
    _ kind: RecurrentKind, _ weights: RecurrentWeights, _ start: [Tensor?], isReversed: Bool
  ) -> (output: Tensor, last: [Tensor]) {
    let sizes = [weights.hidden.shape[1], weights.hidden.shape[0] / kind.gates]
    var states = start.enumerated().map { index, state in
      state ?? Tensor.zeros([shape[1], sizes[index]], dtype: dtype)
    }
    // A GRU's gate n scales the state's product with its bias: its biases do not add up.
    let biases =
      kind == .gru ? nil : weights.inputBias.flatMap { b in weights.hiddenBias.map { b + $0 } }
    let inputs = linear(weights.input, biases ?? weights.inputBias).unbind()
    let hidden = weights.hidden.t().contiguous()
    var outputs = [Tensor](repeating: self, count: inputs.count)
    for t in isReversed ? Array((0..<inputs.count).reversed()) : Array(0..<inputs.count) {
      let h = states[0]
      switch kind {
      case .lstm:
        let next = Tensor.lstmState(inputs[t].addmm(h, hidden), states[1])
        states = [weights.projection.map { next.h.linear($0) } ?? next.h, next.c]
      case .gru:
        let product = weights.hiddenBias.map { $0.addmm(h, hidden) } ?? h.mm(hidden)
        states = [Tensor.gruState(inputs[t], product, h)]
      case .tanh: states = [inputs[t].addmm(h, hidden).tanh()]
      case .relu: states = [inputs[t].addmm(h, hidden).relu()]
      }
      outputs[t] = states[0]
    }
    return (Tensor.stack(outputs), states)
  }
}

/// The gradients of one call.
private struct RecurrentGradients {
  let call: RecurrentCall
  let incoming: [Tensor?]

  init(_ call: RecurrentCall, _ incoming: [Tensor?]) {
    self.call = call
    self.incoming = incoming.map { $0?.contiguous() }
  }

  /// Gives the inputs of the node their gradients: the input, its weight, the state's weight, and what else
  /// is there at the given positions.
  func give(to step: BackwardStep, bias: Int?, hiddenBias: Int?, h: Int?, c: Int?) {
    let (x, output) = (call.input, call.output)
    let dtype = output.dtype
    let (steps, batch) = (x.shape[0], x.shape[1])
    let width = call.hiddenWeight.shape[0]
    func made(_ shape: Shape, if isNeeded: Bool = true) -> Tensor? {
      isNeeded ? Tensor(empty: shape, dtype: dtype) : nil
    }
    func needs(_ index: Int?) -> Bool { index.map { step.needs($0) } ?? false }
    let gates = Self.gates(steps * batch, width, dtype)
    let isSplit = call.kind == .gru
    let hiddenGates = isSplit ? Self.gates(steps * batch, width, dtype) : nil
    let sums = made([batch, width], if: needs(bias) || (needs(hiddenBias) && !isSplit))
    let hiddenSums = made([batch, width], if: needs(hiddenBias) && isSplit)
    let dx = made(x.shape, if: step.needs(0))
    let dh = made([batch, output.shape[2]], if: needs(h))
    let dc = made([batch, output.shape[2]], if: needs(c))
    output.device.backend.recurrentBackward(
      RecurrentBackwardCall(
        forward: call, output: incoming[0], lastH: incoming[1],
        lastC: incoming.count > 2 ? incoming[2] : nil, gates: gates, hiddenGates: hiddenGates,
        sums: sums, hiddenSums: hiddenSums, input: dx, h: dh, c: dc))
    if let dx { step.give(0, dx) }
    if step.needs(1) {
      let rows = x.reshape([steps * batch, x.shape[2]] as Shape)
      step.give(1, Self.products([(gates, rows)]))
    }
    if step.needs(2) { step.give(2, hiddenWeight(hiddenGates ?? gates)) }
    if let bias, step.needs(bias), let sums { step.give(bias, sums.sum(dim: [0])) }
    if let hiddenBias, step.needs(hiddenBias), let sums = hiddenSums ?? sums {
      step.give(hiddenBias, sums.sum(dim: [0]))
    }
    if let h, let dh { step.give(h, dh) }
    if let c, let dc { step.give(c, dc) }
  }

  /// Room for rows of gates. Rows whole kilobytes apart would share few lines of the first-level cache, where
  /// products read several of them at once: those get a line of distance.
  private static func gates(_ rows: Int, _ width: Int, _ dtype: DType) -> Tensor {
    let (kilobyte, line) = (1024 / dtype.itemSize, 64 / dtype.itemSize)
    let pitch = width % kilobyte == 0 ? width + line : width
    return Tensor(empty: [rows, pitch], dtype: dtype).narrow(1, 0, width)
  }

  /// The sum over the steps of gatesᵀ times the state before: the output one step earlier, or the first state.
  private func hiddenWeight(_ gates: Tensor) -> Tensor {
    let (steps, batch, hidden) = (call.output.shape[0], call.output.shape[1], call.output.shape[2])
    let output = call.output.reshape([steps * batch, hidden] as Shape)
    let first = call.isReversed ? steps - 1 : 0
    func rows(_ tensor: Tensor, _ start: Int, _ count: Int) -> Tensor {
      tensor.narrow(0, start * batch, count * batch)
    }
    var factors: [(Tensor, Tensor)] = []
    if steps > 1 {
      let (later, earlier) = call.isReversed ? (0, 1) : (1, 0)
      factors.append((rows(gates, later, steps - 1), rows(output, earlier, steps - 1)))
    }
    if let h = call.h { factors.append((rows(gates, first, 1), h)) }
    if factors.isEmpty { return Tensor.zeros(call.hiddenWeight.shape, dtype: gates.dtype) }
    return Self.products(factors)
  }

  /// Σ aᵀ b
  private static func products(_ factors: [(Tensor, Tensor)]) -> Tensor {
    let output = Tensor(
      empty: [factors[0].0.shape[1], factors[0].1.shape[1]], dtype: factors[0].0.dtype)
    for (i, (a, b)) in factors.enumerated() {
      output.device.backend.gemm(
        GemmCall(a: a, b: b, output: output, transposesA: true, beta: i == 0 ? 0 : 1))
    }
    return output
  }
}
