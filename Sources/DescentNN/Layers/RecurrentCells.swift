import DescentCore

/// What the cells share: one step's weights, drawn uniform in ±1/√hiddenSize.
///
/// | parameter | shape |
/// |---|---|
/// | weight_ih | [gates · hiddenSize, inputSize] |
/// | weight_hh | [gates · hiddenSize, hiddenSize] |
/// | bias_ih, bias_hh | [gates · hiddenSize] |
/// - Source: torch.nn.modules.rnn.RNNCellBase
public class RecurrentCell: Module {
  public let inputSize: Int
  public let hiddenSize: Int
  public var weightIh: Parameter
  public var weightHh: Parameter
  public var biasIh: Parameter?
  public var biasHh: Parameter?

  init(
    gates: Int, _ inputSize: Int, _ hiddenSize: Int, bias: Bool, dtype: DType,
    generator: Generator?
  ) {
    self.inputSize = inputSize
    self.hiddenSize = hiddenSize
    func drawn(_ sizes: Int...) -> Parameter {
      Parameter(drawn: Shape(sizes), fan: hiddenSize, dtype, generator)
    }
    weightIh = drawn(gates * hiddenSize, inputSize)
    weightHh = drawn(gates * hiddenSize, hiddenSize)
    if bias {
      biasIh = drawn(gates * hiddenSize)
      biasHh = drawn(gates * hiddenSize)
    }
  }

  public override var parameterNames: [String: String] {
    [
      "weightIh": "weight_ih", "weightHh": "weight_hh", "biasIh": "bias_ih", "biasHh": "bias_hh",
    ]
  }

  /// Brings x [N, inputSize] or [inputSize] and states to matrices, steps, and brings the results back.
  final func stepped(
    _ x: Tensor, _ states: [Tensor?], _ file: StaticString, _ line: UInt,
    _ body: (_ x: Tensor, _ states: [Tensor]) -> [Tensor]
  ) -> [Tensor] {
    inside(file: file, line: line) {
      let isBatched = x.ndim == 2
      guard x.ndim == 1 || isBatched, x.shape[-1] == inputSize else {
        Misuse(
          "\(type(of: self))", "the input is [N, \(inputSize)] or [\(inputSize)]",
          got: "\(x.shape.brackets)", try: "reshape"
        ).report(file: file, line: line)
        return states.map { _ in x }
      }
      let input = isBatched ? x : x.unsqueeze(0)
      let shape = [input.shape[0], hiddenSize] as Shape
      var starts: [Tensor] = []
      for state in states {
        let given = state.map { isBatched ? $0 : $0.unsqueeze(0) }
        if let given, given.shape != shape {
          Misuse(
            "\(type(of: self))", "a state is [N, \(hiddenSize)], as the input is batched or not",
            got: "\(given.shape.brackets)", try: "\(shape.brackets)"
          ).report(file: file, line: line)
          return states.map { _ in x }
        }
        starts.append(given ?? Tensor.zeros(shape, dtype: x.dtype))
      }
      let results = body(input, starts)
      return isBatched ? results : results.map { $0.squeeze(0) }
    }
  }

  /// The sum of both products and biases.
  final func sum(_ x: Tensor, _ h: Tensor) -> Tensor {
    x.linear(weightIh, biasIh) + h.linear(weightHh, biasHh)
  }

  public override var extraDescription: String {
    "\(inputSize), \(hiddenSize)" + (biasIh == nil ? ", bias=False" : "")
  }
}

/// One step of an `LSTM`.
///
/// - Source: torch.nn.LSTMCell
public final class LSTMCell: RecurrentCell {
  /// Makes the cell; for its parameters see `RecurrentCell`.
  public init(
    _ inputSize: Int, _ hiddenSize: Int, bias: Bool = true, dtype: DType = .float32,
    generator: Generator? = nil
  ) {
    super.init(gates: 4, inputSize, hiddenSize, bias: bias, dtype: dtype, generator: generator)
  }

  /// The next states, from the given ones or zeros.
  public func callAsFunction(
    _ x: Tensor, _ state: (h: Tensor, c: Tensor)?, file: StaticString = #fileID, line: UInt = #line
  ) -> (h: Tensor, c: Tensor) {
    let next = stepped(x, [state?.h, state?.c], file, line) { x, states in
      let (h, c) = Tensor.lstmState(sum(x, states[0]), states[1])
      return [h, c]
    }
    return (next[0], next[1])
  }
}

/// One step of a `GRU`.
///
/// - Source: torch.nn.GRUCell
public final class GRUCell: RecurrentCell {
  /// Makes the cell; for its parameters see `RecurrentCell`.
  public init(
    _ inputSize: Int, _ hiddenSize: Int, bias: Bool = true, dtype: DType = .float32,
    generator: Generator? = nil
  ) {
    super.init(gates: 3, inputSize, hiddenSize, bias: bias, dtype: dtype, generator: generator)
  }

  /// The next state, from the given one or zeros.
  public func callAsFunction(
    _ x: Tensor, _ state: Tensor?, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    stepped(x, [state], file, line) { x, states in
      [
        Tensor.gruState(
          x.linear(weightIh, biasIh), states[0].linear(weightHh, biasHh), states[0])
      ]
    }[0]
  }

  /// The next state, from zeros.
  public override func forward(_ x: Tensor) -> Tensor { self(x, nil) }
}

/// One step of an `RNN`.
///
/// - Source: torch.nn.RNNCell
public final class RNNCell: RecurrentCell {
  public let nonlinearity: RNN.Nonlinearity

  /// Makes the cell; for its parameters see `RecurrentCell`.
  public init(
    _ inputSize: Int, _ hiddenSize: Int, bias: Bool = true,
    nonlinearity: RNN.Nonlinearity = .tanh, dtype: DType = .float32, generator: Generator? = nil
  ) {
    self.nonlinearity = nonlinearity
    super.init(gates: 1, inputSize, hiddenSize, bias: bias, dtype: dtype, generator: generator)
  }

  /// The next state, from the given one or zeros.
  public func callAsFunction(
    _ x: Tensor, _ state: Tensor?, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    stepped(x, [state], file, line) { x, states in
      let sum = sum(x, states[0])
      return [nonlinearity == .tanh ? sum.tanh() : sum.relu()]
    }[0]
  }

  /// The next state, from zeros.
  public override func forward(_ x: Tensor) -> Tensor { self(x, nil) }

  public override var extraDescription: String {
    super.extraDescription + (nonlinearity == .tanh ? "" : ", nonlinearity=relu")
  }
}
