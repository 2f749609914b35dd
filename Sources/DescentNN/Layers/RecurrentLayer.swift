import DescentCore

/// What the recurrent layers share: weights for each layer and direction, and the walk over the steps.
///
/// | parameter | shape |
/// |---|---|
/// | weight_ih_lK, with `_reverse` for the second direction | [gates H, input or directions · output of the layer below] |
/// | weight_hh_lK | [gates H, P or H] |
/// | bias_ih_lK, bias_hh_lK | [gates H] |
/// | weight_hr_lK | [P, H], of an LSTM with projections |
///
/// All are drawn uniform in ±1/√H, in this order, layer by layer.
/// - Source: torch.nn.modules.rnn
public class RecurrentLayer: Module {
  public let inputSize: Int
  public let hiddenSize: Int
  public let numLayers: Int
  public let hasBias: Bool
  public let batchFirst: Bool
  /// The probability of dropout between layers.
  public let dropout: Double
  public let bidirectional: Bool
  /// The size that an LSTM's output is projected to; 0 for none.
  public let projSize: Int

  /// The weights of one layer in one direction.
  struct Weights {
    var suffix: String
    var input: Parameter
    var hidden: Parameter
    var inputBias: Parameter?
    var hiddenBias: Parameter?
    var projection: Parameter?

    var tensors: RecurrentWeights {
      RecurrentWeights(
        input: input, hidden: hidden, inputBias: inputBias, hiddenBias: hiddenBias,
        projection: projection)
    }
  }
  private let kind: RecurrentKind
  private let weights: [Weights]

  init(
    _ kind: RecurrentKind, _ inputSize: Int, _ hiddenSize: Int, numLayers: Int, bias: Bool,
    batchFirst: Bool, dropout: Double, bidirectional: Bool, projSize: Int = 0, dtype: DType,
    generator: Generator?
  ) {
    self.kind = kind
    self.inputSize = inputSize
    self.hiddenSize = hiddenSize
    self.numLayers = numLayers
    hasBias = bias
    self.batchFirst = batchFirst
    self.dropout = dropout
    self.bidirectional = bidirectional
    self.projSize = projSize
    func drawn(_ sizes: Int...) -> Parameter {
      Parameter(drawn: Shape(sizes), fan: hiddenSize, dtype, generator)
    }
    let (rows, state) = (kind.gates * hiddenSize, projSize > 0 ? projSize : hiddenSize)
    var made: [Weights] = []
    for layer in 0..<numLayers {
      for direction in 0..<(bidirectional ? 2 : 1) {
        let width = layer == 0 ? inputSize : state * (bidirectional ? 2 : 1)
        made.append(
          Weights(
            suffix: "l\(layer)" + (direction == 1 ? "_reverse" : ""),
            input: drawn(rows, width), hidden: drawn(rows, state),
            inputBias: bias ? drawn(rows) : nil, hiddenBias: bias ? drawn(rows) : nil,
            projection: projSize > 0 ? drawn(projSize, hiddenSize) : nil))
      }
    }
    weights = made
  }

  final override var additionalMembers: [(name: String, member: Module.Member)] {
    weights.flatMap { w in
      [
        ("weight_ih", w.input), ("weight_hh", w.hidden), ("bias_ih", w.inputBias),
        ("bias_hh", w.hiddenBias), ("weight_hr", w.projection),
      ].compactMap { name, parameter in
        parameter.map { (name: "\(name)_\(w.suffix)", member: .parameter($0)) }
      }
    }
  }

  /// Walks over all layers and directions of x [T, N, inputSize] from `states`, each [layers, N, size] or
  /// nil for zeros.
  private func run(_ x: Tensor, _ states: [Tensor?]) -> (output: Tensor, states: [Tensor]) {
    let directions = bidirectional ? 2 : 1
    let starts = states.map { $0?.unbind() }
    var ends = [[Tensor]](repeating: [], count: states.count)
    var output = x
    for layer in 0..<numLayers {
      var found: [Tensor] = []
      for direction in 0..<directions {
        let index = layer * directions + direction
        let (steps, last) = output.recurrent(
          kind, weights[index].tensors, starts.map { $0?[index] }, isReversed: direction == 1)
        found.append(steps)
        for (i, state) in last.enumerated() { ends[i].append(state) }
      }
      output = found.count == 1 ? found[0] : Tensor.cat(found, dim: 2)
      if dropout > 0 && layer < numLayers - 1 {
        output = output.dropout(dropout, training: isTraining)
      }
    }
    return (output, ends.map { Tensor.stack($0) })
  }

  /// Checks input and states, brings them to [T, N, …], runs, and brings the results back.
  final func called(
    _ x: Tensor, _ states: [Tensor?], _ sizes: [Int], _ file: StaticString, _ line: UInt
  ) -> (output: Tensor, states: [Tensor]) {
    inside(file: file, line: line) {
      let isBatched = x.ndim == 3
      guard x.ndim == 2 || isBatched, x.shape[-1] == inputSize, x.numel() > 0 else {
        Misuse(
          "\(type(of: self))",
          "the input is \(batchFirst ? "[N, T" : "[T, N"), \(inputSize)] or [T, \(inputSize)], with a step at least",
          got: "\(x.shape.brackets)", try: "reshape or transpose"
        ).report(file: file, line: line)
        return (x, sizes.map { _ in x })
      }
      var input = isBatched ? x : x.unsqueeze(1)
      if isBatched && batchFirst { input = input.transpose(0, 1) }
      let count = numLayers * (bidirectional ? 2 : 1)
      var starts: [Tensor?] = []
      for (state, size) in zip(states, sizes) {
        let shape = [count, input.shape[1], size] as Shape
        let given = state.map { isBatched ? $0 : $0.unsqueeze(1) }
        if let given, given.shape != shape {
          Misuse(
            "\(type(of: self))", "a state is [layers, N, size]", got: "\(given.shape.brackets)",
            try: "\(shape.brackets)"
          ).report(file: file, line: line)
          return (x, sizes.map { _ in x })
        }
        starts.append(given)
      }
      var (output, ends) = run(input, starts)
      if isBatched { return (batchFirst ? output.transpose(0, 1) : output, ends) }
      output = output.squeeze(1)
      ends = ends.map { $0.squeeze(1) }
      return (output, ends)
    }
  }

  public override func multiplyAdds(_ input: Tensor, _ output: Tensor) -> Int {
    let steps = input.numel() / max(inputSize, 1)
    return parameters().filter { $0.ndim == 2 }.reduce(0) { $0 + $1.numel() } * steps
  }

  public override var extraDescription: String {
    var text = "\(inputSize), \(hiddenSize)"
    if projSize != 0 { text += ", proj_size=\(projSize)" }
    if numLayers != 1 { text += ", num_layers=\(numLayers)" }
    if !hasBias { text += ", bias=False" }
    if batchFirst { text += ", batch_first=True" }
    if dropout != 0 { text += ", dropout=\(dropout)" }
    if bidirectional { text += ", bidirectional=True" }
    return text
  }
}
