import Testing

@testable import DescentCore

/// A layer's operands, drawn.
private struct Operands {
  let kind: RecurrentKind
  let isReversed: Bool
  /// Input, weights of input and state, then biases and states as far as they are there.
  var all: [Tensor]
  let hasBias: Bool
  let hasStates: Bool

  init(
    _ kind: RecurrentKind, steps: Int = 3, batch: Int = 2, inputs: Int = 3, hidden: Int = 2,
    dtype: DType = .float64, bias: Bool = true, states: Bool = true, isReversed: Bool = false
  ) {
    self.kind = kind
    self.isReversed = isReversed
    hasBias = bias
    hasStates = states
    let generator = Generator(seed: 7)
    func drawn(_ shape: Shape) -> Tensor {
      (Tensor.randn(shape, dtype: dtype, generator: generator) * 0.5).requiresGrad_()
    }
    let rows = kind.gates * hidden
    all = [drawn([steps, batch, inputs]), drawn([rows, inputs]), drawn([rows, hidden])]
    if bias { all += [drawn([rows]), drawn([rows])] }
    if states { all += (kind == .lstm ? [0, 1] : [0]).map { _ in drawn([batch, hidden]) } }
  }

  /// All results of the layer for other operands of these shapes.
  func results(_ t: [Tensor], asSteps: Bool = false) -> [Tensor] {
    let weights = RecurrentWeights(
      input: t[1], hidden: t[2], inputBias: hasBias ? t[3] : nil, hiddenBias: hasBias ? t[4] : nil,
      projection: nil)
    let count = kind == .lstm ? 2 : 1
    let start: [Tensor?] =
      hasStates ? t.suffix(count).map { $0 } : [Tensor?](repeating: nil, count: count)
    let (output, last) =
      asSteps
      ? t[0].recurrentSteps(kind, weights, start, isReversed: isReversed)
      : t[0].recurrent(kind, weights, start, isReversed: isReversed)
    return [output] + last
  }

  /// Results and gradients, those of each result weighed with numbers of its own.
  func everything(asSteps: Bool = false, of count: Int = 3) -> [Tensor] {
    let leaves = all.map { $0.detach().requiresGrad_() }
    let results = results(leaves, asSteps: asSteps)
    let generator = Generator(seed: 8)
    let chosen = Array(results.prefix(count))
    let weights = chosen.map { Tensor.randn($0.shape, dtype: $0.dtype, generator: generator) }
    let gradients = grad(chosen, leaves, gradOutputs: weights)
    return results.map { $0.detach() } + gradients.map { $0! }
  }
}

@Suite("Recurrent layers as one call") struct RecurrentLayersTests {
  private static let kinds: [RecurrentKind] = [.lstm, .gru, .tanh, .relu]

  @Test("results and gradients are those of the steps as operations, in every variant")
  func definition() {
    for kind in Self.kinds {
      for (n, sizes) in [
        (1, 1, 1, 1), (5, 3, 4, 17), (4, 1, 5, 20), (3, 21, 33, 16), (2, 60, 2, 3),
      ].enumerated() {
        for dtype in [DType.float64, .float32] {
          let operands = Operands(
            kind, steps: sizes.0, batch: sizes.1, inputs: sizes.2, hidden: sizes.3, dtype: dtype,
            bias: n != 1, states: n % 2 == 1, isReversed: n % 3 == 1)
          let limit = dtype == .float64 ? 1e-12 : 3e-5
          for count in [1, 3] {
            let found = operands.everything(of: count)
            let expected = operands.everything(asSteps: true, of: count)
            #expect(found.count == expected.count)
            for (a, b) in zip(found, expected) {
              #expect(a.allclose(b, rtol: limit, atol: limit), "\(kind) \(sizes) \(dtype.name)")
            }
          }
        }
      }
    }
  }

  @Test("sums over more than one block of the inputs and units are whole") func deep() {
    for kind in [RecurrentKind.lstm, .gru] {
      let operands = Operands(
        kind, steps: 2, batch: 5, inputs: 300, hidden: 270, dtype: .float32, isReversed: true)
      for (a, b) in zip(operands.everything(), operands.everything(asSteps: true)) {
        #expect(a.allclose(b, rtol: 1e-4, atol: 2e-4))
      }
    }
  }

  @Test("gradients agree with differences to second order") func differences() {
    for kind in Self.kinds {
      for (isReversed, states) in [(false, true), (true, true), (false, false)] {
        let operands = Operands(kind, states: states, isReversed: isReversed)
        let first = gradCheck(operands.all) { operands.results($0) }
        #expect(first.passed, "\(kind) \(first)")
        let second = gradGradCheck(operands.all) { operands.results($0) }
        #expect(second.passed, "\(kind) \(second)")
      }
    }
  }

  @Test("only the gradients asked for are made; through one of several results too") func parts() {
    let operands = Operands(.lstm)
    let all = operands.everything(of: 3)
    for wanted in operands.all.indices {
      let leaves = operands.all.enumerated().map { $1.detach().requiresGrad_($0 == wanted) }
      let results = operands.results(leaves)
      let generator = Generator(seed: 8)
      let weights = results.map { Tensor.randn($0.shape, dtype: $0.dtype, generator: generator) }
      let found = grad(results, [leaves[wanted]], gradOutputs: weights)[0]!
      #expect(found.equal(all[results.count + wanted]))
    }
    // c alone: nothing arrives at the outputs.
    let leaves = operands.all.map { $0.detach().requiresGrad_() }
    let last = grad([operands.results(leaves)[2].sum()], [leaves[0]])[0]!
    let steps = grad([operands.results(leaves, asSteps: true)[2].sum()], [leaves[0]])[0]!
    #expect(last.allclose(steps, rtol: 1e-12, atol: 1e-12))
  }

  @Test("inputs in other layouts are read where they lie") func layouts() {
    let operands = Operands(.gru, steps: 5, batch: 4, inputs: 6, hidden: 3)
    for x in [
      operands.all[0].detach().transpose(0, 1).contiguous().transpose(0, 1),
      operands.all[0].detach().permute(2, 0, 1).contiguous().permute(1, 2, 0),
    ] {
      var other = operands
      other.all[0] = x
      let expected = operands.everything()
      // Detached leaves keep the layout.
      for (a, b) in zip(other.everything(), expected) { #expect(a.equal(b)) }
    }
  }

  @Test("threads change no bit") func threads() {
    let before = Threads.count
    defer { Threads.count = before }
    for kind in [RecurrentKind.lstm, .gru, .tanh] {
      let operands = Operands(
        kind, steps: 4, batch: 29, inputs: 40, hidden: 37, dtype: .float32)
      var first: [Tensor] = []
      for count in [1, 2, 3, 16] {
        Threads.count = count
        let found = operands.everything()
        if first.isEmpty { first = found }
        for (a, b) in zip(found, first) { #expect(a.equal(b), "\(kind), \(count) threads") }
      }
    }
  }

  @Test("halves and projections go step by step") func others() {
    let half = Operands(.lstm, dtype: .bfloat16)
    for (a, b) in zip(half.everything(), half.everything(asSteps: true)) { #expect(a.equal(b)) }
    #expect(half.results(half.all)[0].gradFn?.name == "StackBackward0")
    #expect(Operands(.lstm).results(Operands(.lstm).all)[0].gradFn?.name == "LstmBackward0")
  }

  @Test("a change of what was saved is noticed") func versions() {
    let operands = Operands(.tanh)
    let output = operands.results(operands.all)[0]
    let error = #expect(throws: Misuse.self) {
      try checked {
        noGrad { _ = output.mul_(2) }
        output.sum().backward()
      }
    }
    #expect(error.map { "\($0)".contains("RnnTanhBackward0") } == true)
  }
}
