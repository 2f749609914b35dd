import Descent

extension ModuleTable {
  func addRecurrent() {
    module("LSTM") { a in
      LSTM(
        try a.int(0, "input_size"), try a.int(1, "hidden_size"),
        numLayers: try a.int(2, "num_layers", 1), bias: try a.bool(3, "bias", true),
        batchFirst: try a.bool(4, "batch_first", false), dropout: try a.double(5, "dropout", 0),
        bidirectional: try a.bool(6, "bidirectional", false),
        projSize: try a.int(7, "proj_size", 0))
    } forward: { module, a in
      let (output, (h, c)) = module(try a.x, try a.pair(1))
      return [output, h, c]
    }
    module("GRU") { a in
      GRU(
        try a.int(0, "input_size"), try a.int(1, "hidden_size"),
        numLayers: try a.int(2, "num_layers", 1), bias: try a.bool(3, "bias", true),
        batchFirst: try a.bool(4, "batch_first", false), dropout: try a.double(5, "dropout", 0),
        bidirectional: try a.bool(6, "bidirectional", false))
    } forward: { module, a in
      let (output, h) = module(try a.x, try a.optionalTensor(1))
      return [output, h]
    }
    module("RNN") { a in
      RNN(
        try a.int(0, "input_size"), try a.int(1, "hidden_size"),
        numLayers: try a.int(2, "num_layers", 1), nonlinearity: try a.nonlinearity(3),
        bias: try a.bool(4, "bias", true), batchFirst: try a.bool(5, "batch_first", false),
        dropout: try a.double(6, "dropout", 0),
        bidirectional: try a.bool(7, "bidirectional", false))
    } forward: { module, a in
      let (output, h) = module(try a.x, try a.optionalTensor(1))
      return [output, h]
    }
    module("LSTMCell") { a in
      LSTMCell(try a.int(0), try a.int(1), bias: try a.bool(2, "bias", true))
    } forward: { module, a in
      let (h, c) = module(try a.x, try a.pair(1))
      return [h, c]
    }
    module("GRUCell") { a in
      GRUCell(try a.int(0), try a.int(1), bias: try a.bool(2, "bias", true))
    } forward: { module, a in
      [module(try a.x, try a.optionalTensor(1))]
    }
    module("RNNCell") { a in
      RNNCell(
        try a.int(0), try a.int(1), bias: try a.bool(2, "bias", true),
        nonlinearity: try a.nonlinearity(3))
    } forward: { module, a in
      [module(try a.x, try a.optionalTensor(1))]
    }
  }
}

extension Arguments {
  /// The two states of an LSTM.
  func pair(_ position: Int) throws -> (h: Tensor, c: Tensor)? {
    guard value(position, nil)?.sequence != nil else { return nil }
    let states = try tensors(position)
    return (states[0], states[1])
  }

  func nonlinearity(_ position: Int) throws -> RNN.Nonlinearity {
    guard let word = value(position, "nonlinearity")?.string else { return .tanh }
    guard let found = RNN.Nonlinearity(rawValue: word) else {
      throw Refusal.untyped("no nonlinearity \(word)")
    }
    return found
  }
}
