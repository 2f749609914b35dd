// The derivative of every instruction, one line each, and how a program is differentiated with them.

/// The gradients of an instruction's operands, given that of its result.
///
/// `y` is the result, `a`, `b`, `c` the operands, `g` the incoming gradient. nil: no gradient flows
/// (the instruction is piecewise constant, or the operand is a mask). Kinks follow PyTorch.
private func pullback(
  _ op: Instruction, _ y: Term, _ a: Term, _ b: Term, _ c: Term, _ g: Term
) -> [Term?] {
  switch op {
  case .copy, .toF32, .toF64: [g]
  case .add: [g, g]
  case .sub: [g, -g]
  case .mul: [g * b, g * a]
  case .div: [g / b, -g * y / b]
  case .fma: [g * b, g * a, g]
  case .divAdd: [g / b, -g * (a / b) / b, g]
  case .neg: [-g]
  case .abs: [g * sign(a)]
  case .reciprocal: [-g * y * y]
  case .sqrt: [g / (2 * y)]
  case .rsqrt: [-0.5 * g * y * y * y]
  case .square: [2 * g * a]
  case .maximum: [select(a .< b, 0, shared(a, b, g)), select(a .> b, 0, shared(a, b, g))]
  case .minimum: [select(a .> b, 0, shared(a, b, g)), select(a .< b, 0, shared(a, b, g))]
  case .fmax: [select((a .>= b) | isNaN(b), g, 0), select((a .>= b) | isNaN(b), 0, g)]
  case .fmin: [select((a .<= b) | isNaN(b), g, 0), select((a .<= b) | isNaN(b), 0, g)]
  case .clamp:
    [
      select((a .>= b) & (a .<= c), g, 0), select((b .< c) & (a .< b), g, 0),
      select((a .> c) | (c .< b), g, 0),
    ]
  case .lerp: [g * (1 - c), g * c, g * (b - a)]
  case .passAbove: [nil, nil, pass(g, where: a, above: b)]
  case .stopUpTo: [nil, nil, pass(g, where: a, notUpTo: b)]
  case .leak: [nil, select(a .> 0, 0, g * c), leak(g, where: a, b)]
  // PyTorch's slope: 1 / 6 in float32, in float64 too.
  case .hardsigmoid:
    [pass(g * 0.16666667163372040, where: a, above: .constant(-3), below: .constant(3))]
  case .hardswish: [Term.apply(.hardswishGradient, a, g)]
  case .hardswishGradient:
    [
      pass(g * b / 3, where: a, above: .constant(-3), below: .constant(3)),
      Term.apply(.hardswishGradient, a, g),
    ]
  case .softshrink: [pass(g, where: abs(a), above: b), pass(-g * sign(a), where: abs(a), above: b)]
  case .pow:
    [
      select(b .== 0, 0, g * (b * pow(a, b - 1))),
      select((a .== 0) & (b .>= 0), 0, g * y * log(a)),
    ]
  case .remainder: [g, -g * floor(a / b)]
  case .fmod: [g, -g * trunc(a / b)]
  case .atan2: [g * (b / (a * a + b * b)), g * (-a / (a * a + b * b))]
  case .hypot: [g * (a / y), g * (b / y)]
  case .copysign: [select(a .== 0, 0, g * (y / a)), nil]
  case .exp: [g * y]
  case .exp2: [g * y * 0.693147180559945309]
  case .expm1: [g * (y + 1)]
  case .log: [g / a]
  case .log2: [g / (a * 0.693147180559945309)]
  case .log10: [g / (a * 2.30258509299404568)]
  case .log1p: [g / (a + 1)]
  case .sin: [g * cos(a)]
  case .cos: [-g * sin(a)]
  case .tan: [g * (1 + y * y)]
  case .asin: [g * rsqrt(1 - a * a)]
  case .acos: [-g * rsqrt(1 - a * a)]
  case .atan: [g / (a * a + 1)]
  case .sinh: [g * cosh(a)]
  case .cosh: [g * sinh(a)]
  case .tanh: [g * (1 - y * y)]
  case .asinh: [g * rsqrt(a * a + 1)]
  case .acosh: [g * rsqrt(a * a - 1)]
  case .atanh: [g / (1 - a * a)]
  case .sigmoid: [g * (1 - y) * y]
  case .erf: [g * (1.12837916709551257 * exp(-(a * a)))]
  case .erfc: [g * (-1.12837916709551257 * exp(-(a * a)))]
  case .gelu: [g * geluSlope(a)]
  case .geluSlope: [g * ((2 - a * a) * (0.398942280401432678 * exp(-0.5 * a * a)))]
  case .silu: [g * siluSlope(a)]
  case .siluSlope: [g * siluCurvature(a, sigmoid(a))]
  case .erfinv: [g * (0.886226925452758014 * exp(y * y))]
  case .lgamma: [g * digamma(a)]
  case .digamma: [g * trigamma(a)]
  case .i0: [g * i1(a)]
  case .i1: [g * besselSlope(a, i0(a) - y / select(a .== 0, 1, a))]
  case .select: [nil, select(a, g, 0), select(a, 0, g)]
  case .sign, .floor, .ceil, .round, .trunc: [nil]
  case .floorDiv, .truncDiv: [nil, nil]
  case .nextafter: [select(a .== b, 0, g), nil]
  case .trigamma: [-2 * g * Term.apply(.zeta, .constant(3), a)]
  case .zeta: [nil, -g * a * Term.apply(.zeta, a + 1, b)]
  case .i0e: [g * (Term.apply(.i1e, a) - sign(a) * y)]
  case .i1e:
    [g * besselSlope(a, Term.apply(.i0e, a) - y * (sign(a) + 1 / select(a .== 0, 1, a)))]
  case .erfcx: [g * (2 * a * y - 1.12837916709551257)]
  case .ndtri: [g * (2.50662827463100050 * exp(0.5 * y * y))]
  case .igamma: [nil, g * exp((a - 1) * log(b) - b - lgamma(a))]
  case .igammac: [nil, -g * exp((a - 1) * log(b) - b - lgamma(a))]
  case .toI64, .toBool, .bitNot, .isNaN, .isInf, .signbit: [nil]
  case .eq, .ne, .lt, .le, .gt, .ge, .bitAnd, .bitOr, .bitXor, .shiftLeft, .shiftRight:
    [nil, nil]
  }
}

/// The slope of i1 and i1e: 1/2 near 0 and, as in PyTorch, for NaN.
private func besselSlope(_ x: Term, _ slope: Term) -> Term { select(abs(x) .> 1e-20, slope, 0.5) }

/// The second derivative of x s with s = sigmoid(x).
private func siluCurvature(_ x: Term, _ s: Term) -> Term { s * (1 - s) * (2 + x * (1 - 2 * s)) }

/// Ties of maximum and minimum share the gradient.
private func shared(_ a: Term, _ b: Term, _ g: Term) -> Term { select(a .== b, g * 0.5, g) }

extension DerivativePlan {
  /// Gradients of the inputs, by the operation's own rule or by the table.
  static func adjoints(_ operation: Pointwise, _ incoming: Term) -> [ObjectIdentifier: Term] {
    let program = operation.program
    guard let rule = operation.gradientRule else {
      return differentiate(program, program.outputs[0], incoming)
    }
    var result: [ObjectIdentifier: Term] = [:]
    for (input, term) in zip(program.inputs, rule(program.inputs, program.scalars, incoming)) {
      result[ObjectIdentifier(input)] = term
    }
    return result
  }

  /// Gradients of the output for every term below it, in one sweep from the youngest.
  private static func differentiate(
    _ program: Program, _ output: Term, _ incoming: Term
  ) -> [ObjectIdentifier: Term] {
    let leaves = program.inputs + program.scalars
    var adjoints = [ObjectIdentifier(output): incoming]
    let unused = Term.constant(0)
    for term in Term.schedule([output], leaves: leaves).reversed() {
      guard let g = adjoints[ObjectIdentifier(term)], !leaves.contains(where: { $0 === term }),
        case .apply(let op, let operands) = term.kind
      else { continue }
      let b = operands.count > 1 ? operands[1] : unused
      let c = operands.count > 2 ? operands[2] : unused
      for (operand, gradient) in zip(operands, pullback(op, term, operands[0], b, c, g)) {
        guard let gradient, operand.constantValue == nil else { continue }
        let id = ObjectIdentifier(operand)
        adjoints[id] = adjoints[id].map { $0 + gradient } ?? gradient
      }
    }
    return adjoints
  }
}
