import Descent

extension OpTable {
  func addActivations() {
    op("nn.functional.relu") { a in try a.x.relu() }
    op("nn.functional.leaky_relu") { a in
      try a.x.leakyRelu(negativeSlope: a.double(1, "negative_slope", 0.01))
    }
    op("nn.functional.elu") { a in try a.x.elu(alpha: a.double(1, "alpha", 1)) }
    op("nn.functional.gelu") { a in
      switch try a.string(1, "approximate", "none") {
      case "none": return try a.x.gelu()
      case "tanh": return try a.x.geluTanh()
      default: throw Refusal.untyped("no such approximation")
      }
    }
    op("nn.functional.silu") { a in try a.x.silu() }
    op("nn.functional.mish") { a in try a.x.mish() }
    op("nn.functional.softplus") { a in
      try a.x.softplus(beta: a.double(1, "beta", 1), threshold: a.double(2, "threshold", 20))
    }
    op("softmax") { a in try a.x.softmax(dim: a.int(1, "dim"), dtype: a.optionalDType(2)) }
    op("softmax.with_dtype") { a in
      try a.x.softmax(dim: a.int(1, "dim"), dtype: a.optionalDType(2))
    }
    op("log_softmax") { a in try a.x.logSoftmax(dim: a.int(1, "dim"), dtype: a.optionalDType(2)) }
    op("log_softmax.with_dtype") { a in
      try a.x.logSoftmax(dim: a.int(1, "dim"), dtype: a.optionalDType(2))
    }
    op("nn.functional.prelu") { a in try a.x.prelu(a.tensor(1, "weight")) }
    op("nn.functional.glu") { a in try a.x.glu(dim: a.int(1, "dim", -1)) }
    op("nn.functional.softmin") { a in
      try a.x.softmin(dim: a.int(1, "dim"), dtype: a.optionalDType(2))
    }
    op("nn.functional.softmin.with_dtype") { a in
      try a.x.softmin(dim: a.int(1, "dim"), dtype: a.optionalDType(2))
    }
  }
}
