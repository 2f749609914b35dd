// The mathematics of terms: operators and functions for the closures of `Pointwise`.

extension Term {
  public static func + (a: Term, b: Term) -> Term { a.isZero ? b : b.isZero ? a : apply(.ADD, a, b) }
  public static func - (a: Term, b: Term) -> Term { apply(.SUB, a, b) }
  public static func * (a: Term, b: Term) -> Term { a.isOne ? b : b.isOne ? a : apply(.MUL, a, b) }
  public static func / (a: Term, b: Term) -> Term { b.isOne ? a : apply(.DIV, a, b) }
  public static prefix func - (a: Term) -> Term { apply(.NEG, a) }

  public static func + (a: Term, b: Double) -> Term { a + constant(b) }
  public static func - (a: Term, b: Double) -> Term { a - constant(b) }
  public static func * (a: Term, b: Double) -> Term { a * constant(b) }
  public static func / (a: Term, b: Double) -> Term { a / constant(b) }
  public static func + (a: Double, b: Term) -> Term { constant(a) + b }
  public static func - (a: Double, b: Term) -> Term { constant(a) - b }
  public static func * (a: Double, b: Term) -> Term { constant(a) * b }
  public static func / (a: Double, b: Term) -> Term { constant(a) / b }

  public static func .== (a: Term, b: Term) -> Term { apply(.EQ, a, b) }
  public static func .!= (a: Term, b: Term) -> Term { apply(.NE, a, b) }
  public static func .< (a: Term, b: Term) -> Term { apply(.LT, a, b) }
  public static func .<= (a: Term, b: Term) -> Term { apply(.LE, a, b) }
  public static func .> (a: Term, b: Term) -> Term { apply(.GT, a, b) }
  public static func .>= (a: Term, b: Term) -> Term { apply(.GE, a, b) }
  public static func .== (a: Term, b: Double) -> Term { a .== constant(b) }
  public static func .!= (a: Term, b: Double) -> Term { a .!= constant(b) }
  public static func .< (a: Term, b: Double) -> Term { a .< constant(b) }
  public static func .<= (a: Term, b: Double) -> Term { a .<= constant(b) }
  public static func .> (a: Term, b: Double) -> Term { a .> constant(b) }
  public static func .>= (a: Term, b: Double) -> Term { a .>= constant(b) }

  public static func & (a: Term, b: Term) -> Term { apply(.BIT_AND, a, b) }
  public static func | (a: Term, b: Term) -> Term { apply(.BIT_OR, a, b) }
  public static func ^ (a: Term, b: Term) -> Term { apply(.BIT_XOR, a, b) }
  public static prefix func ~ (a: Term) -> Term { apply(.BIT_NOT, a) }

  private var isZero: Bool { constantValue == 0 }
  private var isOne: Bool { constantValue == 1 }
}

public func abs(_ x: Term) -> Term { .apply(.ABS, x) }
public func sign(_ x: Term) -> Term { .apply(.SIGN, x) }
public func reciprocal(_ x: Term) -> Term { .apply(.RECIPROCAL, x) }
public func sqrt(_ x: Term) -> Term { .apply(.SQRT, x) }
public func rsqrt(_ x: Term) -> Term { .apply(.RSQRT, x) }
public func square(_ x: Term) -> Term { .apply(.SQUARE, x) }
public func maximum(_ x: Term, _ y: Term) -> Term { .apply(.MAXIMUM, x, y) }
public func minimum(_ x: Term, _ y: Term) -> Term { .apply(.MINIMUM, x, y) }
public func pow(_ x: Term, _ y: Term) -> Term { .apply(.POW, x, y) }
public func pow(_ x: Term, _ y: Double) -> Term { .apply(.POW, x, .constant(y)) }
public func floor(_ x: Term) -> Term { .apply(.FLOOR, x) }
public func ceil(_ x: Term) -> Term { .apply(.CEIL, x) }
public func round(_ x: Term) -> Term { .apply(.ROUND, x) }
public func trunc(_ x: Term) -> Term { .apply(.TRUNC, x) }
public func exp(_ x: Term) -> Term { .apply(.EXP, x) }
public func expm1(_ x: Term) -> Term { .apply(.EXPM1, x) }
public func log(_ x: Term) -> Term { .apply(.LOG, x) }
public func log1p(_ x: Term) -> Term { .apply(.LOG1P, x) }
public func sin(_ x: Term) -> Term { .apply(.SIN, x) }
public func cos(_ x: Term) -> Term { .apply(.COS, x) }
public func tan(_ x: Term) -> Term { .apply(.TAN, x) }
public func atan(_ x: Term) -> Term { .apply(.ATAN, x) }
public func atan2(_ y: Term, _ x: Term) -> Term { .apply(.ATAN2, y, x) }
public func sinh(_ x: Term) -> Term { .apply(.SINH, x) }
public func cosh(_ x: Term) -> Term { .apply(.COSH, x) }
public func tanh(_ x: Term) -> Term { .apply(.TANH, x) }
public func sigmoid(_ x: Term) -> Term { .apply(.SIGMOID, x) }
public func erf(_ x: Term) -> Term { .apply(.ERF, x) }
public func lgamma(_ x: Term) -> Term { .apply(.LGAMMA, x) }
public func digamma(_ x: Term) -> Term { .apply(.DIGAMMA, x) }
func trigamma(_ x: Term) -> Term { .apply(.TRIGAMMA, x) }
func i0(_ x: Term) -> Term { .apply(.I0, x) }
func i1(_ x: Term) -> Term { .apply(.I1, x) }
public func isNaN(_ x: Term) -> Term { .apply(.IS_NAN, x) }

/// max(x, 0), with gradient 0 at 0; NaN stays.
public func relu(_ x: Term) -> Term { select(x .<= 0, 0, x) }

/// log(1 + exp(x)), without overflow.
public func softplus(_ x: Term) -> Term { maximum(x, .constant(0)) + log1p(exp(-abs(x))) }

/// Elementwise choice: `a` where the mask holds, else `b`.
public func select(_ mask: Term, _ a: Term, _ b: Term) -> Term { .apply(.SELECT, mask, a, b) }
public func select(_ mask: Term, _ a: Double, _ b: Term) -> Term { select(mask, .constant(a), b) }
public func select(_ mask: Term, _ a: Term, _ b: Double) -> Term { select(mask, a, .constant(b)) }
