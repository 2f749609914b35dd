import Descent

extension OpTable {
  func addElementwise() {
    op("abs") { a in try a.x.abs() }
    op("neg") { a in -(try a.x) }
    op("sign") { a in try a.x.sign() }
    op("floor") { a in try a.x.floor() }
    op("ceil") { a in try a.x.ceil() }
    op("round") { a in try a.x.round() }
    op("trunc") { a in try a.x.trunc() }
    op("isnan") { a in try a.x.isnan() }

    op("exp") { a in try a.x.exp() }
    op("exp2") { a in try a.x.exp2() }
    op("expm1") { a in try a.x.expm1() }
    op("log") { a in try a.x.log() }
    op("log2") { a in try a.x.log2() }
    op("log10") { a in try a.x.log10() }
    op("log1p") { a in try a.x.log1p() }
    op("sqrt") { a in try a.x.sqrt() }
    op("rsqrt") { a in try a.x.rsqrt() }
    op("reciprocal") { a in try a.x.reciprocal() }
    op("square") { a in try a.x.square() }

    op("sin") { a in try a.x.sin() }
    op("cos") { a in try a.x.cos() }
    op("tan") { a in try a.x.tan() }
    op("asin") { a in try a.x.asin() }
    op("acos") { a in try a.x.acos() }
    op("atan") { a in try a.x.atan() }
    op("sinh") { a in try a.x.sinh() }
    op("cosh") { a in try a.x.cosh() }
    op("tanh") { a in try a.x.tanh() }
    op("asinh") { a in try a.x.asinh() }
    op("acosh") { a in try a.x.acosh() }
    op("atanh") { a in try a.x.atanh() }

    op("sigmoid") { a in try a.x.sigmoid() }
    op("erf") { a in try a.x.erf() }
    op("erfc") { a in try a.x.erfc() }
    op("erfinv") { a in try a.x.erfinv() }
    op("lgamma") { a in try a.x.lgamma() }
    op("digamma") { a in try a.x.digamma() }

    op("add") { a in
      let alpha = try a.number(nil, "alpha", 1)
      return try a.binary({ $0.add($1, alpha: alpha) }, { $0 + $1 }, { $0 + $1 })
    }
    op("sub") { a in try a.binary({ $0 - $1 }, { $0 - $1 }, { $0 - $1 }) }
    op("rsub") { a in try a.binary({ $1 - $0 }, { $1 - $0 }) }
    op("mul") { a in try a.binary({ $0 * $1 }, { $0 * $1 }, { $0 * $1 }) }
    op("div.no_rounding_mode") { a in try a.binary({ $0 / $1 }, { $0 / $1 }, { $0 / $1 }) }
    op("true_divide") { a in try a.binary({ $0 / $1 }, { $0 / $1 }, { $0 / $1 }) }
    op("pow") { a in try a.binary({ $0.pow($1) }, { $0.pow($1) }, { $0 ** $1 }) }
    op("__rsub__") { a in try a.binary({ $1 - $0 }, { $1 - $0 }, { $1 - $0 }) }
    op("__rpow__") { a in try a.binary({ $1.pow($0) }, { $1 ** $0 }, { $1 ** $0 }) }
    op("__rdiv__") { a in try a.binary({ $1 / $0 }, { $1 / $0 }) }
    op("maximum") { a in try a.binary { $0.maximum($1) } }
    op("max.binary") { a in try a.binary { $0.maximum($1) } }
    op("min.binary") { a in try a.binary { $0.minimum($1) } }
    op("minimum") { a in try a.binary { $0.minimum($1) } }

    op("eq") { a in try a.binary({ $0 .== $1 }, { $0 .== $1 }) }
    op("ne") { a in try a.binary({ $0 .!= $1 }, { $0 .!= $1 }) }
    op("lt") { a in try a.binary({ $0 .< $1 }, { $0 .< $1 }) }
    op("le") { a in try a.binary({ $0 .<= $1 }, { $0 .<= $1 }) }
    op("gt") { a in try a.binary({ $0 .> $1 }, { $0 .> $1 }) }
    op("ge") { a in try a.binary({ $0 .>= $1 }, { $0 .>= $1 }) }

    // The golden's order is (a, mask, b).
    op("where") { a in
      switch (try a.operand(0), try a.operand(2)) {
      case (.tensor(let p), .tensor(let q)): Tensor.where(try a.y, p, q)
      case (.tensor(let p), .number(let q)): Tensor.where(try a.y, p, q)
      case (.number(let p), .tensor(let q)): Tensor.where(try a.y, p, q)
      case (.number, .number): throw Refusal.unsupported("where of two numbers")
      }
    }
  }
}
