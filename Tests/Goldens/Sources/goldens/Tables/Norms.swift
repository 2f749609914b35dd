import Descent

extension OpTable {
  /// Norms, distances, differences and covariance.
  func addNorms() {
    op("norm") { a in try a.norm() }
    op("norm.fro") { a in try a.norm() }
    op("linalg.vector_norm") { a in
      try a.x.vectorNorm(
        a.double(1, "ord", 2), dim: a.dims(2), keepDim: a.bool(3, "keepdim", false),
        dtype: a.optionalDType(nil))
    }
    op("linalg.matrix_norm") { a in
      try a.x.matrixNorm(
        a.matrixNorm(1), dim: a.pair(2), keepDim: a.bool(3, "keepdim", false))
    }
    op("linalg.norm") { a in
      let dims = try a.dims(2)
      let ndim = try a.x.ndim
      let isMatrix = a.value(1, "ord") != nil && (dims.count == 2 || dims.isEmpty && ndim == 2)
      if isMatrix {
        return try a.x.matrixNorm(
          a.matrixNorm(1), dim: dims.isEmpty ? (-2, -1) : (dims[0], dims[1]),
          keepDim: a.bool(3, "keepdim", false))
      }
      return try a.x.vectorNorm(
        a.double(1, "ord", 2), dim: dims, keepDim: a.bool(3, "keepdim", false))
    }
    op("dist") { a in try a.x.dist(a.tensor(1), p: a.double(2, "p", 2)) }
    op("renorm") { a in
      try a.x.renorm(a.double(1, "p"), a.int(2, "dim"), a.double(3, "maxnorm"))
    }
    op("nn.functional.normalize") { a in
      try a.x.normalize(
        p: a.double(1, "p", 2), dim: a.int(2, "dim", 1), eps: a.double(3, "eps", 1e-12))
    }
    op("diff") { a in
      try a.x.diff(
        n: a.int(1, "n", 1), dim: a.int(2, "dim", -1), prepend: a.optionalTensor(3, "prepend"),
        append: a.optionalTensor(4, "append"))
    }
    op("trapezoid") { a in
      let dim = try a.int(nil, "dim", -1)
      if let x = try a.optionalTensor(1, "x") { return try a.x.trapezoid(x, dim: dim) }
      return try a.x.trapezoid(dx: a.double(nil, "dx", 1), dim: dim)
    }
    op("cumulative_trapezoid") { a in
      let dim = try a.int(nil, "dim", -1)
      if let x = try a.optionalTensor(1, "x") { return try a.x.cumulativeTrapezoid(x, dim: dim) }
      return try a.x.cumulativeTrapezoid(dx: a.double(nil, "dx", 1), dim: dim)
    }
    op("cov") { a in
      try a.x.cov(
        correction: a.int(nil, "correction", 1), fweights: a.optionalTensor(nil, "fweights"),
        aweights: a.optionalTensor(nil, "aweights"))
    }
    op("corrcoef") { a in try a.x.corrcoef() }
    op("cross") { a in
      let (x, y) = (try a.x, try a.tensor(1))
      let dim = try a.optionalInt(2, "dim") ?? x.shape.firstIndex(of: 3) ?? -1
      return x.cross(y, dim: dim)
    }
    op("linalg.cross") { a in try a.x.cross(a.tensor(1), dim: a.int(nil, "dim", -1)) }
  }
}

extension Arguments {
  fileprivate func norm() throws -> Tensor {
    let p: Double
    switch value(1, "p") {
    case .string("fro"), .none: p = 2
    case .string(let name): throw Refusal.unsupported("norm \(name)")
    default: p = try double(1, "p", 2)
    }
    return try x.norm(
      p, dim: dims(2), keepDim: bool(3, "keepdim", false), dtype: optionalDType(nil))
  }

  fileprivate func matrixNorm(_ index: Int) throws -> MatrixNorm {
    switch value(index, "ord") {
    case .none, .string("fro"): return .fro
    case .string(let name): throw Refusal.unsupported("matrix norm \(name)")
    case .some(let value):
      switch value.double {
      case 1: return .one
      case -1: return .minusOne
      case Double.infinity: return .infinity
      case -Double.infinity: return .minusInfinity
      default: throw Refusal.unsupported("matrix norm by singular values")
      }
    }
  }

  fileprivate func pair(_ index: Int) throws -> (Int, Int) {
    let dims = try dims(index)
    return dims.isEmpty ? (-2, -1) : (dims[0], dims[1])
  }
}
