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
