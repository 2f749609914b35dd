// One instruction set's float64 logarithms and the inverse hyperbolic functions made of them.
// Included by math_f64_body.h.

// ln m = f - (half_square - low) for m = 1 + f in sqrt(1/2) ... sqrt(2), where with s = f / (2 + f)
// it is 2 s + s^3 P(s^2): the accurate form.
DSC_INLINE double DSC_NAME(log_low)(double f, double half_square) {
  const double s = f / (2 + f), z = s * s;
  return s * DSC_MULTIPLY_ADD(z, DSC_POLYNOMIAL(double, z, dsc_log_f64), half_square);
}

// e and f of x = (1 + f) 2^e; subnormal x are scaled first.
DSC_INLINE double DSC_NAME(split_f64)(double x, double *e) {
  const bool subnormal = x < 0x1p-1022;
  const uint64_t bits = bits64(subnormal ? x * 0x1p52 : x);
  const uint64_t biased = (bits + (DSC_ONE - DSC_ROOT_HALF)) >> 52;
  *e = float64(biased | bits64(0x1p52)) - (0x1p52 + (subnormal ? 1023 + 52 : 1023));
  return float64(bits - (biased << 52) + DSC_ONE) - 1;
}

// What a logarithm of x is where `y` does not hold.
DSC_INLINE double DSC_NAME(log_result)(double x, double y) {
  const double special = x < 0 ? NAN : x == 0 ? -INFINITY : x;
  return x > 0 && x < INFINITY ? y : special;
}

DSC_INLINE double DSC_NAME(log_f64)(double x) {
  double e;
  const double f = DSC_NAME(split_f64)(x, &e), half_square = 0.5 * f * f;
  const double low = DSC_MULTIPLY_ADD(e, DSC_LN2_LO64, DSC_NAME(log_low)(f, half_square));
  const double y = DSC_MULTIPLY_ADD(e, DSC_LN2_HI64, f - (half_square - low));
  return DSC_NAME(log_result)(x, y);
}

// ln (1 + f) in two parts, the first of 21 bits: its product with a constant of 32 bits is exact.
DSC_INLINE double DSC_NAME(log_halves)(double f, double *low) {
  const double half_square = 0.5 * f * f;
  const double high = float64(bits64(f - half_square) & 0xffffffff00000000u);
  *low = ((f - high) - half_square) + DSC_NAME(log_low)(f, half_square);
  return high;
}

DSC_INLINE double DSC_NAME(log2_f64)(double x) {
  double e, low;
  const double f = DSC_NAME(split_f64)(x, &e), high = DSC_NAME(log_halves)(f, &low);
  const double part = high * DSC_LOG2E_HI, sum = e + part, lost = (e - sum) + part;
  const double rest = DSC_MULTIPLY_ADD(low, DSC_LOG2E_HI, (low + high) * DSC_LOG2E_LO);
  return DSC_NAME(log_result)(x, sum + (lost + rest));
}

DSC_INLINE double DSC_NAME(log10_f64)(double x) {
  double e, low;
  const double f = DSC_NAME(split_f64)(x, &e), high = DSC_NAME(log_halves)(f, &low);
  const double whole = e * DSC_LOG10_2_HI, part = high * DSC_LOG10E_HI;
  const double sum = whole + part, lost = (whole - sum) + part;
  const double rest = DSC_MULTIPLY_ADD(low, DSC_LOG10E_HI, (low + high) * DSC_LOG10E_LO);
  return DSC_NAME(log_result)(x, sum + (lost + DSC_MULTIPLY_ADD(e, DSC_LOG10_2_LO, rest)));
}

// ln (u + tail) + more ln 2 for a normal u and a tail below its last place. The tail's share is
// tail / m for m = 1 + f, of which three terms of the series are enough: half of their sum times
// twice the power of two, which is then never too small.
DSC_INLINE double DSC_NAME(log_of_sum)(double u, double tail, double more) {
  const uint64_t bits = bits64(u), biased = (bits + (DSC_ONE - DSC_ROOT_HALF)) >> 52;
  const double e = float64(biased | bits64(0x1p52)) - (0x1p52 + 1023) + more;
  const double f = float64(bits - (biased << 52) + DSC_ONE) - 1, half_square = 0.5 * f * f;
  const double share = tail * float64((2047 - biased) << 52) * (0.5 - 0.5 * f + half_square);
  const double low = DSC_MULTIPLY_ADD(e, DSC_LN2_LO64, DSC_NAME(log_low)(f, half_square) + share);
  return DSC_MULTIPLY_ADD(e, DSC_LN2_HI64, f - (half_square - low));
}

// ln (1 + x) for x above -1 and finite.
DSC_INLINE double DSC_NAME(log_of_one_and)(double x) {
  const double u = 1 + x, back = u - 1, tail = (1 - (u - back)) + (x - back);
  return DSC_NAME(log_of_sum)(u, x < 0x1p60 ? tail : 0, 0);
}

DSC_INLINE double DSC_NAME(log1p_f64)(double x) {
  const double special = x < -1 ? NAN : x == -1 ? -INFINITY : x;
  return x > -1 && x < INFINITY && x != 0 ? DSC_NAME(log_of_one_and)(x) : special;
}

// From here on the roots below are the number itself.
#define DSC_LARGE_ROOT 0x1p28

// An odd polynomial below 3/4, ln (a + sqrt(a^2 + 1)) above.
DSC_INLINE double DSC_NAME(asinh_f64)(double x) {
  const double a = DSC_ABS(x), z = x * x;
  const bool large = a > DSC_LARGE_ROOT;
  const double small = DSC_MULTIPLY_ADD(DSC_POLYNOMIAL(double, z, dsc_asinh_f64) * z, a, a);
  const double root = DSC_SQRT(DSC_MULTIPLY_ADD(a, a, 1.0));
  const double sum = large ? a : a + root, tail = large ? 0 : (root - sum) + a;
  const double y = DSC_NAME(log_of_sum)(sum, tail, large ? 1 : 0);
  return a < INFINITY ? DSC_SIGNED_AS(a < 0.75 ? small : y, x) : x;
}

// ln (x + sqrt((x - 1) (x + 1))), the difference being exact where it is small.
DSC_INLINE double DSC_NAME(acosh_f64)(double x) {
  const bool large = x > DSC_LARGE_ROOT;
  const double root = DSC_SQRT((x - 1) * (x + 1));
  const double sum = large ? x : x + root, tail = large ? 0 : (x - sum) + root;
  const double y = DSC_NAME(log_of_sum)(sum, tail, large ? 1 : 0);
  return x >= 1 && x < INFINITY ? y : x == INFINITY ? x : NAN;
}

// ln ((1 + a) / (1 - a)) / 2 as ln (1 + 2 a / (1 - a)) / 2.
DSC_INLINE double DSC_NAME(atanh_f64)(double x) {
  const double a = DSC_ABS(x), y = 0.5 * DSC_NAME(log_of_one_and)((a + a) / (1 - a));
  return a < 1 ? DSC_SIGNED_AS(y, x) : a == 1 ? DSC_SIGNED_AS((double)INFINITY, x) : NAN;
}
