import Descent

extension OpTable {
  func addActivations() {
    op("nn.functional.relu") { a in try a.x.relu() }
    op("nn.functional.relu6") { a in try a.x.relu6() }
    op("nn.functional.leaky_relu") { a in
      try a.x.leakyRelu(negativeSlope: a.double(1, "negative_slope", 0.01))
    }
    op("nn.functional.prelu") { a in try a.x.prelu(a.tensor(1, "weight")) }
    op("nn.functional.elu") { a in try a.x.elu(alpha: a.double(1, "alpha", 1)) }
    op("nn.functional.selu") { a in try a.x.selu() }
    op("nn.functional.celu") { a in try a.x.celu(alpha: a.double(1, "alpha", 1)) }
    op("nn.functional.gelu") { a in
      guard let form = GeluApproximation(rawValue: try a.string(1, "approximate", "none")) else {
        throw Refusal.untyped("no such approximation")
      }
      return try a.x.gelu(approximate: form)
    }
    op("nn.functional.silu") { a in try a.x.silu() }
    op("nn.functional.mish") { a in try a.x.mish() }
    op("nn.functional.softplus") { a in
      try a.x.softplus(beta: a.double(1, "beta", 1), threshold: a.double(2, "threshold", 20))
    }
    op("nn.functional.softsign") { a in try a.x.softsign() }
    op("nn.functional.tanhshrink") { a in try a.x.tanhshrink() }
    op("nn.functional.hardtanh") { a in
      try a.x.hardtanh(minVal: a.double(1, "min_val", -1), maxVal: a.double(2, "max_val", 1))
    }
    op("nn.functional.hardsigmoid") { a in try a.x.hardsigmoid() }
    op("nn.functional.hardswish") { a in try a.x.hardswish() }
    op("nn.functional.hardshrink") { a in try a.x.hardshrink(lambd: a.double(1, "lambd", 0.5)) }
    op("nn.functional.softshrink") { a in try a.x.softshrink(lambd: a.double(1, "lambd", 0.5)) }
    op("nn.functional.threshold") { a in
      try a.x.threshold(a.number(1, "threshold"), a.number(2, "value"))
    }
    op("nn.functional.logsigmoid") { a in try a.x.logsigmoid() }
    op("nn.functional.glu") { a in try a.x.glu(dim: a.int(1, "dim", -1)) }
    op("nn.functional.rrelu") { a in
      try a.x.rrelu(
        lower: a.double(1, "lower", 1.0 / 8), upper: a.double(2, "upper", 1.0 / 3),
        training: a.bool(3, "training", false))
    }
    op("nn.functional.gumbel_softmax") { a in
      try a.x.gumbelSoftmax(
        tau: a.double(1, "tau", 1), hard: a.bool(2, "hard", false), dim: a.int(nil, "dim", -1))
    }
    op("softmax") { a in try a.x.softmax(dim: a.int(1, "dim"), dtype: a.optionalDType(2)) }
    op("softmax.with_dtype") { a in
      try a.x.softmax(dim: a.int(1, "dim"), dtype: a.optionalDType(2))
    }
    for name in ["nn.functional.softmin", "nn.functional.softmin.with_dtype"] {
      op(name) { a in try a.x.softmin(dim: a.int(1, "dim"), dtype: a.optionalDType(nil)) }
    }
    op("log_softmax") { a in try a.x.logSoftmax(dim: a.int(1, "dim"), dtype: a.optionalDType(2)) }
    op("log_softmax.with_dtype") { a in
      try a.x.logSoftmax(dim: a.int(1, "dim"), dtype: a.optionalDType(2))
    }
  }
}
