// One instruction set's modified Bessel functions of the first kind, in double. Included by
// math_narrow_body.h and math_f64_body.h, which define what to include it with:
//   BESSEL_EXP(x)        e^x
//   BESSEL_TABLE(name)   the coefficients as accurate as is needed

// Up to 8 polynomials in z = x^2 / 4, beyond sqrt(a) exp(-a) I(a) in 16 / a - 1, a = |x|.
#define DEFINE_BESSEL(ORDER)                                                          \
  DSC_INLINE double DSC_NAME(bessel_near_##ORDER)(double a) {                         \
    return DSC_POLYNOMIAL(double, 0.25 * a * a, BESSEL_TABLE(i##ORDER##_near));       \
  }                                                                                   \
  DSC_INLINE double DSC_NAME(bessel_far_##ORDER)(double a) {                          \
    const double root = 1 / DSC_SQRT(a), t = DSC_MULTIPLY_ADD(16 * root, root, -1.0); \
    return DSC_POLYNOMIAL(double, t, BESSEL_TABLE(i##ORDER##_far)) * root;            \
  }
DEFINE_BESSEL(0)
DEFINE_BESSEL(1)

// As in PyTorch the results overflow where exp(x) does, and are NaN at infinity.
DSC_INLINE double DSC_NAME(bessel_i0)(double x) {
  const double a = DSC_ABS(x), far = BESSEL_EXP(a) * DSC_NAME(bessel_far_0)(a);
  return a <= 8 ? DSC_NAME(bessel_near_0)(a) : far;
}

DSC_INLINE double DSC_NAME(bessel_i1)(double x) {
  const double a = DSC_ABS(x), far = BESSEL_EXP(a) * DSC_NAME(bessel_far_1)(a);
  return a <= 8 ? x * DSC_NAME(bessel_near_1)(a) : DSC_SIGNED_AS(far, x);
}

DSC_INLINE double DSC_NAME(bessel_i0e)(double x) {
  const double a = DSC_ABS(x), near = BESSEL_EXP(-a) * DSC_NAME(bessel_near_0)(a);
  return a <= 8 ? near : DSC_NAME(bessel_far_0)(a);
}

DSC_INLINE double DSC_NAME(bessel_i1e)(double x) {
  const double a = DSC_ABS(x), near = BESSEL_EXP(-a) * x * DSC_NAME(bessel_near_1)(a);
  return a <= 8 ? near : DSC_SIGNED_AS(DSC_NAME(bessel_far_1)(a), x);
}

#undef DEFINE_BESSEL
#undef BESSEL_EXP
#undef BESSEL_TABLE
