import Descent

extension OpTable {
  func addReductions() {
    op("sum") { a in
      let (keepDim, dtype) = (try a.bool(2, "keepdim", false), try a.optionalDType(nil))
      switch try a.optionalInts(1, "dim") {
      case nil where keepDim: return try a.x.sum(dim: [], keepDim: true, dtype: dtype)
      case nil: return try a.x.sum(dtype: dtype)
      case .one(let dim): return try a.x.sum(dim: dim, keepDim: keepDim, dtype: dtype)
      case .many(let dims): return try a.x.sum(dim: dims, keepDim: keepDim, dtype: dtype)
      }
    }
    op("mean") { a in
      let (keepDim, dtype) = (try a.bool(2, "keepdim", false), try a.optionalDType(nil))
      switch try a.optionalInts(1, "dim") {
      case nil where keepDim: return try a.x.mean(dim: [], keepDim: true, dtype: dtype)
      case nil: return try a.x.mean(dtype: dtype)
      case .one(let dim): return try a.x.mean(dim: dim, keepDim: keepDim, dtype: dtype)
      case .many(let dims): return try a.x.mean(dim: dims, keepDim: keepDim, dtype: dtype)
      }
    }
    op("argmax") { a in
      try a.x.argmax(dim: a.optionalInt(1, "dim"), keepDim: a.bool(2, "keepdim", false))
    }
    op("argmin") { a in
      try a.x.argmin(dim: a.optionalInt(1, "dim"), keepDim: a.bool(2, "keepdim", false))
    }
  }
}
