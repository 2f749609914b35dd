import Descent

extension OpTable {
  func addElementwise() {
    addUnary()
    addArithmetic()
    addSpecial()
    addComparison()
  }

  private func addUnary() {
    op("abs") { a in try a.x.abs() }
    op("neg") { a in try a.x.neg() }
    op("positive") { a in try a.x.positive() }
    op("sign") { a in try a.x.sign() }
    op("sgn") { a in try a.x.sgn() }
    op("signbit") { a in try a.x.signbit() }
    op("floor") { a in try a.x.floor() }
    op("ceil") { a in try a.x.ceil() }
    op("trunc") { a in try a.x.trunc() }
    op("frac") { a in try a.x.frac() }
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
    op("sinc") { a in try a.x.sinc() }
    op("deg2rad") { a in try a.x.deg2rad() }
    op("rad2deg") { a in try a.x.rad2deg() }
    op("round") { a in try a.x.round(decimals: a.int(1, "decimals", 0)) }
    op("round.decimals_3") { a in try a.x.round(decimals: a.int(1, "decimals", 0)) }
    op("nan_to_num") { a in
      try a.x.nanToNum(
        nan: a.double(1, "nan", 0), posinf: a.optionalDouble(2, "posinf"),
        neginf: a.optionalDouble(3, "neginf"))
    }
  }

  private func addArithmetic() {
    op("add") { a in
      let alpha = try a.number(nil, "alpha", 1)
      return try a.binary(
        { $0.add($1, alpha: alpha) }, { $0.add($1, alpha: alpha) }, { $1.add($0, alpha: alpha) })
    }
    op("sub") { a in
      let alpha = try a.number(nil, "alpha", 1)
      return try a.binary({ $0.sub($1, alpha: alpha) }, { $0.sub($1, alpha: alpha) }, { $0 - $1 })
    }
    op("rsub") { a in
      let alpha = try a.number(nil, "alpha", 1)
      return try a.binary({ $0.rsub($1, alpha: alpha) }, { $1 - $0 })
    }
    op("mul") { a in try a.binary({ $0 * $1 }, { $0 * $1 }, { $0 * $1 }) }
    for name in ["div.no_rounding_mode", "div.floor_rounding", "div.trunc_rounding"] {
      op(name) { a in
        let word = try a.string(nil, "rounding_mode", "none")
        let mode = RoundingMode(rawValue: word)
        return try a.binary(
          { $0.div($1, roundingMode: mode) }, { $0.div($1, roundingMode: mode) }, { $0 / $1 })
      }
    }
    op("true_divide") { a in try a.binary({ $0.trueDivide($1) }, { $0.trueDivide($1) }, { $0 / $1 })
    }
    op("floor_divide") { a in try a.binary({ $0.floorDivide($1) }, { $0.floorDivide($1) }) }
    op("remainder") { a in try a.binary({ $0.remainder($1) }, { $0 % $1 }, { $0 % $1 }) }
    op("fmod") { a in try a.binary({ $0.fmod($1) }, { $0.fmod($1) }) }
    op("pow") { a in try a.binary({ $0.pow($1) }, { $0.pow($1) }, { $0 ** $1 }) }
    op("float_power") { a in try a.binary({ $0.floatPower($1) }, { $0.floatPower($1) }) }
    op("__rsub__") { a in try a.binary({ $1 - $0 }, { $1 - $0 }, { $1 - $0 }) }
    op("__rpow__") { a in try a.binary({ $1.pow($0) }, { $1 ** $0 }, { $1 ** $0 }) }
    op("__rdiv__") { a in try a.binary({ $1 / $0 }, { $1 / $0 }) }
    op("addcmul") { a in
      try a.x.addcmul(a.tensor(1), a.tensor(2), value: a.number(nil, "value", 1))
    }
    op("addcdiv") { a in
      try a.x.addcdiv(a.tensor(1), a.tensor(2), value: a.number(nil, "value", 1))
    }
    op("lerp") { a in
      switch try a.operand(2, "weight") {
      case .tensor(let weight): try a.x.lerp(a.tensor(1), weight)
      case .number(let weight): try a.x.lerp(a.tensor(1), weight)
      }
    }
    op("atan2") { a in try a.binary { $0.atan2($1) } }
    op("hypot") { a in try a.binary { $0.hypot($1) } }
    op("copysign") { a in try a.binary({ $0.copysign($1) }, { $0.copysign($1) }) }
    op("nextafter") { a in try a.binary { $0.nextafter($1) } }
    op("heaviside") { a in try a.binary { $0.heaviside($1) } }
    op("logaddexp") { a in try a.binary { $0.logaddexp($1) } }
    op("logaddexp2") { a in try a.binary { $0.logaddexp2($1) } }
    op("xlogy") { a in
      try a.binary({ $0.xlogy($1) }, { $0.xlogy($1) }, { Tensor.xlogy($0, $1) })
    }
    op("special.xlog1py") { a in try a.binary({ $0.xlog1py($1) }, { $0.xlog1py($1) }) }
    op("ldexp") { a in try a.binary { $0.ldexp($1) } }
    op("maximum") { a in try a.binary { $0.maximum($1) } }
    op("minimum") { a in try a.binary { $0.minimum($1) } }
    op("max.binary") { a in try a.binary { $0.maximum($1) } }
    op("min.binary") { a in try a.binary { $0.minimum($1) } }
    op("fmax") { a in try a.binary { $0.fmax($1) } }
    op("fmin") { a in try a.binary { $0.fmin($1) } }
    op("clamp") { a in
      let low = try a.optionalTensor(1, "min")
      return try a.x.clamp(min: low, max: a.optionalTensor(2, "max"))
    }
    op("clamp_min") { a in try a.binary({ $0.clampMin($1) }, { $0.clampMin($1) }) }
    op("clamp_max") { a in try a.binary({ $0.clampMax($1) }, { $0.clampMax($1) }) }
    op("bitwise_and") { a in try a.binary({ $0 & $1 }, { $0 & $1 }, { $0 & $1 }) }
    op("bitwise_or") { a in try a.binary({ $0 | $1 }, { $0 | $1 }, { $0 | $1 }) }
    op("bitwise_xor") { a in try a.binary({ $0 ^ $1 }, { $0 ^ $1 }, { $0 ^ $1 }) }
    op("bitwise_left_shift") { a in try a.binary({ $0 << $1 }, { $0 << $1 }, { $0 << $1 }) }
    op("bitwise_right_shift") { a in try a.binary({ $0 >> $1 }, { $0 >> $1 }, { $0 >> $1 }) }
    op("bitwise_not") { a in ~(try a.x) }
  }

  private func addSpecial() {
    op("sigmoid") { a in try a.x.sigmoid() }
    op("erf") { a in try a.x.erf() }
    op("erfc") { a in try a.x.erfc() }
    op("erfinv") { a in try a.x.erfinv() }
    op("lgamma") { a in try a.x.lgamma() }
    op("digamma") { a in try a.x.digamma() }
    op("i0") { a in try a.x.i0() }
    op("special.erfcx") { a in try a.x.erfcx() }
    op("special.i0e") { a in try a.x.i0e() }
    op("special.i1") { a in try a.x.i1() }
    op("special.i1e") { a in try a.x.i1e() }
    op("special.entr") { a in try a.x.entr() }
    op("special.ndtr") { a in try a.x.ndtr() }
    op("special.ndtri") { a in try a.x.ndtri() }
    op("special.log_ndtr") { a in try a.x.logNdtr() }
    op("logit") { a in try a.x.logit(eps: a.optionalDouble(1, "eps")) }
    op("polygamma.polygamma_n_1") { a in try a.x.polygamma(a.int(1, "n")) }
    op("mvlgamma.mvlgamma_p_3") { a in try a.x.mvlgamma(a.int(1, "p")) }
    op("igamma") { a in try a.binary { $0.igamma($1) } }
    op("igammac") { a in try a.binary { $0.igammac($1) } }
  }

  private func addComparison() {
    op("eq") { a in try a.binary({ $0 .== $1 }, { $0 .== $1 }) }
    op("ne") { a in try a.binary({ $0 .!= $1 }, { $0 .!= $1 }) }
    op("lt") { a in try a.binary({ $0 .< $1 }, { $0 .< $1 }) }
    op("le") { a in try a.binary({ $0 .<= $1 }, { $0 .<= $1 }) }
    op("gt") { a in try a.binary({ $0 .> $1 }, { $0 .> $1 }) }
    op("ge") { a in try a.binary({ $0 .>= $1 }, { $0 .>= $1 }) }
    op("isnan") { a in try a.x.isnan() }
    op("isinf") { a in try a.x.isinf() }
    op("isfinite") { a in try a.x.isfinite() }
    op("isposinf") { a in try a.x.isposinf() }
    op("isneginf") { a in try a.x.isneginf() }
    op("isclose") { a in
      let (rtol, atol) = (try a.double(2, "rtol", 1e-5), try a.double(3, "atol", 1e-8))
      let equalNaN = try a.bool(4, "equal_nan", false)
      return try a.binary { $0.isclose($1, rtol: rtol, atol: atol, equalNaN: equalNaN) }
    }
    op("logical_and") { a in try a.binary { $0.logicalAnd($1) } }
    op("logical_or") { a in try a.binary { $0.logicalOr($1) } }
    op("logical_xor") { a in try a.binary { $0.logicalXor($1) } }
    op("logical_not") { a in try a.x.logicalNot() }
    // The golden's order is (a, mask, b).
    op("where") { a in
      switch (try a.operand(0), try a.operand(2)) {
      case (.tensor(let p), .tensor(let q)): Tensor.where(try a.y, p, q)
      case (.tensor(let p), .number(let q)): Tensor.where(try a.y, p, q)
      case (.number(let p), .tensor(let q)): Tensor.where(try a.y, p, q)
      case (.number(let p), .number(let q)): Tensor.where(try a.y, p, q)
      }
    }
    op("masked_fill") { a in
      switch try a.operand(2, "value") {
      case .tensor(let value): try a.x.maskedFill(a.tensor(1), value)
      case .number(let value): try a.x.maskedFill(a.tensor(1), value)
      }
    }
  }
}
