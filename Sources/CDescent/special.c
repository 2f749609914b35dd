// Special functions as scalar code in double: lgamma, digamma, trigamma, i0, i1, erfinv; more in
// special_families.c.
//
// The float32 loops call these too and round once.
#include "dsc_special.h"

#include <math.h>
#include <stddef.h>

#include "dsc_coefficients.h"

// Not in C11's <math.h>, but in every C library this builds on; lgamma() itself writes the global
// signgam, which is a data race.
extern double lgamma_r(double x, int *sign);

static const double PI = 3.14159265358979323846;

double dsc_lgamma(double x) {
  int sign;
  return lgamma_r(x, &sign);
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static double polynomial(double x, const double *c, size_t count) {
  double sum = c[count - 1];
  for (size_t i = count - 1; i-- > 0;) sum = sum * x + c[i];
  return sum;
}

// Clenshaw's recurrence for a Chebyshev series on -1 ... 1.
static double chebyshev(double x, const double *c, size_t count) {
  double b1 = 0, b2 = 0;
  for (size_t i = count - 1; i > 0; i--) {
    const double b = 2 * x * b1 - b2 + c[i];
    b2 = b1;
    b1 = b;
  }
  return x * b1 - b2 + c[0];
}

// Abramowitz and Stegun 6.3.18, 6.3.5 and 6.3.7. At the poles as PyTorch: 0 gives an infinity of
// the opposite sign, negative integers NaN.
double dsc_digamma(double x) {
  if (x == 0) return copysign(INFINITY, -x);
  if (x < 0) {
    if (x == floor(x)) return NAN;
    return dsc_digamma(1 - x) - PI / tan(PI * (x - trunc(x)));
  }
  if (x >= 10) {
    static const double c[] = {1.0 / 12,  -1.0 / 120,     1.0 / 252, -1.0 / 240,
                               1.0 / 132, -691.0 / 32760, 1.0 / 12,  -3617.0 / 8160};
    const double z = 1 / (x * x);
    return x < 0x1p60 ? log(x) - 0.5 / x - z * polynomial(z, c, COUNT(c)) : log(x);
  }
  double sum = 0;
  if (x < 1) {
    sum = -1 / x;
    x += 1;
  }
  for (; x > 2; sum += 1 / x) x -= 1;
  const double from_zero = (x - dsc_digamma_zero) - dsc_digamma_zero_low;
  return sum +
         from_zero * polynomial(2 * x - 3, dsc_digamma_near_zero, COUNT(dsc_digamma_near_zero));
}

// Abramowitz and Stegun 6.4.12, 6.4.6 and 6.4.7. The sine is taken of pi x as rounded to the
// element type, as in PyTorch: finite at the negative poles, NaN at -infinity.
double dsc_trigamma(double x) {
  if (x < 0.5) {
    const double s = sin(PI * x);
    return PI * PI / (s * s) - dsc_trigamma(1 - x);
  }
  double sum = 0;
  for (; x < 10; x += 1) sum += 1 / (x * x);
  static const double c[] = {1.0 / 6,  -1.0 / 30,     1.0 / 42, -1.0 / 30,
                             5.0 / 66, -691.0 / 2730, 7.0 / 6,  -3617.0 / 510};
  const double z = 1 / (x * x);
  return sum + (1 / x + 0.5 * z + z / x * polynomial(z, c, COUNT(c)));
}

double dsc_trigamma_f32(double x) {
  if (x >= 0.5 || x != x) return dsc_trigamma(x);
  const float s = sinf((float)PI * (float)x);
  return (float)PI * (float)PI / (s * s) - dsc_trigamma(1 - x);
}

// The power series to 8 (its terms have one sign); beyond, sqrt(x) exp(-x) I(x) in 16 / x - 1. As
// in PyTorch the result overflows where exp(x) does, and is NaN at infinity.
double dsc_i0(double x) {
  const double a = fabs(x);
  if (a <= 8) return polynomial(0.25 * a * a, dsc_i0_near, COUNT(dsc_i0_near));
  return exp(a) * (chebyshev(16 / a - 1, dsc_i0_far, COUNT(dsc_i0_far)) / sqrt(a));
}

double dsc_i1(double x) {
  const double a = fabs(x);
  if (a <= 8) return x * polynomial(0.25 * a * a, dsc_i1_near, COUNT(dsc_i1_near));
  const double factor = chebyshev(16 / a - 1, dsc_i1_far, COUNT(dsc_i1_far)) / sqrt(a);
  return copysign(exp(a) * factor, x);
}

static const double LARGEST_F32_EXPONENT = 88.72283905206835;

double dsc_i0_f32(double x) {
  return fabs(x) > LARGEST_F32_EXPONENT && !isinf(x) ? INFINITY : dsc_i0(x);
}

double dsc_i1_f32(double x) {
  return fabs(x) > LARGEST_F32_EXPONENT && !isinf(x) ? copysign(INFINITY, x) : dsc_i1(x);
}

double dsc_i0e(double x) {
  const double a = fabs(x);
  if (a <= 8) return exp(-a) * polynomial(0.25 * a * a, dsc_i0_near, COUNT(dsc_i0_near));
  return chebyshev(16 / a - 1, dsc_i0_far, COUNT(dsc_i0_far)) / sqrt(a);
}

double dsc_i1e(double x) {
  const double a = fabs(x);
  if (a <= 8) return exp(-a) * x * polynomial(0.25 * a * a, dsc_i1_near, COUNT(dsc_i1_near));
  return copysign(chebyshev(16 / a - 1, dsc_i1_far, COUNT(dsc_i1_far)) / sqrt(a), x);
}

// A first guess good to 2e-3 (S. Winitzki, "A handy approximation for the error function and its
// inverse", 2008), then Halley's method: two steps, each tripling the digits. In the tails the
// equation is erfc(y) = 1 - |x|, whose right side is exact there.
double dsc_erfinv(double x) {
  const double a = fabs(x);
  if (!(a < 1)) return a == 1 ? copysign(INFINITY, x) : NAN;
  if (a < 0x1p-500) return x * 0.886226925452758013649;  // sqrt(pi) / 2
  const double k = 0.147, l = log1p(-a * a) / 2, t = 2 / (PI * k) + l;
  double y = sqrt(fmax(sqrt(t * t - 2 * l / k) - t, 0));
  if (a < 0x1p-20) y = a * 0.886226925452758013649;
  for (int step = 0; step < 3; step++) {
    const double error = a < 0.5 ? erf(y) - a : (1 - a) - erfc(y);
    const double u = error * exp(y * y) * 0.886226925452758013649;
    y -= u / (1 + u * y);
  }
  return copysign(y, x);
}
