import Descent

extension OpTable {
  func addOrdering() {
    ops("median") { a in
      guard let dim = try a.optionalInt(1, "dim") else { return [try a.x.median()] }
      let (values, indices) = try a.x.median(dim: dim, keepDim: a.bool(2, "keepdim", false))
      return [values, indices]
    }
    ops("nanmedian") { a in
      guard let dim = try a.optionalInt(1, "dim") else { return [try a.x.nanmedian()] }
      let (values, indices) = try a.x.nanmedian(dim: dim, keepDim: a.bool(2, "keepdim", false))
      return [values, indices]
    }
    ops("kthvalue") { a in
      let (values, indices) = try a.x.kthvalue(
        a.int(1, "k"), dim: a.int(2, "dim", -1), keepDim: a.bool(3, "keepdim", false))
      return [values, indices]
    }
    ops("mode") { a in
      let (values, indices) = try a.x.mode(
        dim: a.int(1, "dim", -1), keepDim: a.bool(2, "keepdim", false))
      return [values, indices]
    }
    op("msort") { a in try a.x.msort() }
    for ignoresNaN in [false, true] {
      op(ignoresNaN ? "nanquantile" : "quantile") { a in
        let (dim, keepDim) = (try a.optionalInt(2, "dim"), try a.bool(3, "keepdim", false))
        let name = try a.string(nil, "interpolation", "linear")
        guard let form = QuantileInterpolation(rawValue: name) else {
          throw Refusal.untyped("no such interpolation")
        }
        let x = try a.x
        switch try a.operand(1, "q") {
        case .tensor(let q):
          return ignoresNaN
            ? x.nanquantile(q, dim: dim, keepDim: keepDim, interpolation: form)
            : x.quantile(q, dim: dim, keepDim: keepDim, interpolation: form)
        case .number(let q):
          return ignoresNaN
            ? x.nanquantile(q, dim: dim, keepDim: keepDim, interpolation: form)
            : x.quantile(q, dim: dim, keepDim: keepDim, interpolation: form)
        }
      }
    }
    ops("unique") { a in
      let (values, inverse, counts) = try a.x.unique(
        sorted: a.bool(1, "sorted", true), returnInverse: a.bool(2, "return_inverse", false),
        returnCounts: a.bool(3, "return_counts", false), dim: a.optionalInt(4, "dim"))
      return [values, inverse, counts].compactMap { $0 }
    }
    ops("unique_consecutive") { a in
      let (values, inverse, counts) = try a.x.uniqueConsecutive(
        returnInverse: a.bool(1, "return_inverse", false),
        returnCounts: a.bool(2, "return_counts", false), dim: a.optionalInt(3, "dim"))
      return [values, inverse, counts].compactMap { $0 }
    }
    op("searchsorted") { a in
      let (right, sorter) = (try a.isRight, try a.optionalTensor(nil, "sorter"))
      let outInt32 = try a.bool(nil, "out_int32", false)
      switch try a.operand(1) {
      case .tensor(let values):
        return try a.x.searchsorted(values, right: right, sorter: sorter, outInt32: outInt32)
      case .number(let value):
        return try a.x.searchsorted(value, right: right, sorter: sorter, outInt32: outInt32)
      }
    }
    op("bucketize") { a in
      let (right, outInt32) = (try a.bool(nil, "right", false), try a.bool(nil, "out_int32", false))
      switch try a.operand(0) {
      case .tensor(let x): return try x.bucketize(a.y, right: right, outInt32: outInt32)
      case .number(let x): return try a.y.searchsorted(x, right: right, outInt32: outInt32)
      }
    }
    op("histc") { a in
      try a.x.histc(
        bins: a.int(1, "bins", 100), min: a.number(2, "min", 0), max: a.number(3, "max", 0))
    }
    op("bincount") { a in
      try a.x.bincount(
        weights: a.optionalTensor(1, "weights"), minLength: a.int(2, "minlength", 0))
    }
    op("cdist") { a in
      let usual = CdistComputeMode.useMMForEuclidDistIfNecessary
      guard let mode = CdistComputeMode(rawValue: try a.string(3, "compute_mode", "\(usual)"))
      else { throw Refusal.untyped("no such mode") }
      return try a.x.cdist(a.y, p: a.double(2, "p", 2), computeMode: mode)
    }
    op("nn.functional.pdist") { a in try a.x.pdist(p: a.double(1, "p", 2)) }
  }
}

extension Arguments {
  /// `right`, or `side`; they must not contradict each other.
  fileprivate var isRight: Bool {
    get throws {
      let right = try bool(nil, "right", false)
      switch try string(nil, "side", right ? "right" : "left") {
      case "right": return true
      case "left":
        if right { throw Refusal.untyped("side left, right true") }
        return false
      default: throw Refusal.untyped("no such side")
      }
    }
  }
}
