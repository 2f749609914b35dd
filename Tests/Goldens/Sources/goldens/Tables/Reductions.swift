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

    op("max.reduction_no_dim") { a in try a.x.max() }
    op("min.reduction_no_dim") { a in try a.x.min() }
    ops("max.reduction_with_dim") { a in
      let (values, indices) = try a.x.max(
        dim: a.int(1, "dim"), keepDim: a.bool(2, "keepdim", false))
      return [values, indices]
    }
    ops("min.reduction_with_dim") { a in
      let (values, indices) = try a.x.min(
        dim: a.int(1, "dim"), keepDim: a.bool(2, "keepdim", false))
      return [values, indices]
    }
    op("amax") { a in try a.x.amax(dim: a.dims(1), keepDim: a.bool(2, "keepdim", false)) }
    op("amin") { a in try a.x.amin(dim: a.dims(1), keepDim: a.bool(2, "keepdim", false)) }
    op("any") { a in
      let keepDim = try a.bool(2, "keepdim", false)
      switch try a.optionalInts(1, "dim") {
      case nil where !keepDim: return try a.x.any()
      case nil: return try a.x.any(dim: [], keepDim: true)
      case .one(let dim): return try a.x.any(dim: dim, keepDim: keepDim)
      case .many(let dims): return try a.x.any(dim: dims, keepDim: keepDim)
      }
    }
    op("all") { a in
      let keepDim = try a.bool(2, "keepdim", false)
      switch try a.optionalInts(1, "dim") {
      case nil where !keepDim: return try a.x.all()
      case nil: return try a.x.all(dim: [], keepDim: true)
      case .one(let dim): return try a.x.all(dim: dim, keepDim: keepDim)
      case .many(let dims): return try a.x.all(dim: dims, keepDim: keepDim)
      }
    }
    op("prod") { a in
      let (keepDim, dtype) = (try a.bool(2, "keepdim", false), try a.optionalDType(nil))
      guard let dim = try a.optionalInt(1, "dim") else { return try a.x.prod(dtype: dtype) }
      return try a.x.prod(dim: dim, keepDim: keepDim, dtype: dtype)
    }
    op("nansum") { a in
      try a.x.nansum(
        dim: a.dims(1), keepDim: a.bool(2, "keepdim", false), dtype: a.optionalDType(nil))
    }
    op("nanmean") { a in
      try a.x.nanmean(
        dim: a.dims(1), keepDim: a.bool(2, "keepdim", false), dtype: a.optionalDType(nil))
    }
    op("logsumexp") { a in
      try a.x.logsumexp(dim: a.dims(1), keepDim: a.bool(2, "keepdim", false))
    }
    op("count_nonzero") { a in try a.x.countNonzero(dim: a.dims(1)) }
    ops("aminmax") { a in
      let (min, max) = try a.x.aminmax(
        dim: a.optionalInt(nil, "dim"), keepDim: a.bool(nil, "keepdim", false))
      return [min, max]
    }
    op("var") { a in
      try a.x.var(dim: a.dims(1), correction: a.correction, keepDim: a.bool(nil, "keepdim", false))
    }
    op("std") { a in
      try a.x.std(dim: a.dims(1), correction: a.correction, keepDim: a.bool(nil, "keepdim", false))
    }
    op("var.unbiased") { a in try a.x.var(correction: a.bool(1) ? 1 : 0) }
    op("std.unbiased") { a in try a.x.std(correction: a.bool(1) ? 1 : 0) }
    ops("var_mean") { a in
      let (variance, mean) = try a.x.varMean(
        dim: a.dims(1), correction: a.correction, keepDim: a.bool(nil, "keepdim", false))
      return [variance, mean]
    }
    ops("std_mean") { a in
      let (std, mean) = try a.x.stdMean(
        dim: a.dims(1), correction: a.correction, keepDim: a.bool(nil, "keepdim", false))
      return [std, mean]
    }
    op("cumprod") { a in try a.x.cumprod(dim: a.int(1, "dim"), dtype: a.optionalDType(nil)) }
    op("logcumsumexp") { a in try a.x.logcumsumexp(dim: a.int(1, "dim")) }
    ops("cummax") { a in
      let (values, indices) = try a.x.cummax(dim: a.int(1, "dim"))
      return [values, indices]
    }
    ops("cummin") { a in
      let (values, indices) = try a.x.cummin(dim: a.int(1, "dim"))
      return [values, indices]
    }
    op("cumsum") { a in try a.x.cumsum(dim: a.int(1, "dim"), dtype: a.optionalDType(nil)) }
    ops("sort") { a in
      // Sorting is always stable; PyTorch's form with `stable` takes no dim by position.
      if a.has("stable") && a.count > 1 { throw Refusal.untyped("sort(dim, stable:)") }
      _ = try a.bool(nil, "stable", false)
      let (values, indices) = try a.x.sort(
        dim: a.int(1, "dim", -1), descending: a.bool(2, "descending", false))
      return [values, indices]
    }
    op("argsort") { a in
      _ = try a.bool(nil, "stable", false)
      return try a.x.argsort(dim: a.int(1, "dim", -1), descending: a.bool(2, "descending", false))
    }
    ops("topk") { a in
      _ = try a.bool(4, "sorted", true)
      let (values, indices) = try a.x.topk(
        a.int(1, "k"), dim: a.int(2, "dim", -1), largest: a.bool(3, "largest", true))
      return [values, indices]
    }
  }
}

extension Arguments {
  /// Dimensions to reduce: none is all.
  func dims(_ index: Int, _ name: String = "dim") throws -> [Int] {
    try optionalInts(index, name)?.all ?? []
  }

  /// `correction`, or `unbiased` for 1 and 0.
  var correction: Double {
    get throws {
      if has("unbiased") { return try bool(nil, "unbiased") ? 1 : 0 }
      return try optionalDouble(nil, "correction") ?? 1
    }
  }
}
