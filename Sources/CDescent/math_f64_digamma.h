// One instruction set's derivatives of the logarithm of the gamma function. Included by
// math_f64_body.h.

// Abramowitz and Stegun 6.3.18, 6.3.5 and 6.3.7: a series from 10 on; below, m is brought to 1 ...
// 2 by adding reciprocals, as one fraction, and digamma there is a polynomial, exact at its zero.
DSC_INLINE double DSC_NAME(digamma_above_0)(double m) {
  const bool large = m >= 10, below = m < 1;
  double near = large ? 2 : below ? m + 1 : m;
  double top = below ? -1 : 0, bottom = below ? m : 1;
  DSC_UNROLL for (int k = 0; k < 8; k++) {
    const bool far = near > 2;
    near = far ? near - 1 : near;
    top = far ? DSC_MULTIPLY_ADD(top, near, bottom) : top;
    bottom = far ? bottom * near : bottom;
  }
  const double from_zero = (near - dsc_digamma_zero) - dsc_digamma_zero_low;
  const double rest = from_zero * DSC_POLYNOMIAL(double, 2 * near - 3, dsc_digamma_near_zero);
  static const double series[] = {1.0 / 12,  -1.0 / 120,     1.0 / 252, -1.0 / 240,
                                  1.0 / 132, -691.0 / 32760, 1.0 / 12,  -3617.0 / 8160};
  const double r = 1 / m, z = r * r;
  const double tail = DSC_MULTIPLY_ADD(z, DSC_POLYNOMIAL(double, z, series), 0.5 * r);
  return large ? DSC_NAME(log_f64)(m) - tail : top / bottom + rest;
}

// At the poles as PyTorch: 0 gives an infinity of the opposite sign, negative integers NaN.
DSC_INLINE double DSC_NAME(digamma_f64)(double x) {
  const bool negative = x < 0;
  const double whole = __builtin_elementwise_trunc(x);
  const double y = DSC_NAME(digamma_above_0)(negative ? 1 - x : x);
  const double reflected = y - DSC_PI / DSC_NAME(tan_f64)(DSC_PI * (x - whole));
  const double below = x == whole ? NAN : reflected;
  return x == 0 ? DSC_SIGNED_AS((double)INFINITY, -x) : negative ? below : y;
}

// Abramowitz and Stegun 6.4.12 and 6.4.6: a series from 10 on; below, squares of reciprocals are
// added, as one fraction.
DSC_INLINE double DSC_NAME(trigamma_above_0)(double m) {
  double top = 0, bottom = 1;
  DSC_UNROLL for (int k = 0; k < 10; k++) {
    const bool near = m < 10;
    const double square = m * m;
    top = near ? DSC_MULTIPLY_ADD(top, square, bottom) : top;
    bottom = near ? bottom * square : bottom;
    m = near ? m + 1 : m;
  }
  static const double series[] = {1.0 / 6,  -1.0 / 30,     1.0 / 42, -1.0 / 30,
                                  5.0 / 66, -691.0 / 2730, 7.0 / 6,  -3617.0 / 510};
  const double r = 1 / m, z = r * r;
  const double rest = DSC_MULTIPLY_ADD(DSC_POLYNOMIAL(double, z, series), z * r, 0.5 * z);
  return top / bottom + (r + rest);
}

// Below 1/2 from the other side (6.4.7). The sine is taken of pi x as rounded to the element type,
// as in PyTorch: finite at the negative poles.
DSC_INLINE double DSC_NAME(trigamma_f64)(double x) {
  const bool mirrored = x < 0.5;
  const double y = DSC_NAME(trigamma_above_0)(mirrored ? 1 - x : x);
  const double s = DSC_NAME(sin_f64)(DSC_PI * x);
  return mirrored ? DSC_PI * DSC_PI / (s * s) - y : y;
}

DSC_INLINE double DSC_NAME(trigamma_f32)(double x) {
  const bool mirrored = x < 0.5;
  const double y = DSC_NAME(trigamma_above_0)(mirrored ? 1 - x : x);
  const float pi = (float)DSC_PI, s = (float)DSC_NAME(sin_f64)((double)(pi * (float)x));
  return mirrored ? (double)(pi * pi / (s * s)) - y : y;
}
