// Special functions as scalar code in double: scaled Bessel functions and error function, the
// inverse normal distribution, Hurwitz zeta, incomplete gamma.
#include <float.h>
#include <math.h>
#include <stdbool.h>

#include "dsc_special.h"

static const double ROOT_HALF = 0.707106781186547524401;
static const double ROOT_TWO = 1.41421356237309504880;
static const double ROOT_TWO_PI = 2.50662827463100050242;
static const double ONE_BY_ROOT_PI = 0.564189583547756286948;

// Abramowitz and Stegun 7.1.23 from 26 on, where five terms suffice. Below, exp(x^2) erfc(x), with
// the rounding error of x^2 put right: exp(x^2 + lost) = exp(x^2) (1 + lost).
double dsc_erfcx(double x) {
  if (x > 26) {
    const double z = 1 / (2 * x * x);
    return ONE_BY_ROOT_PI / x * (1 - z * (1 - 3 * z * (1 - 5 * z * (1 - 7 * z))));
  }
  if (x < -27) return INFINITY;
  const double square = x * x, lost = fma(x, x, -square);
  const double e = exp(square);
  return e == INFINITY ? e : e * erfc(x) * (1 + lost);
}

// Near 1/2 by the inverse error function; in the tails by Halley's method on erfc, from a guess by
// Abramowitz and Stegun 26.2.23. The upper half mirrors the lower: 1 - p is exact there.
double dsc_ndtri(double p) {
  if (!(p > 0 && p < 1)) return p == 0 ? -INFINITY : p == 1 ? INFINITY : NAN;
  if (p > 0.75) return -dsc_ndtri(1 - p);
  if (p >= 0.25) return ROOT_TWO * dsc_erfinv(2 * p - 1);
  const double logarithm = log(p), t = sqrt(-2 * logarithm);
  double x = (2.515517 + t * (0.802853 + t * 0.010328)) /
                 (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) -
             t;
  for (int step = 0; step < 3; step++) {
    const double error = 0.5 * erfc(-x * ROOT_HALF) / p - 1;
    const double u = error * ROOT_TWO_PI * exp(logarithm + 0.5 * x * x);
    x -= u / (1 + 0.5 * x * u);
  }
  return x;
}

// Euler-Maclaurin summation (Abramowitz and Stegun 23.2.5 and 23.1.30 generalised): ten terms, then
// the integral of the rest and corrections with Bernoulli numbers. At negative q as PyTorch: poles
// at the integers, the sum itself for integer s.
double dsc_zeta(double s, double q) {
  if (s == 1) return INFINITY;
  if (!(s > 1)) return NAN;
  if (q <= 0) {
    if (q == floor(q)) return INFINITY;
    if (s != floor(s)) return NAN;
  }
  double sum = pow(q, -s), term = sum, w = q;
  for (int k = 1; k < 10 || w <= 10; k++) {
    w += 1;
    term = pow(w, -s);
    sum += term;
    if (fabs(term) < fabs(sum) * (DBL_EPSILON / 4)) return sum;
  }
  sum += term * w / (s - 1) - 0.5 * term;
  static const double bernoulli[] = {1.0 / 6,       -1.0 / 30,      1.0 / 42, -1.0 / 30,
                                     5.0 / 66,      -691.0 / 2730,  7.0 / 6,  -3617.0 / 510,
                                     43867.0 / 798, -174611.0 / 330};
  double factor = s * term / w / 2;  // s (s + 1) ... (s + 2n - 2) w^(-s - 2n + 1) / (2n)!
  for (int n = 1; n <= 10; n++) {
    const double correction = bernoulli[n - 1] * factor;
    sum += correction;
    if (fabs(correction) < fabs(sum) * (DBL_EPSILON / 4)) break;
    const double k = 2 * n;
    factor *= (s + k - 1) * (s + k) / ((k + 1) * (k + 2)) / (w * w);
  }
  return sum;
}

// x^a exp(-x) / gamma(a + 1). For large a by Stirling's series about a, so that large numbers do
// not cancel: Temme's form, exp(-a (d - log(1 + d))) / sqrt(2 pi a) with d = (x - a) / a.
static double power_term(double a, double x) {
  if (a < 20 || fabs(x - a) > 0.4 * a) return exp(a * log(x) - x - dsc_lgamma(a + 1));
  const double d = (x - a) / a, z = 1 / (a * a);
  const double rest =
      (1.0 / 12 - z * (1.0 / 360 - z * (1.0 / 1260 - z * (1.0 / 1680 - z / 1188)))) / a;
  return exp(a * (log1p(d) - d) - rest) / sqrt(a) / ROOT_TWO_PI;
}

// Abramowitz and Stegun 6.5.29: a power series, two terms with one division.
static double igamma_series(double a, double x, double epsilon) {
  double sum = 1, term = 1;
  for (int k = 1; k < 20000 && term > sum * epsilon; k += 2) {
    const double next = a + (k + 1), ratio = x / ((a + k) * next);
    const double odd = term * (next * ratio);
    term *= x * ratio;
    sum += odd + term;
  }
  return sum * power_term(a, x);
}

// Abramowitz and Stegun 6.5.31: a continued fraction, by Lentz's method.
static double igammac_fraction(double a, double x, double epsilon) {
  const double tiny = 0x1p-900;
  double b = x + 1 - a, c = 1 / tiny, d = 1 / b, h = d;
  for (int k = 1; k < 20000; k++) {
    const double n = -k * (k - a);
    b += 2;
    d = n * d + b;
    d = 1 / (fabs(d) < tiny ? tiny : d);
    c = b + n / c;
    c = fabs(c) < tiny ? tiny : c;
    h *= c * d;
    if (fabs(c * d - 1) < 2 * epsilon) break;
  }
  return h * power_term(a, x) * a;
}

// Near x = a for orders so large that neither expansion converges: Temme's uniform expansion with
// its first correction (DLMF 8.12.3 to 8.12.8). `sign` is 1 for the upper function, -1 for the
// lower.
static bool is_uniform(double a, double x) { return a > 1e6 && fabs(x - a) < 0.3 * a; }

static double uniform(double a, double x, double sign) {
  const double mu = (x - a) / a;
  const double series = mu * mu * (1 - mu * (2.0 / 3 - mu * (0.5 - mu * 0.4)));
  const double square = fabs(mu) < 1e-3 ? series : 2 * (mu - log1p(mu));
  const double eta = copysign(sqrt(square), mu);
  const double first = fabs(mu) < 1e-3 ? -1.0 / 3 + eta / 12 : 1 / mu - 1 / eta;
  const double rest = exp(-0.5 * a * square) / sqrt(a) / ROOT_TWO_PI * first;
  return 0.5 * erfc(sign * eta * sqrt(0.5 * a)) + sign * rest;
}

// Where sums end: as far as float64 shows it, and float32.
static const double EXACT = DBL_EPSILON / 4, SHORT = 0x1p-36;

static double igamma(double a, double x, double epsilon) {
  if (!(x >= 0 && a >= 0)) return NAN;
  if (a == 0) return x > 0 ? 1 : NAN;
  if (x == 0) return 0;
  if (isinf(a)) return isinf(x) ? NAN : 0;
  if (isinf(x)) return 1;
  if (is_uniform(a, x)) return uniform(a, x, -1);
  return x > 1 && x > a ? 1 - igammac_fraction(a, x, epsilon) : igamma_series(a, x, epsilon);
}

// What is left of 1 may be small: there the series is as long as for float64.
static double igammac(double a, double x, double epsilon) {
  if (!(x >= 0 && a >= 0)) return NAN;
  if (a == 0) return x > 0 ? 0 : NAN;
  if (x == 0) return 1;
  if (isinf(a)) return isinf(x) ? NAN : 1;
  if (isinf(x)) return 0;
  if (is_uniform(a, x)) return uniform(a, x, 1);
  return x > 1 && x > a ? igammac_fraction(a, x, epsilon) : 1 - igamma_series(a, x, EXACT);
}

double dsc_igamma(double a, double x) { return igamma(a, x, EXACT); }
double dsc_igammac(double a, double x) { return igammac(a, x, EXACT); }
double dsc_igamma_f32(double a, double x) { return igamma(a, x, SHORT); }
double dsc_igammac_f32(double a, double x) { return igammac(a, x, SHORT); }
