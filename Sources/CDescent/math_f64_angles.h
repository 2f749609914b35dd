// One instruction set's float64 circular functions, their inverses and hypot. Included by
// math_f64_body.h.

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

// Sine and cosine of r + tail.
DSC_INLINE void DSC_NAME(sin_and_cos)(double r, double tail, double *s, double *c) {
  const double z = r * r, half = 0.5 * z;
  const double s_rest = DSC_POLYNOMIAL(double, z, dsc_sin_f64) * z * r;
  *s = r + (s_rest + DSC_MULTIPLY_ADD(-half, tail, tail));
  const double c_first = 1 - half, c_lost = (1 - c_first) - half;
  const double c_rest = DSC_MULTIPLY_ADD(DSC_POLYNOMIAL(double, z, dsc_cos_f64), z * z, -r * tail);
  *c = c_first + (c_lost + c_rest);
}

// The sine of r + tail + n pi / 2.
DSC_INLINE double DSC_NAME(sin_quadrant64)(double r, double tail, uint64_t n) {
  double s, c;
  DSC_NAME(sin_and_cos)(r, tail, &s, &c);
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

DSC_INLINE double DSC_NAME(tan_f64)(double x) {
  double r, tail, s, c;
  const uint64_t n = DSC_NAME(reduce_angle64)(x, &r, &tail);
  DSC_NAME(sin_and_cos)(r, tail, &s, &c);
  const double y = (n & 1 ? -c : s) / (n & 1 ? s : c);
  return x == 0 ? x : y;
}

// asin a for a <= 1/2, and pi / 2 - 2 asin sqrt((1 - a) / 2) above: the asin needed here.
DSC_INLINE double DSC_NAME(asin_reduced)(double a) {
  const double z = a > 0.5 ? 0.5 - 0.5 * a : a * a;
  const double s = a > 0.5 ? DSC_SQRT(z) : a;
  return DSC_MULTIPLY_ADD(DSC_POLYNOMIAL(double, z, dsc_asin_f64) * z, s, s);
}

DSC_INLINE double DSC_NAME(asin_f64)(double x) {
  const double a = DSC_ABS(x), y = DSC_NAME(asin_reduced)(a);
  return DSC_SIGNED_AS(a > 0.5 ? DSC_PI / 2 - (2 * y - DSC_PI_LO / 2) : y, x);
}

DSC_INLINE double DSC_NAME(acos_f64)(double x) {
  const double a = DSC_ABS(x), y = DSC_NAME(asin_reduced)(a);
  const double near = DSC_PI / 2 - (DSC_SIGNED_AS(y, x) - DSC_PI_LO / 2);
  const double far = x < 0 ? DSC_PI - (2 * y - DSC_PI_LO) : 2 * y;
  return a > 0.5 ? far : near;
}

// atan(top / bottom) for 0 <= top, bottom: from 0, pi / 4 or pi / 2 on by a quotient of at most
// 1/2.
DSC_INLINE double DSC_NAME(atan_ratio)(double top, double bottom) {
  const bool flat = 2 * top < bottom || top == 0, steep = top > 2 * bottom;
  const double over = flat ? top : steep ? -bottom : top - bottom;
  const double under = flat ? bottom : steep ? top : top + bottom;
  const double base = flat ? 0 : steep ? DSC_PI / 2 : DSC_PI / 4;
  const double base_low = flat ? 0 : steep ? DSC_PI_LO / 2 : DSC_PI_LO / 4;
  const double q = top == bottom ? 0 : over / under, z = q * q;
  return base + DSC_MULTIPLY_ADD(DSC_POLYNOMIAL(double, z, dsc_atan_f64) * z, q, q + base_low);
}

DSC_INLINE double DSC_NAME(atan_f64)(double x) {
  return DSC_SIGNED_AS(DSC_NAME(atan_ratio)(DSC_ABS(x), 1), x);
}

DSC_INLINE double DSC_NAME(atan2_f64)(double y, double x) {
  // The sum of both does not overflow.
  const bool large = DSC_ABS(y) > 0x1p1000 || DSC_ABS(x) > 0x1p1000;
  const double scale = large ? 0x1p-100 : 1;
  const double angle = DSC_NAME(atan_ratio)(DSC_ABS(y) * scale, DSC_ABS(x) * scale);
  const double turned = DSC_SIGNED_AS(1.0, x) < 0 ? DSC_PI - (angle - DSC_PI_LO) : angle;
  return x != x || y != y ? x + y : DSC_SIGNED_AS(turned, y);
}

// Scaled by a power of two, so that squares neither overflow nor vanish.
DSC_INLINE double DSC_NAME(hypot_f64)(double a, double b) {
  const double x = DSC_ABS(a), y = DSC_ABS(b), larger = x > y ? x : y;
  const double scale = larger > 0x1p500 ? 0x1p-600 : larger < 0x1p-500 ? 0x1p600 : 1;
  const double back = larger > 0x1p500 ? 0x1p600 : larger < 0x1p-500 ? 0x1p-600 : 1;
  const double u = x * scale, v = y * scale;
  const double length = DSC_SQRT(DSC_MULTIPLY_ADD(u, u, v * v)) * back;
  return x == INFINITY || y == INFINITY ? INFINITY : length;
}
