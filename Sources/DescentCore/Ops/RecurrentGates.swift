// What happens at the gates of recurrent layers: everything but the products, each one pass over memory.

private enum Gates {
  static let lstmMemory = Pointwise("lstmMemory", inputs: 4, scalars: 0) { x, _ in
    sigmoid(x[1]) * x[3] + sigmoid(x[0]) * tanh(x[2])
  }
  static let lstmOutput = Pointwise("lstmOutput", inputs: 2, scalars: 0) { x, _ in
    sigmoid(x[0]) * tanh(x[1])
  }
  static let gruOutput = Pointwise("gruOutput", inputs: 7, scalars: 0) { x, _ in
    let new = tanh(x[2] + sigmoid(x[0] + x[3]) * x[5])
    return sigmoid(x[1] + x[4]) * (x[6] - new) + new
  }
}

extension Tensor {
  /// The next state of a long short-term memory.
  ///
  ///     c' = σ(f) c + σ(i) tanh(g)        h' = σ(o) tanh(c')
  /// - Parameters:
  ///   - gates: the sums of both products and biases, [N, 4 H] in the order i f g o.
  ///   - memory: c, [N, H].
  /// - Gradient: that of the two formulas, each one pass.
  /// - Source: torch.lstm_cell
  package static func lstmState(_ gates: Tensor, _ memory: Tensor) -> (h: Tensor, c: Tensor) {
    let parts = gates.chunk(4, dim: 1)
    let c = Gates.lstmMemory.apply(TensorList([parts[0], parts[1], parts[2], memory]))
    return (Gates.lstmOutput.apply(TensorList(parts[3], c)), c)
  }

  /// The next state of a gated recurrent unit.
  ///
  ///     r = σ(ir + hr)    z = σ(iz + hz)    n = tanh(in + r hn)    h' = (1 - z) n + z h
  /// - Parameters:
  ///   - input: the input's product and bias, [N, 3 H] in the order r z n.
  ///   - hidden: the state's product and bias, alike.
  ///   - state: h, [N, H].
  /// - Gradient: that of the formula, one pass.
  /// - Source: torch.gru_cell
  package static func gruState(_ input: Tensor, _ hidden: Tensor, _ state: Tensor) -> Tensor {
    Gates.gruOutput.apply(
      TensorList(input.chunk(3, dim: 1) + hidden.chunk(3, dim: 1) + [state]))
  }
}
