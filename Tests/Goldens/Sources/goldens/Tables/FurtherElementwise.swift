import Descent

extension OpTable {
  func addFurtherElementwise() {
    op("floor_divide") { a in try a.binary({ $0.floorDivide($1) }) }
    op("div.floor_rounding") { a in
      _ = try a.string(nil, "rounding_mode", "floor")
      return try a.binary({ $0.floorDivide($1) })
    }
    op("div.trunc_rounding") { a in
      _ = try a.string(nil, "rounding_mode", "trunc")
      return try a.binary({ $0.truncDivide($1) })
    }
    op("remainder") { a in try a.binary({ $0.remainder($1) }) }
    op("fmod") { a in try a.binary({ $0.fmod($1) }) }
    op("atan2") { a in try a.binary({ $0.atan2($1) }) }
    op("hypot") { a in try a.binary({ $0.hypot($1) }) }
    op("copysign") { a in try a.binary({ $0.copysign($1) }) }
    op("nextafter") { a in try a.binary({ $0.nextafter($1) }) }
    op("fmax") { a in try a.binary({ $0.fmax($1) }) }
    op("fmin") { a in try a.binary({ $0.fmin($1) }) }
    op("logaddexp") { a in try a.binary({ $0.logaddexp($1) }) }
    op("xlogy") { a in try a.binary({ $0.xlogy($1) }) }
    op("special.xlog1py") { a in try a.binary({ $0.xlog1py($1) }) }
    op("heaviside") { a in try a.binary({ $0.heaviside($1) }) }
    op("logical_and") { a in try a.binary({ $0.logicalAnd($1) }) }
    op("logical_or") { a in try a.binary({ $0.logicalOr($1) }) }
    op("logical_xor") { a in try a.binary({ $0.logicalXor($1) }) }
    op("logical_not") { a in try a.x.logicalNot() }
    op("isinf") { a in try a.x.isinf() }
    op("isfinite") { a in try a.x.isfinite() }
    op("signbit") { a in try a.x.signbit() }
    op("frac") { a in try a.x.frac() }
    op("deg2rad") { a in try a.x.deg2rad() }
    op("rad2deg") { a in try a.x.rad2deg() }
    op("sinc") { a in try a.x.sinc() }
    op("i0") { a in try a.x.i0() }
    op("special.i1") { a in try a.x.i1() }
    op("special.entr") { a in try a.x.entr() }
    op("special.ndtr") { a in try a.x.ndtr() }

    op("nn.functional.relu6") { a in try a.x.relu6() }
    op("nn.functional.hardsigmoid") { a in try a.x.hardsigmoid() }
    op("nn.functional.hardswish") { a in try a.x.hardswish() }
    op("nn.functional.softsign") { a in try a.x.softsign() }
    op("nn.functional.tanhshrink") { a in try a.x.tanhshrink() }
    op("nn.functional.logsigmoid") { a in try a.x.logsigmoid() }
    op("nn.functional.selu") { a in try a.x.selu() }
    op("nn.functional.hardtanh") { a in
      try a.x.hardtanh(minVal: a.double(1, "min_val", -1), maxVal: a.double(2, "max_val", 1))
    }
    op("nn.functional.hardshrink") { a in try a.x.hardshrink(lambd: a.double(1, "lambd", 0.5)) }
    op("nn.functional.softshrink") { a in try a.x.softshrink(lambd: a.double(1, "lambd", 0.5)) }
    op("nn.functional.threshold") { a in
      try a.x.threshold(a.number(1, "threshold"), a.number(2, "value"))
    }
    op("nn.functional.celu") { a in try a.x.celu(alpha: a.double(1, "alpha", 1)) }

    op("bitwise_and") { a in try a.binary({ $0 & $1 }) }
    op("bitwise_or") { a in try a.binary({ $0 | $1 }) }
    op("bitwise_xor") { a in try a.binary({ $0 ^ $1 }) }
    op("bitwise_not") { a in ~(try a.x) }
    op("bitwise_left_shift") { a in try a.binary({ $0 << $1 }) }
    op("bitwise_right_shift") { a in try a.binary({ $0 >> $1 }) }
    op("addcmul") { a in
      try a.x.addcmul(a.tensor(1), a.tensor(2), value: a.number(nil, "value", 1))
    }
    op("addcdiv") { a in
      try a.x.addcdiv(a.tensor(1), a.tensor(2), value: a.number(nil, "value", 1))
    }
    op("lerp") { a in
      switch try a.operand(2, "weight") {
      case .tensor(let weight): try a.x.lerp(a.tensor(1, "end"), weight)
      case .number: try a.x.lerp(a.tensor(1, "end"), a.double(2, "weight"))
      }
    }
  }
}
