// float32 functions computed in double ("narrow": to about 33 bits, then rounded once).
// Included by math_f32_body.h.

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

// r = x - n ln 2; the low bits of what is returned are n.
DSC_INLINE uint64_t DSC_NAME(reduce_exp)(double x, double *r) {
  const double shifted = DSC_MULTIPLY_ADD(x, DSC_LOG2E, DSC_MAGIC64);
  *r = DSC_MULTIPLY_ADD(shifted - DSC_MAGIC64, -DSC_LN2, x);
  return bits64(shifted);
}

// 2^n from the low bits of n; the others are shifted out.
DSC_INLINE double DSC_NAME(power_of_two)(uint64_t n) { return float64((n + 1023) << 52); }

// e^r - 1 for a reduced r.
DSC_INLINE double DSC_NAME(expm1_reduced)(double r) {
  return DSC_MULTIPLY_ADD(DSC_POLYNOMIAL(double, r, dsc_exp_narrow), r * r, r);
}

DSC_INLINE double DSC_NAME(exp_narrow)(double x) {
  double r;
  const uint64_t n = DSC_NAME(reduce_exp)(x, &r);
  return (1 + DSC_NAME(expm1_reduced)(r)) * DSC_NAME(power_of_two)(n);
}

DSC_INLINE float DSC_NAME(expm1_f32)(float x) {
  double r;
  const uint64_t n = DSC_NAME(reduce_exp)(DSC_NAME(clamped_f64)(x, -40, 90), &r);
  const double scale = DSC_NAME(power_of_two)(n);
  const double y = DSC_MULTIPLY_ADD(scale, DSC_NAME(expm1_reduced)(r), scale - 1);
  return x == 0 ? x : (float)y;
}

// With c = cosh r and s = sinh r, e^x = 2^n (c + s) and e^-x = 2^-n (c - s).
DSC_INLINE void DSC_NAME(hyperbolic)(float x, double *s, double *c, double *up, double *down) {
  double r;
  const uint64_t n = DSC_NAME(reduce_exp)(DSC_NAME(clamped_f64)(x, -90, 90), &r);
  const double z = r * r;
  *s = DSC_MULTIPLY_ADD(DSC_POLYNOMIAL(double, z, dsc_sinh_narrow) * z, r, r);
  *c = DSC_MULTIPLY_ADD(DSC_POLYNOMIAL(double, z, dsc_cosh_narrow) * z, z, 1 + z * 0.5);
  *up = DSC_NAME(power_of_two)(n) * 0.5;
  *down = DSC_NAME(power_of_two)(-n) * 0.5;
}

DSC_INLINE float DSC_NAME(sinh_f32)(float x) {
  double s, c, up, down;
  DSC_NAME(hyperbolic)(x, &s, &c, &up, &down);
  return x == 0 ? x : (float)(s * (up + down) + c * (up - down));
}

DSC_INLINE float DSC_NAME(cosh_f32)(float x) {
  double s, c, up, down;
  DSC_NAME(hyperbolic)(x, &s, &c, &up, &down);
  return (float)(c * (up + down) + s * (up - down));
}

// x = m 2^e with m in sqrt(1/2) ... sqrt(2), for positive normal x; returns f = m - 1.
DSC_INLINE double DSC_NAME(reduce_log)(double x, double *e) {
  const uint64_t bits = bits64(x);
  const uint64_t biased = (bits + (DSC_ONE - DSC_ROOT_HALF)) >> 52;
  // The integer in the low bits of 2^52.
  *e = float64(biased | bits64(0x1p52)) - (0x1p52 + 1023);
  return float64(bits - (biased << 52) + DSC_ONE) - 1;
}

#define BESSEL_EXP(x)      DSC_NAME(exp_narrow)(x)
#define BESSEL_TABLE(name) dsc_##name##_narrow
#include "math_bessel.h"

#define DSC_LARGEST_EXPONENT32 88.72283905206835

DSC_INLINE float DSC_NAME(i0_f32)(float x) {
  const double a = DSC_ABS((double)x), y = DSC_NAME(bessel_i0)(x);
  return a > DSC_LARGEST_EXPONENT32 && a < INFINITY ? INFINITY : (float)y;
}

DSC_INLINE float DSC_NAME(i1_f32)(float x) {
  const double a = DSC_ABS((double)x), y = DSC_NAME(bessel_i1)(x);
  return a > DSC_LARGEST_EXPONENT32 && a < INFINITY ? DSC_SIGNED_AS(INFINITY, x) : (float)y;
}

DSC_INLINE float DSC_NAME(i0e_f32)(float x) { return (float)DSC_NAME(bessel_i0e)(x); }
DSC_INLINE float DSC_NAME(i1e_f32)(float x) { return (float)DSC_NAME(bessel_i1e)(x); }

// ln of a positive normal double.
DSC_INLINE double DSC_NAME(log_narrow)(double x) {
  double e;
  const double f = DSC_NAME(reduce_log)(x, &e), z = f * f;
  double y = DSC_MULTIPLY_ADD(z, -0.5, f);
  y = DSC_MULTIPLY_ADD(DSC_POLYNOMIAL(double, f, dsc_log_narrow), z * f, y);
  return DSC_MULTIPLY_ADD(e, DSC_LN2, y);
}

// What a logarithm of x is where `y` does not hold.
DSC_INLINE float DSC_NAME(log_result)(float x, double y) {
  const float special = x < 0 ? NAN : x == 0 ? -INFINITY : x;
  return x > 0 && x < INFINITY ? (float)y : special;
}

DSC_INLINE float DSC_NAME(log2_f32)(float x) {
  double e;
  const double f = DSC_NAME(reduce_log)(x, &e), z = f * f;
  double y = DSC_MULTIPLY_ADD(z, -0.5, f);
  y = DSC_MULTIPLY_ADD(DSC_POLYNOMIAL(double, f, dsc_log_narrow), z * f, y);
  return DSC_NAME(log_result)(x, DSC_MULTIPLY_ADD(y, DSC_LOG2E, e));
}

DSC_INLINE float DSC_NAME(log10_f32)(float x) {
  return DSC_NAME(log_result)(x, DSC_NAME(log_narrow)(x) * DSC_LOG10E);
}

// Near 0, where 1 + x loses digits, three terms of the series.
DSC_INLINE float DSC_NAME(log1p_f32)(float x) {
  const double u = x;
  const double small = u + u * u * (u * (1.0 / 3) - 0.5);
  const double y = DSC_ABS(u) < 0x1p-12 ? small : DSC_NAME(log_narrow)(1 + u);
  const float special = x < -1 ? NAN : x == -1 ? -INFINITY : x;
  return x > -1 && x < INFINITY ? (x == 0 ? x : (float)y) : special;
}

DSC_INLINE float DSC_NAME(asinh_f32)(float x) {
  const double a = DSC_ABS((double)x);
  const double small = a - a * a * a * (1.0 / 6);
  const double large = DSC_NAME(log_narrow)(a + DSC_SQRT(DSC_MULTIPLY_ADD(a, a, 1.0)));
  const double y = a < 0x1p-9 ? small : large;
  return a < INFINITY ? DSC_SIGNED_AS((float)y, x) : x;
}

DSC_INLINE float DSC_NAME(acosh_f32)(float x) {
  const double u = x;
  const double y = DSC_NAME(log_narrow)(u + DSC_SQRT(DSC_MULTIPLY_ADD(u, u, -1.0)));
  return x >= 1 && x < INFINITY ? (float)y : x == INFINITY ? x : NAN;
}

DSC_INLINE float DSC_NAME(atanh_f32)(float x) {
  const double a = DSC_ABS((double)x);
  const double small = a + a * a * a * (1.0 / 3);
  const double y = a < 0x1p-9 ? small : 0.5 * DSC_NAME(log_narrow)((1 + a) / (1 - a));
  return a < 1 ? DSC_SIGNED_AS((float)y, x) : a == 1 ? DSC_SIGNED_AS(INFINITY, x) : NAN;
}

// Angles up to here are reduced by pi / 2 in three parts, whose products are exact.
#define DSC_LARGEST_ANGLE 0x1p20f

// r = x - n pi / 2; the low bits of what is returned are n.
DSC_INLINE uint64_t DSC_NAME(reduce_angle)(double x, double *r) {
  const double shifted = DSC_MULTIPLY_ADD(x, DSC_TWO_BY_PI, DSC_MAGIC64);
  const double n = shifted - DSC_MAGIC64;
  *r = DSC_MULTIPLY_ADD(n, -DSC_HALF_PI_2, DSC_MULTIPLY_ADD(n, -DSC_HALF_PI_1, x));
  return bits64(shifted);
}

DSC_INLINE double DSC_NAME(sin_reduced)(double r) {
  const double z = r * r;
  return DSC_MULTIPLY_ADD(DSC_POLYNOMIAL(double, z, dsc_sin_narrow) * z, r, r);
}

DSC_INLINE double DSC_NAME(cos_reduced)(double r) {
  const double z = r * r;
  return DSC_MULTIPLY_ADD(DSC_POLYNOMIAL(double, z, dsc_cos_narrow) * z, z, 1 - z * 0.5);
}

// The sine of r + n pi / 2.
DSC_INLINE double DSC_NAME(sin_quadrant)(double r, uint64_t n) {
  const double y = n & 1 ? DSC_NAME(cos_reduced)(r) : DSC_NAME(sin_reduced)(r);
  return float64(bits64(y) ^ (n & 2) << 62);
}

DSC_INLINE float DSC_NAME(sin_f32)(float x) {
  double r;
  const uint64_t n = DSC_NAME(reduce_angle)(x, &r);
  return x == 0 ? x : (float)DSC_NAME(sin_quadrant)(r, n);
}

DSC_INLINE float DSC_NAME(cos_f32)(float x) {
  double r;
  const uint64_t n = DSC_NAME(reduce_angle)(x, &r);
  return (float)DSC_NAME(sin_quadrant)(r, n + 1);
}

DSC_INLINE float DSC_NAME(tan_f32)(float x) {
  double r;
  const uint64_t n = DSC_NAME(reduce_angle)(x, &r);
  const double s = DSC_NAME(sin_reduced)(r), c = DSC_NAME(cos_reduced)(r);
  const double y = (n & 1 ? -c : s) / (n & 1 ? s : c);
  return x == 0 ? x : (float)y;
}

// asin a for a <= 1/2, and pi / 2 - 2 asin sqrt((1 - a) / 2) above: the asin needed here.
DSC_INLINE double DSC_NAME(asin_reduced)(double a) {
  const double z = a > 0.5 ? 0.5 - 0.5 * a : a * a;
  const double s = a > 0.5 ? DSC_SQRT(z) : a;
  return DSC_MULTIPLY_ADD(DSC_POLYNOMIAL(double, z, dsc_asin_narrow) * z, s, s);
}

DSC_INLINE float DSC_NAME(asin_f32)(float x) {
  const double a = DSC_ABS((double)x), y = DSC_NAME(asin_reduced)(a);
  return DSC_SIGNED_AS((float)(a > 0.5 ? DSC_PI / 2 - 2 * y : y), x);
}

DSC_INLINE float DSC_NAME(acos_f32)(float x) {
  const double a = DSC_ABS((double)x), y = DSC_NAME(asin_reduced)(a);
  const double signed_y = DSC_SIGNED_AS(y, (double)x);
  const double large = x < 0 ? DSC_PI - 2 * y : 2 * y;
  return (float)(a > 0.5 ? large : DSC_PI / 2 - signed_y);
}

// atan(top / bottom) for 0 <= top, bottom.
DSC_INLINE double DSC_NAME(atan_ratio)(double top, double bottom) {
  const bool steep = top > bottom;
  const double over = steep ? bottom : top, under = steep ? top : bottom;
  const double ratio = over / under;
  const double same = under == 0 ? 0 : 1;
  const double q = over == under ? same : ratio;
  const double z = q * q;
  const double y = DSC_MULTIPLY_ADD(DSC_POLYNOMIAL(double, z, dsc_atan_narrow) * z, q, q);
  return steep ? DSC_PI / 2 - y : y;
}

DSC_INLINE float DSC_NAME(atan_f32)(float x) {
  return DSC_SIGNED_AS((float)DSC_NAME(atan_ratio)(DSC_ABS((double)x), 1), x);
}

DSC_INLINE float DSC_NAME(atan2_f32)(float y, float x) {
  const double angle = DSC_NAME(atan_ratio)(DSC_ABS((double)y), DSC_ABS((double)x));
  const double turned = DSC_SIGNED_AS(1.0f, x) < 0 ? DSC_PI - angle : angle;
  return x != x || y != y ? x + y : DSC_SIGNED_AS((float)turned, y);
}

DSC_INLINE float DSC_NAME(hypot_f32)(float a, float b) {
  const double x = a, y = b;
  const float length = (float)DSC_SQRT(DSC_MULTIPLY_ADD(x, x, y * y));
  return DSC_ABS(a) == INFINITY || DSC_ABS(b) == INFINITY ? INFINITY : length;
}

// exp(-a^2) times the scaled function, a polynomial in (a - 2) / (a + 2); 0 from 10.06 on.
DSC_INLINE float DSC_NAME(erfc_f32)(float x) {
  const double a = DSC_NAME(clamped_f64)(DSC_ABS((double)x), 0, 10.1);
  const double t = (a - 2) / (a + 2);
  const double y = DSC_POLYNOMIAL(double, t, dsc_erfc_narrow) * DSC_NAME(exp_narrow)(-a * a);
  return (float)(x < 0 ? 2 - y : y);
}

// x P(w) with w = -ln(1 - x^2), as M. Giles, "Approximating the erfinv function", 2010; in the tail
// a polynomial in its root.
DSC_INLINE float DSC_NAME(erfinv_f32)(float x) {
  const double u = x;
  const double w = -DSC_NAME(log_narrow)((1 - u) * (1 + u));
  const double centre = DSC_POLYNOMIAL(double, w - 2.5, dsc_erfinv_centre);
  const double tail = DSC_POLYNOMIAL(double, DSC_SQRT(w) - 3, dsc_erfinv_tail);
  const float y = (float)(u * (w < 5 ? centre : tail));
  const float a = DSC_ABS(x);
  return a < 1 ? y : a == 1 ? DSC_SIGNED_AS(INFINITY, x) : NAN;
}

// |x|^y = 2^(y log2 |x|) and the sign of (-1)^y; C11 F.10.4.4 has the special values.
DSC_INLINE float DSC_NAME(pow_f32)(float x, float y) {
  const double a = DSC_ABS((double)x), power = y;
  double e;
  const double f = DSC_NAME(reduce_log)(a, &e), z = f * f;
  double l = DSC_MULTIPLY_ADD(z, -0.5, f);
  l = DSC_MULTIPLY_ADD(DSC_POLYNOMIAL(double, f, dsc_log_pow), z * f, l);
  l = DSC_MULTIPLY_ADD(l, DSC_LOG2E, e);
  l = a == 0 ? -INFINITY : a < INFINITY ? l : a;
  const double exponent = DSC_NAME(clamped_f64)(power * l, -200, 200);
  const double shifted = exponent + DSC_MAGIC64;
  const double r = exponent - (shifted - DSC_MAGIC64);
  const double p = DSC_MULTIPLY_ADD(DSC_POLYNOMIAL(double, r, dsc_exp2_pow), r, 1.0);
  float result = (float)(p * DSC_NAME(power_of_two)(bits64(shifted)));
  // From 2^24 on every float is an even integer.
  const double capped = DSC_NAME(clamped_f64)(power, -0x1p30, 0x1p30);
  const double rounded = capped + DSC_MAGIC64;
  const bool whole = rounded - DSC_MAGIC64 == capped;
  const bool odd = whole && (bits64(rounded) & 1);
  const bool negative = DSC_SIGNED_AS(1.0f, x) < 0;
  result = negative && odd ? -result : result;
  result = x < 0 && x > -INFINITY && !whole && y == y ? NAN : result;
  const bool one = x == 1 || y == 0 || (x == -1 && DSC_ABS(y) == INFINITY);
  return one ? 1 : result;
}
