import DescentCore

/// A long short-term memory over a sequence.
///
/// ```swift
/// let lstm = LSTM(10, 20, numLayers: 2)
/// let (output, (h, c)) = lstm(Tensor.randn(5, 3, 10), nil)   // [5, 3, 20], [2, 3, 20], [2, 3, 20]
/// ```
/// - Source: torch.nn.LSTM; Hochreiter and Schmidhuber 1997, Sak et al. 2014 (projections)
public final class LSTM: RecurrentLayer {
  /// Makes the layer; for its parameters see `RecurrentLayer`.
  public init(
    _ inputSize: Int, _ hiddenSize: Int, numLayers: Int = 1, bias: Bool = true,
    batchFirst: Bool = false, dropout: Double = 0, bidirectional: Bool = false, projSize: Int = 0,
    dtype: DType = .float32, generator: Generator? = nil
  ) {
    super.init(
      .lstm, inputSize, hiddenSize, numLayers: numLayers, bias: bias, batchFirst: batchFirst,
      dropout: dropout, bidirectional: bidirectional, projSize: projSize, dtype: dtype,
      generator: generator)
  }

  /// The outputs of all steps and the last states, from the given ones or zeros.
  ///
  /// x is [T, N, inputSize] ([N, T, inputSize] with `batchFirst`) or [T, inputSize]; states are
  /// [layers · directions, N, size].
  public func callAsFunction(
    _ x: Tensor, _ state: (h: Tensor, c: Tensor)?, file: StaticString = #fileID, line: UInt = #line
  ) -> (output: Tensor, state: (h: Tensor, c: Tensor)) {
    let sizes = [projSize > 0 ? projSize : hiddenSize, hiddenSize]
    let (output, states) = called(x, [state?.h, state?.c], sizes, file, line)
    return (output, (states[0], states[1]))
  }

  /// The outputs of all steps, from states of zero.
  public override func forward(_ x: Tensor) -> Tensor { self(x, nil).output }
}

/// A gated recurrent unit over a sequence.
///
/// - Source: torch.nn.GRU; Cho et al. 2014
public final class GRU: RecurrentLayer {
  /// Makes the layer; for its parameters see `RecurrentLayer`.
  public init(
    _ inputSize: Int, _ hiddenSize: Int, numLayers: Int = 1, bias: Bool = true,
    batchFirst: Bool = false, dropout: Double = 0, bidirectional: Bool = false,
    dtype: DType = .float32, generator: Generator? = nil
  ) {
    super.init(
      .gru, inputSize, hiddenSize, numLayers: numLayers, bias: bias, batchFirst: batchFirst,
      dropout: dropout, bidirectional: bidirectional, dtype: dtype, generator: generator)
  }

  /// The outputs of all steps and the last state, from the given one or zeros; shapes as in `LSTM`.
  public func callAsFunction(
    _ x: Tensor, _ state: Tensor?, file: StaticString = #fileID, line: UInt = #line
  ) -> (output: Tensor, state: Tensor) {
    let (output, states) = called(x, [state], [hiddenSize], file, line)
    return (output, states[0])
  }

  /// The outputs of all steps, from a state of zero.
  public override func forward(_ x: Tensor) -> Tensor { self(x, nil).output }
}

/// A recurrent layer of one product and a nonlinearity: h' = tanh(W x + b + V h + c), or relu.
///
/// - Source: torch.nn.RNN; Elman 1990
public final class RNN: RecurrentLayer {
  /// What bounds the state.
  public enum Nonlinearity: String, Sendable {
    case tanh, relu
  }
  public let nonlinearity: Nonlinearity

  /// Makes the layer; for its parameters see `RecurrentLayer`.
  public init(
    _ inputSize: Int, _ hiddenSize: Int, numLayers: Int = 1, nonlinearity: Nonlinearity = .tanh,
    bias: Bool = true, batchFirst: Bool = false, dropout: Double = 0, bidirectional: Bool = false,
    dtype: DType = .float32, generator: Generator? = nil
  ) {
    self.nonlinearity = nonlinearity
    super.init(
      nonlinearity == .tanh ? .tanh : .relu, inputSize, hiddenSize, numLayers: numLayers,
      bias: bias, batchFirst: batchFirst,
      dropout: dropout, bidirectional: bidirectional, dtype: dtype, generator: generator)
  }

  /// The outputs of all steps and the last state, from the given one or zeros; shapes as in `LSTM`.
  public func callAsFunction(
    _ x: Tensor, _ state: Tensor?, file: StaticString = #fileID, line: UInt = #line
  ) -> (output: Tensor, state: Tensor) {
    let (output, states) = called(x, [state], [hiddenSize], file, line)
    return (output, states[0])
  }

  /// The outputs of all steps, from a state of zero.
  public override func forward(_ x: Tensor) -> Tensor { self(x, nil).output }
}
