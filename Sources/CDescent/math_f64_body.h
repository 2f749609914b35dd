// One instruction set's float64 mathematics; see math_f64.c for the rows.
#pragma clang fp contract(off)

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

// e^x = p 2^n with n = round(x / ln 2), for |x| below 2^20; returns p, which is 1 + r rounded with
// what the rounding lost added to the rest.
DSC_INLINE double DSC_NAME(exp_parts)(double x, uint64_t *n) {
  const double shifted = DSC_MULTIPLY_ADD(x, DSC_LOG2E, DSC_MAGIC64);
  const double whole = shifted - DSC_MAGIC64;
  double r = DSC_MULTIPLY_ADD(whole, -DSC_LN2_HI64, x);
  r = DSC_MULTIPLY_ADD(whole, -DSC_LN2_LO64, r);
  *n = bits64(shifted) - bits64(DSC_MAGIC64);
  const double sum = 1 + r, lost = (1 - sum) + r;
  return sum + DSC_MULTIPLY_ADD(DSC_POLYNOMIAL(double, r, dsc_exp_f64), r * r, lost);
}

// In two exact steps and a rounded one, so that subnormal results are rounded once. The half of n
// is taken with an offset: AVX2 has no arithmetic shift of 64 bits.
DSC_INLINE double DSC_NAME(exp_f64)(double x) {
  uint64_t n;
  const double p = DSC_NAME(exp_parts)(DSC_NAME(clamped_f64)(x, -746, 710), &n);
  const uint64_t half = ((n + 2048) >> 1) - 1024;
  return p * float64((half + 1023) << 52) * float64((n - half + 1023) << 52);
}

// As sigmoid_f32.
DSC_INLINE double DSC_NAME(sigmoid_f64)(double x) {
  const double e = DSC_NAME(exp_f64)(-DSC_ABS(x));
  const double sum = 1 + e, lost = (1 - sum) + e;
  const double ratio = (x < 0 ? e : 1) / sum;
  return DSC_MULTIPLY_ADD(-ratio, lost, ratio);
}

DSC_INLINE double DSC_NAME(silu_f64)(double x) { return x / (1 + DSC_NAME(exp_f64)(-x)); }

DSC_INLINE double DSC_NAME(silu_slope_f64)(double x) {
  const double s = 1 / (1 + DSC_NAME(exp_f64)(-x));
  return s * (1 + x * (1 - s));
}

// As tanh_f32; beyond 20 the second form is 1.
DSC_INLINE double DSC_NAME(tanh_f64)(double x) {
  const double a = DSC_ABS(x), z = x * x;
  const double small = DSC_MULTIPLY_ADD(DSC_POLYNOMIAL(double, z, dsc_tanh_f64) * z, a, a);
  uint64_t n;
  const double p = DSC_NAME(exp_parts)(a > 20 ? 40 : a + a, &n);
  const double e = p * float64((n + 1023) << 52);
  return DSC_SIGNED_AS(a < 0.55 ? small : 1 - 2 / (e + 1), x);
}

// x = m 2^e with m = 1 + f in sqrt(1/2) ... sqrt(2) and s = f / (2 + f):
// ln m = 2 s + s^3 P(s^2) = f - (f^2 / 2 - s (f^2 / 2 + s^2 P(s^2))), the second accurate form.
DSC_INLINE double DSC_NAME(log_f64)(double x) {
  const bool subnormal = x < 0x1p-1022;
  const uint64_t bits = bits64(subnormal ? x * 0x1p52 : x);
  const uint64_t biased = (bits + (DSC_ONE - DSC_ROOT_HALF)) >> 52;
  const double e = float64(biased | bits64(0x1p52)) - (0x1p52 + (subnormal ? 1023 + 52 : 1023));
  const double f = float64(bits - (biased << 52) + DSC_ONE) - 1;
  const double s = f / (2 + f), z = s * s, half_square = 0.5 * f * f;
  const double rest = z * DSC_POLYNOMIAL(double, z, dsc_log_f64);
  const double low = DSC_MULTIPLY_ADD(s, half_square + rest, e * DSC_LN2_LO64);
  const double y = DSC_MULTIPLY_ADD(e, DSC_LN2_HI64, f - (half_square - low));
  const double special = x < 0 ? NAN : x == 0 ? -INFINITY : x;
  return x > 0 && x < INFINITY ? y : special;
}

// Angles up to here are reduced by pi / 2 in three parts; the products with the first two are
// exact.
#define DSC_LARGEST_ANGLE64 0x1p20

// r + tail = x - n pi / 2; the low bits of what is returned are n.
DSC_INLINE uint64_t DSC_NAME(reduce_angle64)(double x, double *r, double *tail) {
  const double shifted = DSC_MULTIPLY_ADD(x, DSC_TWO_BY_PI, DSC_MAGIC64);
  const double n = shifted - DSC_MAGIC64;
  const double first = x - n * DSC_HALF_PI_1, second = n * DSC_HALF_PI_2;
  const double middle = first - second, lost = (first - middle) - second;
  const double third = DSC_MULTIPLY_ADD(n, DSC_HALF_PI_3, -lost);
  *r = middle - third;
  *tail = (middle - *r) - third;
  return bits64(shifted);
}

// The sine of r + tail + n pi / 2.
DSC_INLINE double DSC_NAME(sin_quadrant64)(double r, double tail, uint64_t n) {
  const double z = r * r, half = 0.5 * z;
  const double s_rest = DSC_POLYNOMIAL(double, z, dsc_sin_f64) * z * r;
  const double s = r + (s_rest + DSC_MULTIPLY_ADD(-half, tail, tail));
  const double c_first = 1 - half, c_lost = (1 - c_first) - half;
  const double c_rest = DSC_MULTIPLY_ADD(DSC_POLYNOMIAL(double, z, dsc_cos_f64), z * z, -r * tail);
  const double c = c_first + (c_lost + c_rest);
  return float64(bits64(n & 1 ? c : s) ^ (n & 2) << 62);
}

DSC_INLINE double DSC_NAME(sin_f64)(double x) {
  double r, tail;
  const uint64_t n = DSC_NAME(reduce_angle64)(x, &r, &tail);
  return x == 0 ? x : DSC_NAME(sin_quadrant64)(r, tail, n);
}

DSC_INLINE double DSC_NAME(cos_f64)(double x) {
  double r, tail;
  const uint64_t n = DSC_NAME(reduce_angle64)(x, &r, &tail);
  return DSC_NAME(sin_quadrant64)(r, tail, n + 1);
}

// x cdf(x) of the standard normal.
DSC_INLINE double DSC_NAME(gelu_f64)(double x) { return 0.5 * x * (1 + erf(x * DSC_ROOT_OF_HALF)); }

// Its slope: cdf(x) + x pdf(x).
DSC_INLINE double DSC_NAME(gelu_slope_f64)(double x) {
  const double pdf = DSC_NAME(exp_f64)(-0.5 * x * x) * DSC_NORMAL_AT_0;
  return 0.5 * (1 + erf(x * DSC_ROOT_OF_HALF)) + x * pdf;
}

#define ROW(NAME, f) DSC_LOOP1(DSC_LONG_VECTOR, NAME, F64, double, double, DSC_NAME(f)(a))
VECTOR_ROWS(ROW)
#undef ROW
#define ROW(NAME, f, libm) \
  DSC_GUARDED1(NAME, F64, double, DSC_ABS(a) > DSC_LARGEST_ANGLE64, DSC_NAME(f)(a), libm(a))
PERIODIC_ROWS(ROW)
#undef ROW
#define ROW(NAME, f) DSC_LOOP1(DSC_SCALAR, NAME, F64, double, double, f(a))
SCALAR_ROWS(ROW)
#undef ROW
DSC_LOOP1(DSC_SCALAR, GELU, F64, double, double, DSC_NAME(gelu_f64)(a))
DSC_LOOP1(DSC_SCALAR, GELU_SLOPE, F64, double, double, DSC_NAME(gelu_slope_f64)(a))
#define ROW(NAME, f) DSC_LOOP2(DSC_SCALAR, NAME, F64, double, double, f(a, b))
SCALAR_ROWS2(ROW)
#undef ROW

#define CELL(NAME, ...) [DSC_OP_##NAME] = DSC_LOOP_NAME(NAME, F64),
static const DscLoop DSC_NAME(math_f64_loops)[DSC_OP_COUNT] = {
    VECTOR_ROWS(CELL) PERIODIC_ROWS(CELL) SCALAR_ROWS(CELL) SCALAR_ROWS2(CELL) CELL(GELU)
        CELL(GELU_SLOPE)};
#undef CELL
