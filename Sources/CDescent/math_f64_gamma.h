// One instruction set's logarithm of the gamma function. Included by math_f64_body.h.

// Numbers that are neither negative nor so large or small that x log x or 1 / x^2 would not be
// finite.
#define DSC_HAS_QUICK_LGAMMA(x) ((x) >= 0x1p-500 && (x) <= 0x1p500)

// Up to 8.5 the argument is brought to 2 + t with t in -3/4 ... 1/2, the factors on the way
// multiplied: lgamma(2 + t) is t P(t), exact at its zeros. Beyond, Stirling's series (Abramowitz
// and Stegun 6.1.41). Both need one logarithm.
DSC_INLINE double DSC_NAME(lgamma_f64)(double x) {
  const bool large = x > 8.5, lowest = x < 0.25, below = x < 1.25;
  double near = large ? 2 : x, factors = 1;
  DSC_UNROLL for (int k = 0; k < 6; k++) {
    const bool far = near > 2.5;
    near = far ? near - 1 : near;
    factors = far ? factors * near : factors;
  }
  factors = lowest ? x * (x + 1) : below ? x : factors;
  const double t = lowest ? x : below ? x - 1 : near - 2;
  const double logarithm = DSC_NAME(log_f64)(large ? x : factors);
  const double rest = DSC_POLYNOMIAL(double, t, dsc_lgamma_f64) * t;
  const double small = below ? rest - logarithm : rest + logarithm;
  static const double series[] = {1.0 / 12,   -1.0 / 360,      1.0 / 1260, -1.0 / 1680,
                                  1.0 / 1188, -691.0 / 360360, 1.0 / 156,  -3617.0 / 122400};
  const double r = 1 / x, z = r * r;
  const double stirling =
      DSC_MULTIPLY_ADD(DSC_POLYNOMIAL(double, z, series), r, DSC_LN_ROOT_TWO_PI - 0.5);
  return large ? DSC_MULTIPLY_ADD(x - 0.5, logarithm - 1, stirling) : small;
}

// In float32: also below 0, from the other side (6.1.17), where it has more digits than are asked
// for even next to its zeros. At the poles the sine is 0.
#define DSC_HAS_QUICK_LGAMMA_F32(x) ((x) != 0 && (x) >= -0x1p500 && (x) <= 0x1p500)
DSC_INLINE double DSC_NAME(lgamma_f32)(double x) {
  const bool mirrored = x < 0;
  const double y = DSC_NAME(lgamma_f64)(mirrored ? 1 - x : x);
  const double from_pole = x - __builtin_elementwise_rint(x);
  const double s = __builtin_elementwise_abs(DSC_NAME(sin_f64)(DSC_PI * from_pole));
  return mirrored ? DSC_NAME(log_f64)(DSC_PI / s) - y : y;
}
