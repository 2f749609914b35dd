import Descent

extension OpTable {
  func addJoining() {
    op("cat") { a in Tensor.cat(try a.tensors(0), dim: try a.int(1, "dim", 0)) }
    op("stack") { a in Tensor.stack(try a.tensors(0), dim: try a.int(1, "dim", 0)) }
    op("hstack") { a in Tensor.hstack(try a.tensors(0)) }
    op("vstack") { a in Tensor.vstack(try a.tensors(0)) }
    op("dstack") { a in Tensor.dstack(try a.tensors(0)) }
    op("column_stack") { a in Tensor.columnStack(try a.tensors(0)) }
    op("block_diag") { a in Tensor.blockDiag(try a.allTensors()) }
    op("cartesian_prod") { a in Tensor.cartesianProd(try a.allTensors()) }
    op("combinations") { a in
      try a.x.combinations(
        r: a.int(nil, "r", 2), withReplacement: a.bool(nil, "with_replacement", false))
    }
    ops("broadcast_tensors") { a in Tensor.broadcastTensors(try a.allTensors()) }
    ops("meshgrid.variadic_tensors") { a in
      Tensor.meshgrid(
        try a.allTensors(), indexing: try a.string(nil, "indexing", "ij") == "xy" ? .xy : .ij)
    }
  }

  func addParts() {
    op("diagonal") { a in
      try a.x.diagonal(
        offset: a.int(1, "offset", 0), dim1: a.int(2, "dim1", 0), dim2: a.int(3, "dim2", 1))
    }
    op("unfold") { a in try a.x.unfold(a.int(1), a.int(2), a.int(3)) }
    ops("chunk") { a in try a.x.chunk(a.int(1, "chunks"), dim: a.int(2, "dim", 0)) }
    ops("unbind") { a in try a.x.unbind(dim: a.int(1, "dim", 0)) }
    ops("split") { a in try a.x.split(a.int(1), dim: a.int(2, "dim", 0)) }
    ops("split.list_args") { a in try a.x.split(a.ints(1), dim: a.int(2, "dim", 0)) }
    ops("split_with_sizes") { a in try a.x.split(a.ints(1), dim: a.int(2, "dim", 0)) }
    ops("tensor_split") { a in
      let dim = try a.int(2, "dim", 0)
      if let value = a.value(1, nil), let indices = try a.fixture.tensor(value) {
        return try a.x.tensorSplit(indices, dim: dim)
      }
      switch try a.optionalInts(1) {
      case .one(let sections): return try a.x.tensorSplit(sections, dim: dim)
      case .many(let indices): return try a.x.tensorSplit(indices, dim: dim)
      case nil: throw Refusal.untyped("nothing to split by")
      }
    }
    ops("hsplit") { a in try a.splits({ $0.hsplit($1) }, { $0.hsplit($1) }) }
    ops("vsplit") { a in try a.splits({ $0.vsplit($1) }, { $0.vsplit($1) }) }
    ops("dsplit") { a in try a.splits({ $0.dsplit($1) }, { $0.dsplit($1) }) }
    op("diagonal_scatter") { a in
      try a.x.diagonalScatter(
        a.y, offset: a.int(2, "offset", 0), dim1: a.int(3, "dim1", 0), dim2: a.int(4, "dim2", 1))
    }
    op("select_scatter") { a in try a.x.selectScatter(a.y, a.int(2, "dim"), a.int(3, "index")) }
    op("slice_scatter") { a in
      try a.x.sliceScatter(
        a.y, dim: a.int(2, "dim", 0), start: a.optionalInt(3, "start"), end: a.optionalInt(4, "end"),
        step: a.int(5, "step", 1))
    }
  }
}

extension Arguments {
  func splits(
    _ sections: (Tensor, Int) -> [Tensor], _ indices: (Tensor, [Int]) -> [Tensor]
  ) throws -> [Tensor] {
    switch try optionalInts(1) {
    case .one(let count): sections(try x, count)
    case .many(let places): indices(try x, places)
    case nil: throw Refusal.untyped("nothing to split by")
    }
  }
}
