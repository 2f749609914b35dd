// The Box-Muller transforms of blocks of 16, compiled once for every instruction set. The rounding
// of every step is fixed: each fma is written out and nothing else may be contracted.

/// Radius of a pair from u1 in (0, 1]: sqrt(-2 ln u1), the logarithm of the Cephes library in
/// single precision (logf.c).
static inline __attribute__((always_inline)) float DSC_NAME(radius)(float u1) {
  union {
    float f;
    int32_t i;
  } bits = {u1};
  float e = (float)((bits.i >> 23) - 127) + 1.0f;
  bits.i = (bits.i & 0x007fffff) | 0x3f000000;  // the mantissa in [0.5, 1)
  float m = bits.f;
  bool small = m < 0.707106781186547524f;
  e -= small ? 1.0f : 0.0f;
  float x = (m - 1.0f) + (small ? m : 0.0f);
  float z = x * x;
  float y = 7.0376836292e-2f;
  y = DSC_FMA32(y, x, -1.1514610310e-1f);
  y = DSC_FMA32(y, x, 1.1676998740e-1f);
  y = DSC_FMA32(y, x, -1.2420140846e-1f);
  y = DSC_FMA32(y, x, 1.4249322787e-1f);
  y = DSC_FMA32(y, x, -1.6668057665e-1f);
  y = DSC_FMA32(y, x, 2.0000714765e-1f);
  y = DSC_FMA32(y, x, -2.4999993993e-1f);
  y = DSC_FMA32(y, x, 3.3333331174e-1f);
  y = y * x;
  y = DSC_FMA32(y, z, e * -2.12194440e-4f);
  y = y - z * 0.5f;
  return __builtin_elementwise_sqrt(-2.0f * DSC_FMA32(e, 0.693359375f, x + y));
}

/// Sine and cosine of an angle in [0, 2 pi], those of the Cephes library (sinf.c).
static inline __attribute__((always_inline)) void DSC_NAME(sine_cosine)(float angle, float *sine,
                                                                        float *cosine) {
  int32_t octant = ((int32_t)(angle * 1.27323954473516f) + 1) & ~1;
  float j = (float)octant;
  float x = DSC_FMA32(j, -0.78515625f, angle);
  x = DSC_FMA32(j, -2.4187564849853515625e-4f, x);
  x = DSC_FMA32(j, -3.77489497744594108e-8f, x);
  float z = x * x;
  float c = DSC_FMA32(2.443315711809948e-5f, z, -1.388731625493765e-3f);
  c = DSC_FMA32(c, z, 4.166664568298827e-2f);
  c = DSC_FMA32(c * z, z, -(z * 0.5f)) + 1.0f;
  float s = DSC_FMA32(-1.9515295891e-4f, z, 8.3321608736e-3f);
  s = DSC_FMA32(s, z, -1.6666654611e-1f);
  s = DSC_FMA32(s * z, x, x);
  bool direct = (octant & 2) == 0;
  union {
    float f;
    uint32_t i;
  } sine_bits = {direct ? s : c}, cosine_bits = {direct ? c : s};
  sine_bits.i ^= (uint32_t)(octant & 4) << 29;
  cosine_bits.i ^= (uint32_t)(~(octant - 2) & 4) << 29;
  *sine = sine_bits.f;
  *cosine = cosine_bits.f;
}

/// PyTorch's float32 form on x86 with AVX2. `count` is a multiple of 16: the eight u1 of a block
/// lie before its eight u2.
static void DSC_NAME(normal_float)(const void *constants, int64_t count, void *values) {
  float mean = ((const float *)constants)[0], std = ((const float *)constants)[1];
  float *value = values;
  for (int64_t i = 0; i < count; i += 16) {
    float *u = value + i;
    float first[8], second[8];
    for (int j = 0; j < 8; j++) {
      float radius = DSC_NAME(radius)(1.0f - u[j]), sine, cosine;
      DSC_NAME(sine_cosine)(6.28318530717958647692f * u[j + 8], &sine, &cosine);
      first[j] = DSC_FMA32(radius * cosine, std, mean);
      second[j] = DSC_FMA32(radius * sine, std, mean);
    }
    for (int j = 0; j < 8; j++) u[j] = first[j];
    for (int j = 0; j < 8; j++) u[j + 8] = second[j];
  }
}
