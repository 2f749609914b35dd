// One instruction set's float64 error functions and gelu. Included by math_f64_body.h.

// erf from `square` = e^(-x^2): x + x P(x^2) below 1, 1 - square Q((a - 3) / (a + 3)) above; from 6
// on it is 1.
DSC_INLINE double DSC_NAME(erf_given)(double x, double square) {
  const double a = DSC_ABS(x), c = a > 6 ? 6 : a;
  const double small = DSC_MULTIPLY_ADD(DSC_POLYNOMIAL(double, x *x, dsc_erf_f64), x, x);
  const double q = DSC_POLYNOMIAL(double, (c - 3) / (c + 3), dsc_erf_tail_f64);
  return a < 1 ? small : DSC_SIGNED_AS(DSC_MULTIPLY_ADD(-q, square, 1.0), x);
}

DSC_INLINE double DSC_NAME(erf_f64)(double x) {
  const double a = DSC_ABS(x), c = a > 6 ? 6 : a;
  uint64_t n;
  const double p = DSC_NAME(exp_parts)(-c * c, 0, &n);
  return DSC_NAME(erf_given)(x, p * DSC_NAME(power_of_two)(n));
}

// 1 - erf x for |x| below 1/2; above, e^(-a^2) P(t) / (a + 5/8) with t = (a - 4) / (a + 4), which
// is 0 from 27.3 on. P is nearly constant, so that the rounding of t does not matter; what the
// quotient and its product with the exponential lose is added again.
DSC_INLINE double DSC_NAME(erfc_f64)(double x) {
  const double a = DSC_NAME(clamped_f64)(DSC_ABS(x), 0, 27.5), square = a * a;
  const double small = DSC_MULTIPLY_ADD(DSC_POLYNOMIAL(double, square, dsc_erf_f64), x, x);
  const double top = DSC_POLYNOMIAL(double, (a - 4) / (a + 4), dsc_erfc_f64);
  const double d = a + 0.625, d_low = 0.625 - (d - a), by = 1 / d, q = top * by, back = q * d;
  const double q_low = (((top - back) - DSC_NAME(product_tail)(q, d, back)) - q * d_low) * by;
  uint64_t n;
  const double p = DSC_NAME(exp_parts)(-square, DSC_NAME(product_tail)(a, a, square), &n);
  const double product = p * q, low = DSC_NAME(product_tail)(p, q, product) + p * q_low;
  const double y = DSC_NAME(scaled_f64)(product + low, n);
  return a < 0.5 ? 1 - small : x < 0 ? 2 - y : y;
}

// The y above 0 of which a = erf(y) and q = erfc(y), for q above 2^-1000: a first guess good to
// 2^-20, then a step of Halley's method, which triples the digits. The guess is in w = -ln(1 -
// a^2), as M. Giles, "Approximating the erfinv function", 2010; for large w in 1 / sqrt(w).
DSC_INLINE double DSC_NAME(erf_inverse)(double a, double q) {
  const double w = -DSC_NAME(log_f64)(q * (2 - q)), root = DSC_SQRT(w);
  const double centre = a * DSC_POLYNOMIAL(double, w - 2.5, dsc_erfinv_guess_f64);
  const double tail = root * DSC_POLYNOMIAL(double, 1 / root, dsc_erfcinv_guess_f64);
  const double y = w < 5 ? centre : tail, square = y * y;
  uint64_t n;
  const double p = DSC_NAME(exp_parts)(square, -DSC_NAME(product_tail)(y, y, square), &n);
  const double up = DSC_NAME(scaled_f64)(p, n);
  const double scaled_erfc = DSC_POLYNOMIAL(double, (y - 4) / (y + 4), dsc_erfc_f64) / (y + 0.625);
  const double small = DSC_MULTIPLY_ADD(DSC_POLYNOMIAL(double, square, dsc_erf_f64), y, y);
  const double error = a < 0.8 ? (small - a) * up : q * up - scaled_erfc;
  const double u = error * DSC_ROOT_PI_HALVES;
  return y - u / DSC_MULTIPLY_ADD(u, y, 1.0);
}

DSC_INLINE double DSC_NAME(erfinv_f64)(double x) {
  const double a = DSC_ABS(x), y = DSC_NAME(erf_inverse)(a, 1 - a);
  return a < 1 ? DSC_SIGNED_AS(y, x) : a == 1 ? DSC_SIGNED_AS((double)INFINITY, x) : NAN;
}

// The normal distribution's inverse: erfc(-x / sqrt(2)) / 2 = p, from the end that is nearer. Below
// DSC_LEAST_SHARE it is left to the scalar code.
#define DSC_LEAST_SHARE 0x1p-1000
DSC_INLINE double DSC_NAME(ndtri_f64)(double p) {
  const double q = p > 0.5 ? 2 * (1 - p) : 2 * p;
  const double x = 2 * DSC_ROOT_OF_HALF * DSC_NAME(erf_inverse)(1 - q, q);
  const double special = p == 0 ? -INFINITY : p == 1 ? INFINITY : NAN;
  return p > 0 && p < 1 ? (p > 0.5 ? x : -x) : special;
}

// x cdf(x) of the standard normal.
DSC_INLINE double DSC_NAME(gelu_f64)(double x) {
  return 0.5 * x * (1 + DSC_NAME(erf_f64)(x * DSC_ROOT_OF_HALF));
}

// Its slope: cdf(x) + x pdf(x).
DSC_INLINE double DSC_NAME(gelu_slope_f64)(double x) {
  const double square = DSC_NAME(exp_f64)(-0.5 * x * x);
  const double cdf = 0.5 * (1 + DSC_NAME(erf_given)(x * DSC_ROOT_OF_HALF, square));
  return DSC_MULTIPLY_ADD(x, square * DSC_NORMAL_AT_0, cdf);
}
