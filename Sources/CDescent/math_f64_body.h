// One instruction set's float64 mathematics; see math_f64.c for the rows.
#pragma clang fp contract(off)

DSC_INLINE double DSC_NAME(polynomial_double)(double x, const double *c, size_t count) {
  double sum = c[count - 1];
  DSC_UNROLL for (size_t k = count - 1; k-- > 0;) sum = DSC_MULTIPLY_ADD(sum, x, c[k]);
  return sum;
}

// Keeps NaN.
DSC_INLINE double DSC_NAME(clamped_f64)(double x, double low, double high) {
  x = x > high ? high : x;
  return x < low ? low : x;
}

// What the product of a and b loses in rounding.
DSC_INLINE double DSC_NAME(product_tail)(double a, double b, double product) {
  const double a_high = float64(bits64(a) & 0xfffffffff8000000u), a_low = a - a_high;
  const double b_high = float64(bits64(b) & 0xfffffffff8000000u), b_low = b - b_high;
  const double crossed = (a_high * b_high - product) + a_high * b_low + a_low * b_high;
  return DSC_FMA ? __builtin_elementwise_fma(a, b, -product) : crossed + a_low * b_low;
}

// e^(x - tail) = p 2^n with n = round(x / ln 2), for |x| below 2^20 and a tail below its last
// place; returns p, which is 1 + r rounded with what the rounding lost added to the rest.
DSC_INLINE double DSC_NAME(exp_parts)(double x, double tail, uint64_t *n) {
  const double shifted = DSC_MULTIPLY_ADD(x, DSC_LOG2E, DSC_MAGIC64);
  const double whole = shifted - DSC_MAGIC64;
  double r = DSC_MULTIPLY_ADD(whole, -DSC_LN2_HI64, x);
  r = DSC_MULTIPLY_ADD(whole, -DSC_LN2_LO64, r) - tail;
  *n = bits64(shifted) - bits64(DSC_MAGIC64);
  const double sum = 1 + r, lost = (1 - sum) + r;
  return sum + DSC_MULTIPLY_ADD(DSC_POLYNOMIAL(double, r, dsc_exp_f64), r * r, lost);
}

DSC_INLINE double DSC_NAME(power_of_two)(uint64_t n) { return float64((n + 1023) << 52); }

// p 2^n in two exact steps and a rounded one, so that subnormal results are rounded once. The half
// of n is taken with an offset: AVX2 has no arithmetic shift of 64 bits.
DSC_INLINE double DSC_NAME(scaled_f64)(double p, uint64_t n) {
  const uint64_t half = ((n + 2048) >> 1) - 1024;
  return p * DSC_NAME(power_of_two)(half) * DSC_NAME(power_of_two)(n - half);
}

DSC_INLINE double DSC_NAME(exp_f64)(double x) {
  uint64_t n;
  const double p = DSC_NAME(exp_parts)(DSC_NAME(clamped_f64)(x, -746, 710), 0, &n);
  return DSC_NAME(scaled_f64)(p, n);
}

// 2^r for |r| up to 1/2.
DSC_INLINE double DSC_NAME(exp2_reduced)(double r) {
  return DSC_MULTIPLY_ADD(DSC_POLYNOMIAL(double, r, dsc_exp2_f64), r, 1.0);
}

DSC_INLINE double DSC_NAME(exp2_f64)(double x) {
  x = DSC_NAME(clamped_f64)(x, -1077, 1025);
  const double shifted = x + DSC_MAGIC64, r = x - (shifted - DSC_MAGIC64);
  return DSC_NAME(scaled_f64)(DSC_NAME(exp2_reduced)(r), bits64(shifted) - bits64(DSC_MAGIC64));
}

// e^x - 1 = 2^n (e^r - 1) + 2^n - 1, by halves, which do not overflow. What the sum of the two
// largest parts loses is added again.
DSC_INLINE double DSC_NAME(expm1_f64)(double x) {
  const double c = DSC_NAME(clamped_f64)(x, -40, 710);
  const double shifted = DSC_MULTIPLY_ADD(c, DSC_LOG2E, DSC_MAGIC64);
  const double whole = shifted - DSC_MAGIC64;
  double r = DSC_MULTIPLY_ADD(whole, -DSC_LN2_HI64, c);
  r = DSC_MULTIPLY_ADD(whole, -DSC_LN2_LO64, r);
  const double half = float64((bits64(shifted) - bits64(DSC_MAGIC64) + 1022) << 52);
  const double large = half - 0.5, small = half * r;
  const double sum = large + small, lost = (large - sum) + small;
  const double rest = DSC_POLYNOMIAL(double, r, dsc_exp_f64) * (r * r);
  const double y = 2 * (sum + DSC_MULTIPLY_ADD(rest, half, lost));
  return DSC_ABS(x) < 0x1p-54 ? x : y;
}

// Infinite where exp(x) is, as PyTorch's: they themselves would last 0.7 longer.
#define DSC_LARGEST_EXPONENT 709.782712893384

// e^a / 2
DSC_INLINE double DSC_NAME(half_exp)(double a) {
  uint64_t n;
  const double p = DSC_NAME(exp_parts)(a > 710 ? 710 : a, 0, &n);
  return p * DSC_NAME(power_of_two)(n - 1);
}

DSC_INLINE double DSC_NAME(sinh_f64)(double x) {
  const double a = DSC_ABS(x), z = x * x, half = DSC_NAME(half_exp)(a);
  const double small = DSC_MULTIPLY_ADD(DSC_POLYNOMIAL(double, z, dsc_sinh_f64) * z, a, a);
  const double large = a > DSC_LARGEST_EXPONENT ? INFINITY : half - 0.25 / half;
  return DSC_SIGNED_AS(a < 1 ? small : large, x);
}

DSC_INLINE double DSC_NAME(cosh_f64)(double x) {
  const double a = DSC_ABS(x), half = DSC_NAME(half_exp)(a);
  return a > DSC_LARGEST_EXPONENT ? INFINITY : half + 0.25 / half;
}

// As sigmoid_f32.
DSC_INLINE double DSC_NAME(sigmoid_f64)(double x) {
  const double e = DSC_NAME(exp_f64)(-DSC_ABS(x));
  const double sum = 1 + e, lost = (1 - sum) + e;
  const double ratio = (x < 0 ? e : 1) / sum;
  return DSC_MULTIPLY_ADD(-ratio, lost, ratio);
}

DSC_INLINE double DSC_NAME(silu_f64)(double x) { return x / (1 + DSC_NAME(exp_f64)(-x)); }

DSC_INLINE double DSC_NAME(silu_slope_f64)(double x) {
  const double s = 1 / (1 + DSC_NAME(exp_f64)(-x));
  return s * (1 + x * (1 - s));
}

// As tanh_f32; beyond 20 the second form is 1.
DSC_INLINE double DSC_NAME(tanh_f64)(double x) {
  const double a = DSC_ABS(x), z = x * x;
  const double small = DSC_MULTIPLY_ADD(DSC_POLYNOMIAL(double, z, dsc_tanh_f64) * z, a, a);
  uint64_t n;
  const double p = DSC_NAME(exp_parts)(a > 20 ? 40 : a + a, 0, &n);
  const double e = p * float64((n + 1023) << 52);
  return DSC_SIGNED_AS(a < 0.55 ? small : 1 - 2 / (e + 1), x);
}

#include "math_f64_logarithms.h"
#include "math_f64_angles.h"
#include "math_f64_errors.h"
#include "math_f64_gamma.h"
#include "math_f64_digamma.h"
#include "math_f64_power.h"

#define BESSEL_EXP(x)      DSC_NAME(exp_f64)(x)
#define BESSEL_TABLE(name) dsc_##name##_f64
#include "math_bessel.h"

#define ROW(NAME, f) DSC_LOOP1(DSC_LONG_VECTOR, NAME, F64, double, double, DSC_NAME(f)(a))
VECTOR_ROWS(ROW)
DIGAMMA_ROWS(ROW)
#undef ROW
#define ROW(NAME, f) DSC_LOOP1(DSC_LONG_VECTOR, NAME, F32, float, float, DSC_NAME(f)((double)a))
DIGAMMA_ROWS(ROW)
#undef ROW
#define ROW(NAME, f, libm) \
  DSC_GUARDED1(NAME, F64, double, DSC_ABS(a) > DSC_LARGEST_ANGLE64, DSC_NAME(f)(a), libm(a))
PERIODIC_ROWS(ROW)
#undef ROW
#define ROW(NAME, L, T, f, good, scalar) \
  DSC_GUARDED1(NAME, L, T, !(good((double)a)), (T)DSC_NAME(f)((double)a), (T)scalar((double)a))
SPECIAL_ROWS(ROW)
#undef ROW
#define ROW(NAME, f) DSC_LOOP1(DSC_SCALAR, NAME, F64, double, double, f(a))
SCALAR_ROWS(ROW)
#undef ROW
#define ROW(NAME, f) DSC_LOOP2(DSC_LONG_VECTOR, NAME, F64, double, double, DSC_NAME(f)(a, b))
VECTOR_ROWS2(ROW)
#undef ROW
#define ROW(NAME, f) DSC_LOOP2(DSC_SCALAR, NAME, F64, double, double, f(a, b))
SCALAR_ROWS2(ROW)
#undef ROW

#define CELL(NAME, ...) [DSC_OP_##NAME] = DSC_LOOP_NAME(NAME, F64),
static const DscLoop DSC_NAME(math_f64_loops)[DSC_OP_COUNT] = {
    VECTOR_ROWS(CELL) DIGAMMA_ROWS(CELL) SPECIAL_F64_ROWS(CELL) VECTOR_ROWS2(CELL)
        PERIODIC_ROWS(CELL) SCALAR_ROWS(CELL) SCALAR_ROWS2(CELL)};
#undef CELL
#define CELL(NAME, ...) [DSC_OP_##NAME] = DSC_LOOP_NAME(NAME, F32),
static const DscLoop DSC_NAME(math_special_loops)[DSC_OP_COUNT] = {SPECIAL_F32_ROWS(CELL)
                                                                       DIGAMMA_ROWS(CELL)};
#undef CELL
