// Elementwise instructions, each alone, against C's operators and functions.
#include "check.h"

static double reciprocal(double x) { return 1 / x; }
static double rsqrt(double x) { return 1 / sqrt(x); }
static double square(double x) { return x * x; }
static double negative(double x) { return -x; }
static double sign(double x) { return (x > 0) - (x < 0); }
static double sigmoid(double x) { return x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x)); }
static double same(double x) { return x; }
static double add(double a, double b) { return a + b; }
static double subtract(double a, double b) { return a - b; }
static double multiply(double a, double b) { return a * b; }
static double divide(double a, double b) { return a / b; }
static double larger(double a, double b) { return isnan(a) || isnan(b) ? NAN : a > b ? a : b; }
static double smaller(double a, double b) { return isnan(a) || isnan(b) ? NAN : a < b ? a : b; }
static double remainder_of(double a, double b) {
  double m = fmod(a, b);
  return m != 0 && (m < 0) != (b < 0) ? m + b : m;
}

static double clamped(double a, double b, double c) { return smaller(larger(a, b), c); }
static double hardsigmoid(double x) { return clamped(x + 3, 0, 6) / 6; }
static double hardswish(double x) { return x * hardsigmoid(x); }
static double hardswish_gradient(double x, double g, double unused) {
  (void)unused;
  return x <= -3 ? 0 : x >= 3 ? g : g * (x / 3 + 0.5);
}
static double softshrink(double x, double by, double unused) {
  (void)unused;
  return x > by ? x - by : x < -by ? x + by : isnan(x) ? x : 0;
}
static double multiply_add(double a, double b, double c) { return a * b + c; }
static double divide_add(double a, double b, double c) { return a / b + c; }
static double lerp(double a, double b, double c) {
  return fabs(c) < 0.5 ? a + c * (b - a) : b + (c - 1) * (b - a);
}
static double pass_above(double a, double b, double c) { return a > b ? c : 0; }
static double stop_up_to(double a, double b, double c) { return a <= b ? 0 : c; }
static double leak(double a, double b, double c) { return a > 0 ? c : b * c; }

// The mean of exp(x cos t) cos(order t) over a circle, less |x| in the exponent: the sum over
// points is exact as soon as there are somewhat more than |x|.
static double bessel(int order, double x) {
  enum { POINTS = 256 };
  long double sum = 0;
  for (int k = 0; k < POINTS; k++) {
    const long double t = 6.283185307179586476925286766559L * k / POINTS;
    sum += expl(x * cosl(t) - fabsl(x)) * cosl(order * t);
  }
  return (double)(sum / POINTS);
}
static double i0e(double x) { return bessel(0, x); }
static double i1e(double x) { return bessel(1, x); }
static double i0(double x) { return bessel(0, x) * exp(fabs(x)); }
static double i1(double x) { return bessel(1, x) * exp(fabs(x)); }

// What is left of the sums over 1 / (x + k) after this many terms, by Euler and Maclaurin.
enum { TERMS = 200 };
static double digamma(double x) {
  long double sum = 0, z = (long double)x + TERMS;
  for (int k = 0; k < TERMS; k++) sum += 1 / ((long double)x + k);
  return (double)(logl(z) - 0.5L / z - 1 / (12 * z * z) + 1 / (120 * z * z * z * z) - sum);
}
static double trigamma(double x) {
  long double sum = 0, z = (long double)x + TERMS;
  for (int k = 0; k < TERMS; k++) sum += 1 / (((long double)x + k) * ((long double)x + k));
  return (double)(sum + 1 / z + 0.5L / (z * z) + 1 / (6 * z * z * z) -
                  1 / (30 * z * z * z * z * z));
}

// Functions of one argument: the largest error in units of the last place, and where they are
// asked.
typedef struct {
  DscOp op;
  double (*of)(double);
  double units, low, high;
} Unary;

static const Unary unary[] = {
    {DSC_OP_COPY, same, 0, -9, 9},
    {DSC_OP_NEG, negative, 0, -9, 9},
    {DSC_OP_ABS, fabs, 0, -9, 9},
    {DSC_OP_SIGN, sign, 0, -9, 9},
    {DSC_OP_RECIPROCAL, reciprocal, 1, -9, 9},
    {DSC_OP_SQRT, sqrt, 0.5, 0, 1e6},
    {DSC_OP_RSQRT, rsqrt, 1.5, 0, 1e6},
    {DSC_OP_SQUARE, square, 0.5, -9, 9},
    {DSC_OP_FLOOR, floor, 0, -9, 9},
    {DSC_OP_CEIL, ceil, 0, -9, 9},
    {DSC_OP_ROUND, rint, 0, -9, 9},
    {DSC_OP_TRUNC, trunc, 0, -9, 9},
    {DSC_OP_EXP, exp, 2, -110, 95},
    {DSC_OP_EXP2, exp2, 2, -155, 130},
    {DSC_OP_EXPM1, expm1, 2, -20, 95},
    {DSC_OP_LOG, log, 2, 0, 100},
    {DSC_OP_LOG2, log2, 2, 0, 100},
    {DSC_OP_LOG10, log10, 2, 0, 100},
    {DSC_OP_LOG1P, log1p, 2, -1, 100},
    {DSC_OP_SIN, sin, 2, -1e5, 1e5},
    {DSC_OP_COS, cos, 2, -1e5, 1e5},
    {DSC_OP_TAN, tan, 2, -1e3, 1e3},
    {DSC_OP_ASIN, asin, 2, -1, 1},
    {DSC_OP_ACOS, acos, 2, -1, 1},
    {DSC_OP_ATAN, atan, 2, -20, 20},
    {DSC_OP_SINH, sinh, 2, -80, 80},
    {DSC_OP_COSH, cosh, 2, -80, 80},
    {DSC_OP_TANH, tanh, 2, -12, 12},
    {DSC_OP_ASINH, asinh, 2, -1e4, 1e4},
    {DSC_OP_ACOSH, acosh, 2, 1, 1e4},
    {DSC_OP_ATANH, atanh, 2, -1, 1},
    {DSC_OP_SIGMOID, sigmoid, 2, -100, 100},
    {DSC_OP_ERF, erf, 2, -5, 5},
    {DSC_OP_ERFC, erfc, 2, -5, 9},
    {DSC_OP_LGAMMA, lgamma, 8, 0.5, 100},
    {DSC_OP_LGAMMA, lgamma, 8, -60, 0},
};

// Those asked only there.
static const Unary special[] = {
    {DSC_OP_I0, i0, 4, -60, 60},
    {DSC_OP_I1, i1, 4, 1, 60},
    {DSC_OP_I0E, i0e, 4, -60, 60},
    {DSC_OP_I1E, i1e, 4, 1, 60},
    {DSC_OP_DIGAMMA, digamma, 4, 2, 90},
    {DSC_OP_DIGAMMA, digamma, 4, 0.01, 1},
    {DSC_OP_TRIGAMMA, trigamma, 4, 0.5, 90},
};

static const struct {
  DscOp op;
  double (*of)(double, double);
  double units, low, high;
} binary[] = {
    {DSC_OP_ADD, add, 0.5, -9, 9},      {DSC_OP_SUB, subtract, 0.5, -9, 9},
    {DSC_OP_MUL, multiply, 0.5, -9, 9}, {DSC_OP_DIV, divide, 0.5, -9, 9},
    {DSC_OP_MAXIMUM, larger, 0, -9, 9}, {DSC_OP_MINIMUM, smaller, 0, -9, 9},
    {DSC_OP_FMAX, fmax, 0, -9, 9},      {DSC_OP_FMIN, fmin, 0, -9, 9},
    {DSC_OP_POW, pow, 2, 0, 12},        {DSC_OP_ATAN2, atan2, 2, -9, 9},
    {DSC_OP_HYPOT, hypot, 2, -9, 9},    {DSC_OP_COPYSIGN, copysign, 0, -9, 9},
    {DSC_OP_FMOD, fmod, 0, -900, 900},  {DSC_OP_REMAINDER, remainder_of, 0.5, -900, 900},
};

static DscProgram single(DscOp op, DscLane lane, int arity, DscLane result) {
  DscProgram p = {.input_count = (uint8_t)arity, .instruction_count = 1, .output_count = 1};
  p.register_count = (uint8_t)(arity + 1);
  for (int i = 0; i < arity; i++) p.register_lane[i] = (uint8_t)lane;
  p.register_lane[arity] = (uint8_t)result, p.output_register[0] = (uint8_t)arity;
  p.instructions[0] = (DscInstruction){(uint8_t)op, (uint8_t)lane, (uint8_t)arity, 0, 1, 2};
  return p;
}

static void spread(Array *a, double low, double high) {
  for (int64_t i = 0; i < a->count; i++) set(a, i, low + (high - low) * (draw() + 1) / 2);
  // Exact ends, and numbers beside zero.
  if (a->count > 5) set(a, 0, low), set(a, 1, high), set(a, 2, (low <= 0 && high >= 0) ? 0 : low);
  if (a->count > 5 && low <= 0) set(a, 3, draw() * 1e-4 + (low < 0 ? 0 : 2e-4));
}

static double limit(DscDType dtype, double units, double expected) {
  // The reference in double has errors of its own in float64.
  return (units + (dtype == DSC_FLOAT64 && units > 0 ? 1.5
                   : units > 0                       ? 0.01
                                                     : 0)) *
         unit_of(dtype, expected);
}

// Runs a program over all elements of arrays in one dimension, by either path.
static int run(const DscProgram *p, int64_t count, const DscView *inputs, const DscView *output) {
  return chance(2) ? dsc_pointwise_flat(p, count, inputs, NULL, output)
                   : dsc_pointwise(p, 1, &count, inputs, NULL, output);
}

static void function(DscDType dtype, const Unary *f) {
  DscLane lane = dtype == DSC_FLOAT64 ? DSC_LANE_F64 : DSC_LANE_F32;
  Array x = vector(dtype, 1 + any_size(900)), y = vector(dtype, x.count);
  spread(&x, f->low, f->high);
  DscProgram p = single(f->op, lane, 1, lane);
  CHECK(run(&p, x.count, &x.view, &y.view) == DSC_OK, "%s", dsc_op_name(f->op));
  for (int64_t i = 0; i < x.count; i++) {
    double e = f->of(get(&x, i));
    CHECK(near(get(&y, i), rounded(dtype, e), limit(dtype, f->units, e)), "%s(%a): %a, not %a",
          dsc_op_name(f->op), get(&x, i), get(&y, i), e);
  }
  release(&x), release(&y);
}

static void functions(DscDType dtype) {
  DscLane lane = dtype == DSC_FLOAT64 ? DSC_LANE_F64 : DSC_LANE_F32;
  for (size_t f = 0; f < sizeof(unary) / sizeof(unary[0]); f++) function(dtype, &unary[f]);
  for (size_t f = 0; f < sizeof(special) / sizeof(special[0]); f++) function(dtype, &special[f]);
  for (size_t f = 0; f < sizeof(binary) / sizeof(binary[0]); f++) {
    Array x[2] = {vector(dtype, 1 + any_size(900))}, y = vector(dtype, x[0].count);
    x[1] = vector(dtype, x[0].count);
    spread(&x[0], binary[f].low, binary[f].high), spread(&x[1], binary[f].low, binary[f].high);
    DscProgram p = single(binary[f].op, lane, 2, lane);
    DscView inputs[2] = {x[0].view, x[1].view};
    CHECK(run(&p, y.count, inputs, &y.view) == DSC_OK, "%s", dsc_op_name(binary[f].op));
    for (int64_t i = 0; i < y.count; i++) {
      double a = get(&x[0], i), b = get(&x[1], i), e = binary[f].of(a, b);
      CHECK(near(get(&y, i), rounded(dtype, e), limit(dtype, binary[f].units, e)),
            "%s(%a, %a): %a, not %a", dsc_op_name(binary[f].op), a, b, get(&y, i), e);
    }
    release(&x[0]), release(&x[1]), release(&y);
  }
}

// Three arguments, or two, NaN and infinities among them; errors are those of numbers as large as
// the arguments.
static void functions_of_three(DscDType dtype) {
  static const DscOp ops[] = {
      DSC_OP_FMA,       DSC_OP_DIV_ADD,    DSC_OP_CLAMP,      DSC_OP_LERP,
      DSC_OP_LEAK,      DSC_OP_PASS_ABOVE, DSC_OP_STOP_UP_TO, DSC_OP_HARDSWISH_GRADIENT,
      DSC_OP_SOFTSHRINK};
  static double (*const of[])(double, double, double) = {
      multiply_add, divide_add,         clamped,   lerp, leak, pass_above,
      stop_up_to,   hardswish_gradient, softshrink};
  DscLane lane = dsc_dtype_lane(dtype);
  for (size_t f = 0; f < sizeof(ops) / sizeof(ops[0]); f++) {
    if (!dsc_op_has_lane(ops[f], lane)) continue;
    Array x[3], y = vector(dtype, any_size(900));
    for (int i = 0; i < 3; i++) x[i] = vector(dtype, y.count), fill(&x[i], 4, true);
    DscProgram p = single(ops[f], lane, 3, lane);
    DscView inputs[3] = {x[0].view, x[1].view, x[2].view};
    CHECK(run(&p, y.count, inputs, &y.view) == DSC_OK, "%s", dsc_op_name(ops[f]));
    for (int64_t i = 0; i < y.count; i++) {
      double a = get(&x[0], i), b = get(&x[1], i), c = get(&x[2], i), e = of[f](a, b, c),
             r = rounded(dtype, e);
      double units =
          ops[f] == DSC_OP_CLAMP || ops[f] == DSC_OP_PASS_ABOVE || ops[f] == DSC_OP_STOP_UP_TO ? 0
                                                                                               : 4;
      double size = isfinite(e) ? fmax(fabs(e), 16) : 1;
      CHECK(near(get(&y, i), r, is_floating(dtype) ? units * unit_of(dtype, size) : 0),
            "%s(%a, %a, %a): %a, not %a", dsc_op_name(ops[f]), a, b, c, get(&y, i), r);
    }
    for (int i = 0; i < 3; i++) release(&x[i]);
    release(&y);
  }
}

// Zeros with their signs, infinities, NaN, and the ends of the normal and subnormal numbers.
static void ends(DscDType dtype) {
  bool wide = dtype == DSC_FLOAT64;
  double least = wide ? 0x1p-1074 : 0x1p-149, normal = wide ? 0x1p-1022 : 0x1p-126,
         most = wide ? 0x1.fffffffffffffp1023 : 0x1.fffffep127;
  double values[] = {0,      INFINITY, NAN, least, 3 * least, normal - least,
                     normal, most,     1,   0.5,   1e-20,     1e20};
  enum { COUNT = sizeof(values) / sizeof(values[0]) };
  DscLane lane = wide ? DSC_LANE_F64 : DSC_LANE_F32;
  for (size_t f = 0; f < sizeof(unary) / sizeof(unary[0]); f++) {
    Array x = vector(dtype, 2 * COUNT), y = vector(dtype, x.count);
    for (int64_t i = 0; i < x.count; i++) set(&x, i, i < COUNT ? values[i] : -values[i - COUNT]);
    DscProgram p = single(unary[f].op, lane, 1, lane);
    CHECK(run(&p, x.count, &x.view, &y.view) == DSC_OK, "%s", dsc_op_name(unary[f].op));
    for (int64_t i = 0; i < x.count; i++) {
      double v = get(&x, i), got = get(&y, i), e = unary[f].of(v), r = rounded(dtype, e);
      if (unary[f].op == DSC_OP_SIGN && isnan(v)) r = 0;
      bool far =
          fabs(v) > 1e19 && isfinite(v) &&
          (unary[f].op == DSC_OP_SIN || unary[f].op == DSC_OP_COS || unary[f].op == DSC_OP_TAN);
      CHECK(near(got, r, far ? 4e-7 * fabs(r) : limit(dtype, unary[f].units, e)),
            "%s(%a): %a, not %a", dsc_op_name(unary[f].op), v, got, r);
      CHECK(isnan(r) || got != 0 || signbit(got) == signbit(r), "%s(%a): the sign of zero",
            dsc_op_name(unary[f].op), v);
    }
    release(&x), release(&y);
  }
}

// The same in pairs, with integers, odd and even, up to where all are even.
static void pairs_of_ends(DscDType dtype) {
  static const DscOp ops[] = {DSC_OP_POW, DSC_OP_ATAN2, DSC_OP_HYPOT};
  static double (*const of[])(double, double) = {pow, atan2, hypot};
  bool wide = dtype == DSC_FLOAT64;
  double whole = wide ? 0x1p52 : 0x1p23, least = wide ? 0x1p-1074 : 0x1p-149;
  double most = wide ? 0x1.fffffffffffffp1023 : 0x1.fffffep127;
  double values[] = {0,   INFINITY, NAN,  least,     5 * least, most,           1, 2, 3,
                     0.5, 1e-20,    1e20, whole + 1, 2 * whole, whole / 2 + 0.5};
  enum { ONES = sizeof(values) / sizeof(values[0]), ALL = 2 * ONES };
  DscLane lane = wide ? DSC_LANE_F64 : DSC_LANE_F32;
  for (int f = 0; f < 3; f++) {
    Array a = vector(dtype, ALL * ALL), b = vector(dtype, a.count), y = vector(dtype, a.count);
    for (int64_t i = 0; i < a.count; i++) {
      int64_t j = i / ALL, k = i % ALL;
      set(&a, i, j < ONES ? values[j] : -values[j - ONES]);
      set(&b, i, k < ONES ? values[k] : -values[k - ONES]);
    }
    DscProgram p = single(ops[f], lane, 2, lane);
    DscView inputs[2] = {a.view, b.view};
    CHECK(run(&p, y.count, inputs, &y.view) == DSC_OK, "%s", dsc_op_name(ops[f]));
    for (int64_t i = 0; i < a.count; i++) {
      double u = get(&a, i), v = get(&b, i), e = of[f](u, v), r = rounded(dtype, e),
             got = get(&y, i);
      CHECK(near(got, r, limit(dtype, 2, e)), "%s(%a, %a): %a, not %a", dsc_op_name(ops[f]), u, v,
            got, r);
      CHECK(isnan(r) || got != 0 || signbit(got) == signbit(r), "%s(%a, %a): the sign of zero",
            dsc_op_name(ops[f]), u, v);
    }
    release(&a), release(&b), release(&y);
  }
}

// What has no reference in the C library: float32 is float64 rounded, on every instruction set.
// (Trigamma below 0.5 takes its sine in float32, as PyTorch's does.)
static void special_functions(void) {
  static const DscOp ops[] = {DSC_OP_DIGAMMA, DSC_OP_TRIGAMMA, DSC_OP_I0,     DSC_OP_I1,
                              DSC_OP_I0E,     DSC_OP_I1E,      DSC_OP_ERFCX,  DSC_OP_NDTRI,
                              DSC_OP_ERFINV,  DSC_OP_ZETA,     DSC_OP_IGAMMA, DSC_OP_IGAMMAC};
  for (size_t f = 0; f < sizeof(ops) / sizeof(ops[0]); f++) {
    int arity = dsc_op_arity(ops[f]);
    int64_t count = 1 + any_size(200);
    Array x[2][2], y[2] = {vector(DSC_FLOAT32, count), vector(DSC_FLOAT64, count)};
    for (int i = 0; i < 2; i++) {
      x[0][i] = vector(DSC_FLOAT32, count), x[1][i] = vector(DSC_FLOAT64, count);
      spread(&x[0][i], i == 0 && arity == 2 ? 1.5 : 0.01, arity == 2 ? 9 : 0.99);
      for (int64_t k = 0; k < count; k++) set(&x[1][i], k, get(&x[0][i], k));
    }
    for (int wide = 0; wide < 2; wide++) {
      DscLane lane = wide ? DSC_LANE_F64 : DSC_LANE_F32;
      DscProgram p = single(ops[f], lane, arity, lane);
      DscView inputs[2] = {x[wide][0].view, x[wide][1].view};
      CHECK(run(&p, count, inputs, &y[wide].view) == DSC_OK, "%s", dsc_op_name(ops[f]));
    }
    for (int64_t i = 0; i < count; i++) {
      double e = get(&y[1], i);
      CHECK(near(get(&y[0], i), e, (ops[f] == DSC_OP_TRIGAMMA ? 8 : 2) * unit_of(DSC_FLOAT32, e)),
            "%s(%a): %a, not %a", dsc_op_name(ops[f]), get(&x[0][0], i), get(&y[0], i), e);
    }
    for (int i = 0; i < 2; i++) release(&x[0][i]), release(&x[1][i]), release(&y[i]);
  }
}

static double cdf(double x) { return 0.5 * erfc(-x * 0.707106781186547524401); }
static double gelu(double x) { return x * cdf(x); }
static double gelu_slope(double x) { return cdf(x) + x * 0.398942280401432678 * exp(-0.5 * x * x); }

static double silu(double x) { return x / (1 + exp(-x)); }
static double silu_slope(double x) { return 1 / (1 + exp(-x)) * (1 + x / (1 + exp(x))); }

// They are sums that cancel below 0, so their errors are those of numbers of the size of 1 and x.
static void activations(DscDType dtype) {
  static double (*const of[])(double) = {gelu,       gelu_slope,  silu,
                                         silu_slope, hardsigmoid, hardswish};
  static const DscOp ops[] = {DSC_OP_GELU,       DSC_OP_GELU_SLOPE,  DSC_OP_SILU,
                              DSC_OP_SILU_SLOPE, DSC_OP_HARDSIGMOID, DSC_OP_HARDSWISH};
  static const double others[] = {0,         -0.0,     NAN,   -40, 40,  0x1p-149,
                                  -0x1p-126, -0.75179, -88.6, 1e9, -1e9};
  enum { OTHERS = sizeof(others) / sizeof(others[0]) };
  DscLane lane = dtype == DSC_FLOAT64 ? DSC_LANE_F64 : DSC_LANE_F32;
  for (int f = 0; f < 6; f++) {
    Array x = vector(dtype, OTHERS + any_size(900)), y = vector(dtype, x.count);
    spread(&x, -7, 7);
    for (int i = 0; i < OTHERS; i++) set(&x, i, others[i]);
    DscProgram p = single(ops[f], lane, 1, lane);
    CHECK(run(&p, x.count, &x.view, &y.view) == DSC_OK, "%s", dsc_op_name(ops[f]));
    for (int64_t i = 0; i < x.count; i++) {
      double v = get(&x, i), e = of[f](v), size = fmax(1, fabs(v));
      CHECK(near(get(&y, i), e, 2.5 * unit_of(dtype, size)), "%s(%a): %a, not %a",
            dsc_op_name(ops[f]), v, get(&y, i), e);
    }
    release(&x), release(&y);
  }
}

// Comparisons and the arithmetic of integers.
static void integers(void) {
  static const DscOp ops[] = {
      DSC_OP_ADD,       DSC_OP_SUB,     DSC_OP_MUL,        DSC_OP_FLOOR_DIV,   DSC_OP_TRUNC_DIV,
      DSC_OP_REMAINDER, DSC_OP_FMOD,    DSC_OP_MAXIMUM,    DSC_OP_MINIMUM,     DSC_OP_BIT_AND,
      DSC_OP_BIT_OR,    DSC_OP_BIT_XOR, DSC_OP_SHIFT_LEFT, DSC_OP_SHIFT_RIGHT, DSC_OP_POW,
      DSC_OP_EQ,        DSC_OP_LT,      DSC_OP_GE};
  for (size_t f = 0; f < sizeof(ops) / sizeof(ops[0]); f++) {
    DscLane result = dsc_op_result_lane(ops[f], DSC_LANE_I64);
    int64_t count = any_size(300);
    DscDType dtype = (DscDType)(DSC_UINT8 + below(5));
    Array a = vector(dtype, count), b = vector(dtype, count), y = vector(DSC_INT64, count);
    fill(&a, 100, false), fill(&b, 9, false);
    for (int64_t i = 0; i < count; i++)
      if (get(&b, i) == 0) set(&b, i, 3);
    DscProgram p = single(ops[f], DSC_LANE_I64, 2, result);
    DscView inputs[2] = {a.view, b.view};
    CHECK(run(&p, count, inputs, &y.view) == DSC_OK, "%s", dsc_op_name(ops[f]));
    for (int64_t i = 0; i < count; i++) {
      int64_t m = (int64_t)get(&a, i), n = (int64_t)get(&b, i), e = 0;
      switch (ops[f]) {
        case DSC_OP_ADD:
          e = m + n;
          break;
        case DSC_OP_SUB:
          e = m - n;
          break;
        case DSC_OP_MUL:
          e = m * n;
          break;
        case DSC_OP_FLOOR_DIV:
          e = (int64_t)floor((double)m / (double)n);
          break;
        case DSC_OP_TRUNC_DIV:
          e = m / n;
          break;
        case DSC_OP_REMAINDER:
          e = (int64_t)remainder_of((double)m, (double)n);
          break;
        case DSC_OP_FMOD:
          e = m % n;
          break;
        case DSC_OP_MAXIMUM:
          e = m > n ? m : n;
          break;
        case DSC_OP_MINIMUM:
          e = m < n ? m : n;
          break;
        case DSC_OP_BIT_AND:
          e = m & n;
          break;
        case DSC_OP_BIT_OR:
          e = m | n;
          break;
        case DSC_OP_BIT_XOR:
          e = m ^ n;
          break;
        case DSC_OP_SHIFT_LEFT:
          e = n < 0 ? 0 : (int64_t)((uint64_t)m << n);
          break;
        case DSC_OP_SHIFT_RIGHT:
          e = m >> (n < 0 ? 63 : n);
          break;
        case DSC_OP_POW:
          e = n < 0 ? (m == 1 ? 1 : m == -1 ? (n % 2 ? -1 : 1) : 0) : 1;
          break;
        case DSC_OP_EQ:
          e = m == n;
          break;
        case DSC_OP_LT:
          e = m < n;
          break;
        default:
          e = m >= n;
      }
      if (ops[f] == DSC_OP_POW)
        for (int64_t k = 0; k < n; k++) e = (int64_t)((uint64_t)e * (uint64_t)m);
      CHECK(*(int64_t *)place(&y, i) == e, "%s(%lld, %lld)", dsc_op_name(ops[f]), (long long)m,
            (long long)n);
    }
    release(&a), release(&b), release(&y);
  }
}

// Instructions on halves are those on float32, converted before and after: operands in order,
// single values and scalars, into the first operand's memory too.
static void halves(void) {
  enum { IN_ORDER, SINGLE, SCALAR, MOST = 3 };
  for (int op = 0; op < dsc_op_count(); op++) {
    int arity = dsc_op_arity((DscOp)op), kinds[MOST], count_of[2] = {0, 0}, registers[MOST];
    if (op == DSC_OP_SELECT || !dsc_op_has_lane((DscOp)op, DSC_LANE_F32)) continue;
    if (dsc_op_result_lane((DscOp)op, DSC_LANE_F32) != DSC_LANE_F32) continue;
    DscDType dtype = chance(2) ? DSC_FLOAT16 : DSC_BFLOAT16;
    int64_t count = any_size(200), one = 1;
    Array half[MOST], wide[MOST], out = vector(dtype, count);
    Array expected = vector(DSC_FLOAT32, count);
    DscScalar scalars[MOST];
    DscView narrow_views[MOST], wide_views[MOST];
    for (int k = 0; k < arity; k++) {
      kinds[k] = k == 0 ? IN_ORDER : (int)below(3);
      half[k] = vector(dtype, kinds[k] == IN_ORDER ? count : one);
      wide[k] = vector(DSC_FLOAT32, half[k].count);
      fill(&half[k], 3, true);
      for (int64_t i = 0; i < half[k].count; i++) set(&wide[k], i, get(&half[k], i));
      registers[k] = count_of[kinds[k] == SCALAR]++;
      if (kinds[k] == SCALAR) {
        scalars[registers[k]].d = get(&half[k], 0);
        continue;
      }
      narrow_views[registers[k]] = half[k].view, wide_views[registers[k]] = wide[k].view;
      if (kinds[k] == IN_ORDER) continue;
      narrow_views[registers[k]].strides[0] = wide_views[registers[k]].strides[0] = 0;
    }
    uint8_t result = (uint8_t)arity, operands[MOST] = {0, 0, 0};
    const int turn = (int)below(arity);
    for (int k = 0; k < arity; k++)
      operands[(k + turn) % arity] = (uint8_t)(registers[k] + (kinds[k] == SCALAR) * count_of[0]);
    DscProgram p = {.instruction_count = 1, .output_count = 1, .output_register = {result}};
    p.input_count = (uint8_t)count_of[0], p.scalar_count = (uint8_t)count_of[1];
    p.register_count = result + 1;
    p.instructions[0] = (DscInstruction){.op = (uint8_t)op,
                                         .lane = DSC_LANE_F32,
                                         .destination = result,
                                         .a = operands[0],
                                         .b = operands[1],
                                         .c = operands[2]};
    bool in_place = chance(3);
    const DscView *to = in_place ? &half[0].view : &out.view;
    int a = dsc_pointwise(&p, 1, &count, wide_views, scalars, &expected.view);
    int b = dsc_pointwise(&p, 1, &count, narrow_views, scalars, to);
    CHECK(a == DSC_OK && b == DSC_OK, "%s of halves: %d, %d", dsc_op_name((DscOp)op), a, b);
    for (int64_t i = 0; i < count; i++) {
      double e = rounded(dtype, get(&expected, i)), got = get(in_place ? &half[0] : &out, i);
      CHECK(near(got, e, 0), "%s of %s: %a, not %a", dsc_op_name((DscOp)op), dsc_dtype_name(dtype),
            got, e);
    }
    for (int k = 0; k < arity; k++) release(&half[k]), release(&wide[k]);
    release(&out), release(&expected);
  }
}

void check_pointwise(void) {
  ends(DSC_FLOAT32), ends(DSC_FLOAT64), pairs_of_ends(DSC_FLOAT32), pairs_of_ends(DSC_FLOAT64);
  for (int i = 0; i < 20; i++) halves();
  for (int i = 0; i < 3; i++)
    functions(DSC_FLOAT32), functions(DSC_FLOAT64), integers(), special_functions();
  for (int i = 0; i < 6; i++)
    functions_of_three(DSC_FLOAT32), functions_of_three(DSC_FLOAT64), functions_of_three(DSC_INT64);
  for (int i = 0; i < 3; i++) activations(DSC_FLOAT32), activations(DSC_FLOAT64);
}
