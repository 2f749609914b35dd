import Descent

extension OpTable {
  func addProducts() {
    op("mm") { a in try a.x.mm(a.y) }
    op("bmm") { a in try a.x.bmm(a.y) }
    op("matmul") { a in try a.x.matmul(a.y) }
    op("__rmatmul__") { a in try a.y.matmul(a.x) }
    op("mv") { a in try a.x.mv(a.y) }
    op("dot") { a in try a.x.dot(a.y) }
    op("vdot") { a in try a.x.vdot(a.y) }
    op("outer") { a in try a.x.outer(a.y) }
    op("inner") { a in try a.x.inner(a.y) }
    op("kron") { a in try a.x.kron(a.y) }
    op("linalg.vecdot") { a in try a.x.vecdot(a.y, dim: a.int(2, "dim", -1)) }
    op("linalg.multi_dot") { a in Tensor.multiDot(try a.tensors(0)) }
    op("linalg.matrix_power") { a in try a.x.matrixPower(a.int(1, "n")) }
    op("einsum") { a in Tensor.einsum(try a.string(1), try a.tensors(0)) }
    op("tensordot") { a in
      guard let dims = a.value(2, "dims") else { return try a.x.tensordot(a.y) }
      if let count = dims.int { return try a.x.tensordot(a.y, dims: count) }
      let lists = (dims.sequence ?? []).map { ($0.sequence ?? [$0]).compactMap(\.int) }
      if lists.count != 2 { throw Refusal.untyped("dims is no pair") }
      return try a.x.tensordot(a.y, dims: (lists[0], lists[1]))
    }
    op("addmm") { a in
      try a.x.addmm(
        a.y, a.tensor(2), beta: a.number(nil, "beta", 1), alpha: a.number(nil, "alpha", 1))
    }
    op("addbmm") { a in
      try a.x.addbmm(
        a.y, a.tensor(2), beta: a.number(nil, "beta", 1), alpha: a.number(nil, "alpha", 1))
    }
    op("baddbmm") { a in
      try a.x.baddbmm(
        a.y, a.tensor(2), beta: a.number(nil, "beta", 1), alpha: a.number(nil, "alpha", 1))
    }
    op("addmv") { a in
      try a.x.addmv(
        a.y, a.tensor(2), beta: a.number(nil, "beta", 1), alpha: a.number(nil, "alpha", 1))
    }
    op("addr") { a in
      try a.x.addr(
        a.y, a.tensor(2), beta: a.number(nil, "beta", 1), alpha: a.number(nil, "alpha", 1))
    }
    op("nn.functional.linear") { a in
      try a.x.linear(a.tensor(1, "weight"), a.optionalTensor(2, "bias"))
    }
    op("nn.functional.bilinear") { a in
      try a.x.bilinear(a.y, a.tensor(2, "weight"), a.optionalTensor(3, "bias"))
    }
  }
}
