import Descent

extension OpTable {
  func addIndexing() {
    op("gather") { a in try a.x.gather(a.int(1, "dim"), a.tensor(2, "index")) }
    op("index_select") { a in try a.x.indexSelect(a.int(1, "dim"), a.tensor(2, "index")) }
    op("take") { a in try a.x.take(a.y) }
    op("take_along_dim") { a in try a.x.takeAlongDim(a.y, dim: a.optionalInt(2, "dim")) }
    op("masked_select") { a in try a.x.maskedSelect(a.y) }
    ops("nonzero") { a in
      try a.bool(nil, "as_tuple", false) ? a.x.nonzeroAsTuple() : [a.x.nonzero()]
    }
    op("isin") { a in Tensor.isin(try a.x, try a.y) }
    op("nn.functional.embedding") { a in Tensor.embedding(try a.x, try a.y) }
    op("nn.functional.one_hot") { a in try a.x.oneHot(numClasses: a.int(1, "num_classes", -1)) }
    op("slice") { a in
      let dim = try a.int(1, "dim", 0)
      let (from, to) = (try a.optionalInt(2, "start"), try a.optionalInt(3, "end"))
      let all = Index(indexKind: .slice(from: nil, to: nil, step: 1))
      let part = Index(indexKind: .slice(from: from, to: to, step: try a.int(4, "step", 1)))
      let x = try a.x
      return try x.reading([Index](repeating: all, count: dim < 0 ? dim + x.ndim : dim) + [part])
    }
    op("__getitem__") { a in try a.x.reading(a.indices(1)) }
  }

  func addWriting() {
    op("scatter") { a in
      let (dim, index) = (try a.int(1, "dim"), try a.tensor(2, "index"))
      switch try a.operand(3, "src") {
      case .tensor(let source):
        return try a.x.scatter(dim, index, source, reduce: a.scatterReduction)
      case .number(let value): return try a.x.scatter(dim, index, value, reduce: a.scatterReduction)
      }
    }
    op("scatter_add") { a in
      try a.x.scatterAdd(a.int(1, "dim"), a.tensor(2, "index"), a.tensor(3, "src"))
    }
    for reduction in ScatterReduce.allCases {
      op("scatter_reduce.\(reduction)") { a in
        if try a.string(4) != reduction.description { throw Refusal.untyped("reduce") }
        return try a.x.scatterReduce(
          a.int(1), a.tensor(2), a.tensor(3), reduce: reduction,
          includeSelf: a.bool(nil, "include_self", true))
      }
      op("index_reduce.\(reduction)") { a in
        if try a.string(4) != reduction.description { throw Refusal.untyped("reduce") }
        return try a.x.indexReduce(
          a.int(1), a.tensor(2), a.tensor(3), reduce: reduction,
          includeSelf: a.bool(nil, "include_self", true))
      }
    }
    op("index_add") { a in
      try a.x.indexAdd(a.int(1), a.tensor(2), a.tensor(3), alpha: a.number(nil, "alpha", 1))
    }
    op("index_copy") { a in try a.x.indexCopy(a.int(1), a.tensor(2), a.tensor(3)) }
    op("index_fill") { a in
      switch try a.operand(3) {
      case .tensor(let value): try a.x.indexFill(a.int(1), a.tensor(2), value)
      case .number(let value): try a.x.indexFill(a.int(1), a.tensor(2), value)
      }
    }
    op("index_put") { a in
      try a.x.indexPut(a.tensors(1), a.tensor(2), accumulate: a.bool(3, "accumulate", false))
    }
    op("put") { a in try a.x.put(a.y, a.tensor(2), accumulate: a.bool(3, "accumulate", false)) }
    op("masked_scatter") { a in try a.x.maskedScatter(a.y, a.tensor(2)) }
  }
}

extension Arguments {
  /// The option `reduce` of scatter.
  fileprivate var scatterReduction: Tensor.ScatterReduction? {
    get throws {
      switch try string(4, "reduce", "") {
      case "add": .add
      case "multiply": .multiply
      case "": nil
      default: throw Refusal.untyped("no such reduction")
      }
    }
  }
}

/// One part of a Python index.
private struct Index: TensorIndex {
  let indexKind: IndexKind
}

extension Arguments {
  fileprivate func indices(_ position: Int) throws -> [Index] {
    guard let value = value(position, nil) else { throw Refusal.untyped("no index") }
    return try (value["tuple"]?.elements ?? [value]).map { Index(indexKind: try kind(of: $0)) }
  }

  private func kind(of value: Value) throws -> IndexKind {
    if let tensor = try fixture.tensor(value) { return .tensor(tensor) }
    if let index = value.int { return .position(index) }
    if let list = value["list"]?.elements {
      return .tensor(Tensor(list.compactMap(\.int), shape: [list.count]))
    }
    if let parts = value["slice"]?.elements {
      return .slice(from: parts[0].int, to: parts[1].int, step: parts[2].int ?? 1)
    }
    if value["ellipsis"] != nil { return .ellipsis }
    if value.isNull { return .newAxis }
    throw Refusal.unsupported("an index of another kind")
  }
}

extension Tensor {
  fileprivate func reading(_ indices: [Index]) throws -> Tensor {
    switch indices.count {
    case 1: self[indices[0]]
    case 2: self[indices[0], indices[1]]
    case 3: self[indices[0], indices[1], indices[2]]
    case 4: self[indices[0], indices[1], indices[2], indices[3]]
    default: throw Refusal.unsupported("\(indices.count) indices")
    }
  }
}
