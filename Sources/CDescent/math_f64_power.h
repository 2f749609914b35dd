// One instruction set's float64 power. Included by math_f64_body.h.
//
// |x|^y = 2^(y log2 |x|). The logarithm has a second part, since an error in it grows by y: it is
// right to about 2^-64 of itself.

// log2 (1 + f) for 1 + f in sqrt(1/2) ... sqrt(2): with s = f / (2 + f) and z = s^2 it is
// s (c0 + c1 z + z^2 P(z)), everything but P in two parts.
DSC_INLINE double DSC_NAME(log2_parts)(double f, double *low) {
  const double d = 2 + f, d_low = f - (d - 2), by = 1 / d;
  const double s = f * by, sd = s * d;
  const double s_low = (((f - sd) - DSC_NAME(product_tail)(s, d, sd)) - s * d_low) * by;
  const double z = s * s;
  const double z_low = DSC_NAME(product_tail)(s, s, z) + 2 * s * s_low;
  const double w = z * dsc_log2_thirds;
  const double w_low = DSC_NAME(product_tail)(z, dsc_log2_thirds, w) +
                       DSC_MULTIPLY_ADD(z_low, dsc_log2_thirds, z * dsc_log2_thirds_low);
  const double rest = DSC_POLYNOMIAL(double, z, dsc_log2_f64) * (z * z);
  const double c = dsc_log2_twice + w;
  const double c_low = ((dsc_log2_twice - c) + w) + (w_low + (dsc_log2_twice_low + rest));
  const double y = s * c;
  *low = DSC_NAME(product_tail)(s, c, y) + DSC_MULTIPLY_ADD(s, c_low, s_low * c);
  return y;
}

// C11 F.10.4.4 has the special values.
DSC_INLINE double DSC_NAME(pow_f64)(double x, double y) {
  const double a = DSC_ABS(x);
  double e, low;
  const double f = DSC_NAME(split_f64)(a, &e), part = DSC_NAME(log2_parts)(f, &low);
  const double sum = e + part;
  low += (e - sum) + part;
  const double l = a == 0 ? -INFINITY : a < INFINITY ? sum : a;
  const double product = y * l, tail = DSC_NAME(product_tail)(y, l, product) + y * low;
  const double exponent = DSC_NAME(clamped_f64)(product, -1080, 1030);
  const double shifted = exponent + DSC_MAGIC64;
  const double r = exponent - (shifted - DSC_MAGIC64);
  const double p = DSC_NAME(exp2_reduced)(exponent == product ? r + tail : r);
  double result = DSC_NAME(scaled_f64)(p, bits64(shifted) - bits64(DSC_MAGIC64));
  // From 2^52 on every double is an integer, from 2^53 on an even one.
  const double size = DSC_ABS(y), rounded = size + 0x1p52;
  const bool large = size >= 0x1p52, whole = large || rounded - 0x1p52 == size;
  const bool last = (bits64(large ? size : rounded) & 1) != 0;
  const bool odd = whole && last && size < 0x1p53;
  const bool negative = DSC_SIGNED_AS(1.0, x) < 0;
  result = negative && odd ? -result : result;
  result = x < 0 && x > -INFINITY && !whole && y == y ? NAN : result;
  const bool one = x == 1 || y == 0 || (x == -1 && size == INFINITY);
  return one ? 1 : result;
}
