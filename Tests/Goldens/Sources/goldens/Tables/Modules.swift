import Descent

/// The modules by PyTorch's name: how to make one from its arguments, and how to call it.
final class ModuleTable {
  typealias Forward = (Arguments) throws -> [Tensor]
  typealias Make = (Arguments) throws -> (Module, Forward)
  private var makers: [String: Make] = [:]

  nonisolated(unsafe) static let all = {
    let table = ModuleTable()
    table.addLayers()
    table.addLosses()
    table.addPadding()
    table.addConvolutions()
    table.addRecurrent()
    table.addAttention()
    table.addNormalization()
    table.addPooling()
    return table
  }()

  subscript(name: String) -> Make? { makers[name] }

  /// Adds a module of one input and one result.
  func module(_ name: String, _ make: @escaping (Arguments) throws -> Module) {
    makers[name] = { arguments in
      let module = try make(arguments)
      return (module, { [module(try $0.tensor(0, "input"))] })
    }
  }

  /// Adds a module whose call is its own.
  func module<M: Module>(
    _ name: String, _ make: @escaping (Arguments) throws -> M,
    forward: @escaping (M, Arguments) throws -> [Tensor]
  ) {
    makers[name] = { arguments in
      let module = try make(arguments)
      return (module, { try forward(module, $0) })
    }
  }

  /// Adds a loss of input and target.
  func loss(_ name: String, _ make: @escaping (Arguments) throws -> Loss) {
    module(name, make) { loss, a in [try loss(a.x, a.y)] }
  }

  private func addLayers() {
    module("Linear") { a in
      Linear(
        try a.int(0, "in_features"), try a.int(1, "out_features"), bias: try a.bool(2, "bias", true)
      )
    }
    module("Bilinear") { a in
      Bilinear(try a.int(0), try a.int(1), try a.int(2), bias: try a.bool(3, "bias", true))
    } forward: { module, a in
      [module(try a.x, try a.y)]
    }
    module("ReLU") { _ in ReLU() }
    module("Sigmoid") { _ in Sigmoid() }
    module("Tanh") { _ in Tanh() }
    module("SiLU") { _ in SiLU() }
    module("Mish") { _ in Mish() }
    module("LeakyReLU") { a in LeakyReLU(try a.double(0, "negative_slope", 0.01)) }
    module("ELU") { a in ELU(alpha: try a.double(0, "alpha", 1)) }
    module("GELU") { a in
      GELU(approximate: try a.string(0, "approximate", "none") == "tanh" ? .tanh : .none)
    }
    module("ReLU6") { _ in ReLU6() }
    module("SELU") { _ in SELU() }
    module("CELU") { a in CELU(alpha: try a.double(0, "alpha", 1)) }
    module("Hardtanh") { a in
      Hardtanh(try a.double(0, "min_val", -1), try a.double(1, "max_val", 1))
    }
    module("Hardshrink") { a in Hardshrink(try a.double(0, "lambd", 0.5)) }
    module("Softshrink") { a in Softshrink(try a.double(0, "lambd", 0.5)) }
    module("Hardswish") { _ in Hardswish() }
    module("Hardsigmoid") { _ in Hardsigmoid() }
    module("LogSigmoid") { _ in LogSigmoid() }
    module("Softsign") { _ in Softsign() }
    module("Tanhshrink") { _ in Tanhshrink() }
    module("Threshold") { a in
      Threshold(try a.double(0, "threshold"), try a.double(1, "value"))
    }
    module("PReLU") { a in PReLU(try a.int(0, "num_parameters", 1)) }
    module("GLU") { a in GLU(try a.int(0, "dim", -1)) }
    module("Softmin") { a in Softmin(dim: try a.int(0, "dim")) }
    module("Softmax2d") { _ in Softmax2d() }
    module("Embedding") { a in
      Embedding(
        try a.int(0, "num_embeddings"), try a.int(1, "embedding_dim"),
        paddingIdx: try a.optionalInt(2, "padding_idx"))
    }
    module("Softplus") { a in
      Softplus(beta: try a.double(0, "beta", 1), threshold: try a.double(1, "threshold", 20))
    }
    module("Softmax") { a in Softmax(dim: try a.int(0, "dim")) }
    module("LogSoftmax") { a in LogSoftmax(dim: try a.int(0, "dim")) }
  }

  private func addLosses() {
    loss("MSELoss") { a in MSELoss(reduction: try a.reduction) }
    loss("L1Loss") { a in L1Loss(reduction: try a.reduction) }
    loss("SmoothL1Loss") { a in
      SmoothL1Loss(beta: try a.double(nil, "beta", 1), reduction: try a.reduction)
    }
    loss("HuberLoss") { a in
      HuberLoss(delta: try a.double(nil, "delta", 1), reduction: try a.reduction)
    }
    loss("BCELoss") { a in
      BCELoss(weight: try a.optionalTensor(nil, "weight"), reduction: try a.reduction)
    }
    loss("BCEWithLogitsLoss") { a in
      BCEWithLogitsLoss(
        weight: try a.optionalTensor(nil, "weight"),
        posWeight: try a.optionalTensor(nil, "pos_weight"),
        reduction: try a.reduction)
    }
    loss("KLDivLoss") { a in
      KLDivLoss(logTarget: try a.bool(nil, "log_target", false), reduction: try a.reduction)
    }
    loss("NLLLoss") { a in
      NLLLoss(
        weight: try a.optionalTensor(nil, "weight"),
        ignoreIndex: try a.int(nil, "ignore_index", -100),
        reduction: try a.reduction)
    }
    loss("CrossEntropyLoss") { a in
      CrossEntropyLoss(
        weight: try a.optionalTensor(nil, "weight"),
        ignoreIndex: try a.int(nil, "ignore_index", -100),
        labelSmoothing: try a.double(nil, "label_smoothing", 0), reduction: try a.reduction)
    }
    loss("PoissonNLLLoss") { a in
      PoissonNLLLoss(
        logInput: try a.bool(nil, "log_input", true), full: try a.bool(nil, "full", false),
        reduction: try a.reduction)
    }
    loss("SoftMarginLoss") { a in SoftMarginLoss(reduction: try a.reduction) }
    loss("HingeEmbeddingLoss") { a in
      HingeEmbeddingLoss(margin: try a.double(nil, "margin", 1), reduction: try a.reduction)
    }
    loss("MultiLabelSoftMarginLoss") { a in
      MultiLabelSoftMarginLoss(
        weight: try a.optionalTensor(nil, "weight"), reduction: try a.reduction)
    }
    loss("MultiLabelMarginLoss") { a in MultiLabelMarginLoss(reduction: try a.reduction) }
    loss("MultiMarginLoss") { a in
      MultiMarginLoss(
        weight: try a.optionalTensor(nil, "weight"), p: try a.int(nil, "p", 1),
        margin: try a.double(nil, "margin", 1), reduction: try a.reduction)
    }
    module("GaussianNLLLoss") { a in
      GaussianNLLLoss(full: try a.bool(nil, "full", false), reduction: try a.reduction)
    } forward: { loss, a in
      [loss(try a.x, try a.y, try a.tensor(2))]
    }
    module("MarginRankingLoss") { a in
      MarginRankingLoss(margin: try a.double(nil, "margin", 0), reduction: try a.reduction)
    } forward: { loss, a in
      [loss(try a.x, try a.y, try a.tensor(2))]
    }
    module("CosineEmbeddingLoss") { a in
      CosineEmbeddingLoss(margin: try a.double(nil, "margin", 0), reduction: try a.reduction)
    } forward: { loss, a in
      [loss(try a.x, try a.y, try a.tensor(2))]
    }
  }

  private func addPadding() {
    let layers: [(String, ([Int]) -> Module)] = [
      ("ZeroPad1d", { ZeroPad1d($0) }), ("ZeroPad2d", { ZeroPad2d($0) }),
      ("ZeroPad3d", { ZeroPad3d($0) }), ("ReflectionPad1d", { ReflectionPad1d($0) }),
      ("ReflectionPad2d", { ReflectionPad2d($0) }), ("ReflectionPad3d", { ReflectionPad3d($0) }),
      ("ReplicationPad1d", { ReplicationPad1d($0) }),
      ("ReplicationPad2d", { ReplicationPad2d($0) }),
      ("ReplicationPad3d", { ReplicationPad3d($0) }), ("CircularPad1d", { CircularPad1d($0) }),
      ("CircularPad2d", { CircularPad2d($0) }), ("CircularPad3d", { CircularPad3d($0) }),
    ]
    for (name, make) in layers { module(name) { a in make(try a.ints(0, "padding")) } }
    let constants: [(String, ([Int], Number) -> Module)] = [
      ("ConstantPad1d", { ConstantPad1d($0, value: $1) }),
      ("ConstantPad2d", { ConstantPad2d($0, value: $1) }),
      ("ConstantPad3d", { ConstantPad3d($0, value: $1) }),
    ]
    for (name, make) in constants {
      module(name) { a in make(try a.ints(0, "padding"), try a.number(1, "value")) }
    }
  }
}
