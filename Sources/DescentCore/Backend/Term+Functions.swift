// The mathematics of terms: operators and functions for the closures of `Pointwise`.

extension Term {
  public static func + (a: Term, b: Term) -> Term {
    a.isZero ? b : b.isZero ? a : apply(.add, a, b)
  }
  public static func - (a: Term, b: Term) -> Term { apply(.sub, a, b) }
  public static func * (a: Term, b: Term) -> Term { a.isOne ? b : b.isOne ? a : apply(.mul, a, b) }
  public static func / (a: Term, b: Term) -> Term { b.isOne ? a : apply(.div, a, b) }
  public static prefix func - (a: Term) -> Term { apply(.neg, a) }

  public static func + (a: Term, b: Double) -> Term { a + constant(b) }
  public static func - (a: Term, b: Double) -> Term { a - constant(b) }
  public static func * (a: Term, b: Double) -> Term { a * constant(b) }
  public static func / (a: Term, b: Double) -> Term { a / constant(b) }
  public static func + (a: Double, b: Term) -> Term { constant(a) + b }
  public static func - (a: Double, b: Term) -> Term { constant(a) - b }
  public static func * (a: Double, b: Term) -> Term { constant(a) * b }
  public static func / (a: Double, b: Term) -> Term { constant(a) / b }

  public static func .== (a: Term, b: Term) -> Term { apply(.eq, a, b) }
  public static func .!= (a: Term, b: Term) -> Term { apply(.ne, a, b) }
  public static func .< (a: Term, b: Term) -> Term { apply(.lt, a, b) }
  public static func .<= (a: Term, b: Term) -> Term { apply(.le, a, b) }
  public static func .> (a: Term, b: Term) -> Term { apply(.gt, a, b) }
  public static func .>= (a: Term, b: Term) -> Term { apply(.ge, a, b) }
  public static func .== (a: Term, b: Double) -> Term { a .== constant(b) }
  public static func .!= (a: Term, b: Double) -> Term { a .!= constant(b) }
  public static func .< (a: Term, b: Double) -> Term { a .< constant(b) }
  public static func .<= (a: Term, b: Double) -> Term { a .<= constant(b) }
  public static func .> (a: Term, b: Double) -> Term { a .> constant(b) }
  public static func .>= (a: Term, b: Double) -> Term { a .>= constant(b) }

  public static func & (a: Term, b: Term) -> Term { apply(.bitAnd, a, b) }
  public static func | (a: Term, b: Term) -> Term { apply(.bitOr, a, b) }
  public static func ^ (a: Term, b: Term) -> Term { apply(.bitXor, a, b) }
  public static prefix func ~ (a: Term) -> Term { apply(.bitNot, a) }

  private var isZero: Bool { constantValue == 0 }
  private var isOne: Bool { constantValue == 1 }
}

public func abs(_ x: Term) -> Term { .apply(.abs, x) }
public func sign(_ x: Term) -> Term { .apply(.sign, x) }
public func reciprocal(_ x: Term) -> Term { .apply(.reciprocal, x) }
public func sqrt(_ x: Term) -> Term { .apply(.sqrt, x) }
public func rsqrt(_ x: Term) -> Term { .apply(.rsqrt, x) }
public func square(_ x: Term) -> Term { .apply(.square, x) }
public func maximum(_ x: Term, _ y: Term) -> Term { .apply(.maximum, x, y) }
public func minimum(_ x: Term, _ y: Term) -> Term { .apply(.minimum, x, y) }
func clamp(_ x: Term, _ low: Term, _ high: Term) -> Term { .apply(.clamp, x, low, high) }
public func pow(_ x: Term, _ y: Term) -> Term { .apply(.pow, x, y) }
public func pow(_ x: Term, _ y: Double) -> Term { .apply(.pow, x, .constant(y)) }
public func floor(_ x: Term) -> Term { .apply(.floor, x) }
public func ceil(_ x: Term) -> Term { .apply(.ceil, x) }
public func round(_ x: Term) -> Term { .apply(.round, x) }
public func trunc(_ x: Term) -> Term { .apply(.trunc, x) }
public func exp(_ x: Term) -> Term { .apply(.exp, x) }
public func expm1(_ x: Term) -> Term { .apply(.expm1, x) }
public func log(_ x: Term) -> Term { .apply(.log, x) }
public func log1p(_ x: Term) -> Term { .apply(.log1p, x) }
public func sin(_ x: Term) -> Term { .apply(.sin, x) }
public func cos(_ x: Term) -> Term { .apply(.cos, x) }
public func tan(_ x: Term) -> Term { .apply(.tan, x) }
public func atan(_ x: Term) -> Term { .apply(.atan, x) }
public func atan2(_ y: Term, _ x: Term) -> Term { .apply(.atan2, y, x) }
public func sinh(_ x: Term) -> Term { .apply(.sinh, x) }
public func cosh(_ x: Term) -> Term { .apply(.cosh, x) }
public func tanh(_ x: Term) -> Term { .apply(.tanh, x) }
public func sigmoid(_ x: Term) -> Term { .apply(.sigmoid, x) }
public func erf(_ x: Term) -> Term { .apply(.erf, x) }
func gelu(_ x: Term) -> Term { .apply(.gelu, x) }
func geluSlope(_ x: Term) -> Term { .apply(.geluSlope, x) }
func silu(_ x: Term) -> Term { .apply(.silu, x) }
func siluSlope(_ x: Term) -> Term { .apply(.siluSlope, x) }
public func lgamma(_ x: Term) -> Term { .apply(.lgamma, x) }
public func digamma(_ x: Term) -> Term { .apply(.digamma, x) }
func trigamma(_ x: Term) -> Term { .apply(.trigamma, x) }
func i0(_ x: Term) -> Term { .apply(.i0, x) }
func i1(_ x: Term) -> Term { .apply(.i1, x) }
public func isNaN(_ x: Term) -> Term { .apply(.isNaN, x) }

/// max(x, 0), with gradient 0 at 0; NaN stays.
public func relu(_ x: Term) -> Term { select(x .<= 0, 0, x) }

/// log(1 + exp(x)), without overflow.
public func softplus(_ x: Term) -> Term { maximum(x, .constant(0)) + log1p(exp(-abs(x))) }

/// Elementwise choice: `a` where the mask holds, else `b`.
public func select(_ mask: Term, _ a: Term, _ b: Term) -> Term { .apply(.select, mask, a, b) }
/// a * b + c, rounded once where the processor does that.
func fma(_ a: Term, _ b: Term, _ c: Term) -> Term { .apply(.fma, a, b, c) }
/// `value` where `x` is above a limit, else 0; and 0 up to the limit, else `value`: they differ for NaN.
func pass(_ value: Term, where x: Term, above limit: Term) -> Term {
  .apply(.passAbove, x, limit, value)
}
func pass(_ value: Term, where x: Term, notUpTo limit: Term) -> Term {
  .apply(.stopUpTo, x, limit, value)
}
/// `value` between two limits, else 0.
func pass(_ value: Term, where x: Term, above low: Term, below high: Term) -> Term {
  pass(pass(value, where: high, above: x), where: x, above: low)
}
/// `value` where `x` is positive, else its part `slope`.
func leak(_ value: Term, where x: Term, _ slope: Term) -> Term { .apply(.leak, x, slope, value) }

public func select(_ mask: Term, _ a: Double, _ b: Term) -> Term { select(mask, .constant(a), b) }
public func select(_ mask: Term, _ a: Term, _ b: Double) -> Term { select(mask, a, .constant(b)) }
func select(_ mask: Term, _ a: Double, _ b: Double) -> Term {
  select(mask, .constant(a), .constant(b))
}
