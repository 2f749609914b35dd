// Special functions as scalar code in double: lgamma, trigamma, erfinv; more in special_families.c.
//
// The float32 loops call these too and round once.
#include "dsc_special.h"

#include <math.h>
#include <stddef.h>

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
