import DescentCore
import DescentNN
import Testing

@Suite("Recurrent layers") struct RecurrentTests {
  @Test("one layer is its cell step by step, either way round") func cells() throws {
    let generator = Generator(seed: 1)
    let layer = LSTM(3, 4, bidirectional: true, generator: generator)
    let x = Tensor.randn(5, 2, 3, generator: generator)
    let (output, (h, c)) = layer(x, nil)
    #expect(output.shape == [5, 2, 8] && h.shape == [2, 2, 4] && c.shape == [2, 2, 4])
    for (direction, suffix) in ["", "_reverse"].enumerated() {
      let cell = LSTMCell(3, 4)
      let state = layer.stateDict()
      try cell.load(
        stateDict: StateDict(
          dictionaryLiteral: ("weight_ih", state["weight_ih_l0\(suffix)"]!),
          ("weight_hh", state["weight_hh_l0\(suffix)"]!),
          ("bias_ih", state["bias_ih_l0\(suffix)"]!), ("bias_hh", state["bias_hh_l0\(suffix)"]!)))
      var states: (h: Tensor, c: Tensor)?
      for t in direction == 0 ? [0, 1, 2, 3, 4] : [4, 3, 2, 1, 0] {
        states = cell(x[t], states)
        let part = output[t].narrow(1, 4 * direction, 4)
        #expect(part.allclose(states!.h, rtol: 1e-5, atol: 1e-6))
      }
      #expect(c[direction].allclose(states!.c, rtol: 1e-5, atol: 1e-6))
    }
  }

  @Test("batch first is the same, transposed; without a batch the same, squeezed") func layouts() {
    let first = GRU(3, 4, numLayers: 2, batchFirst: true, generator: Generator(seed: 2))
    let second = GRU(3, 4, numLayers: 2, generator: Generator(seed: 2))
    let x = Tensor.randn(2, 5, 3, generator: Generator(seed: 3))
    let (a, h) = first(x, nil)
    let (b, i) = second(x.transpose(0, 1), nil)
    #expect(a.equal(b.transpose(0, 1)) && h.equal(i))
    let (alone, last) = second(x[1], nil)
    #expect(alone.shape == [5, 4] && last.shape == [2, 4])
    #expect(alone.allclose(a[1], rtol: 1e-5, atol: 1e-6))
  }

  @Test("layers print as PyTorch's") func printing() {
    #expect(
      "\(LSTM(5, 7, numLayers: 2, batchFirst: true, bidirectional: true))"
        == "LSTM(5, 7, num_layers=2, batch_first=True, bidirectional=True)")
    #expect("\(GRU(4, 5, bias: false))" == "GRU(4, 5, bias=False)")
    #expect("\(RNNCell(3, 4, nonlinearity: .relu))" == "RNNCell(3, 4, nonlinearity=relu)")
  }

  @Test("misuse says what is wrong") func misuse() {
    let layer = LSTM(3, 4)
    let error = #expect(throws: Misuse.self) {
      try checked { _ = layer(Tensor.ones(5, 2, 4), nil) }
    }
    #expect(error.map { "\($0)".contains("LSTM: the input is [T, N, 3] or [T, 3]") } == true)
    #expect(throws: Misuse.self) {
      try checked { _ = GRU(3, 4)(Tensor.ones(5, 2, 3), Tensor.ones(1, 3, 4)) }
    }
  }
}
