// One instruction set's float32 mathematics; see math_f32.c for the rows.
#pragma clang fp contract(off)

#include "half_memory.h"
#include "math_narrow_body.h"

DSC_INLINE float DSC_NAME(polynomial_float)(float x, const float *c, size_t count) {
  float sum = c[count - 1];
  DSC_UNROLL for (size_t k = count - 1; k-- > 0;) sum = DSC_MULTIPLY_ADD(sum, x, c[k]);
  return sum;
}

// e^x = p 2^n with n = round(x / ln 2), for |x| below 2^20; returns p. The low bits of `n` are
// n + bias; a bias of b + 127 makes n << 23 the float 2^(n + b).
DSC_INLINE float DSC_NAME(exp_parts)(float x, float bias, uint32_t *n) {
  const float shifted = DSC_MULTIPLY_ADD(x, (float)DSC_LOG2E, DSC_MAGIC32 + bias);
  const float whole = shifted - (DSC_MAGIC32 + bias);
  float r = DSC_MULTIPLY_ADD(whole, -DSC_LN2_HI32, x);
  r = DSC_MULTIPLY_ADD(whole, -DSC_LN2_LO32, r);
  *n = bits32(shifted);
  const float q = DSC_POLYNOMIAL(float, r, dsc_exp_f32);
  const float sum = 1 + r, lost = (1 - sum) + r;
  return sum + DSC_MULTIPLY_ADD(q, r * r, lost);
}

// p 2^n in two exact steps and a rounded one, so that subnormal results are rounded once.
DSC_INLINE float DSC_NAME(scaled_f32)(float p, uint32_t n) {
  const uint32_t half = (uint32_t)((int32_t)n >> 1);
  return p * float32((half + 127) << 23) * float32((n - half + 127) << 23);
}

DSC_INLINE float DSC_NAME(clamped_f32)(float x, float low, float high) {
  x = x > high ? high : x;
  return x < low ? low : x;
}

DSC_INLINE float DSC_NAME(exp_f32)(float x) {
  uint32_t n;
  const float p = DSC_NAME(exp_parts)(DSC_NAME(clamped_f32)(x, -104, 89), 0, &n);
  return DSC_NAME(scaled_f32)(p, n - bits32(DSC_MAGIC32));
}

DSC_INLINE float DSC_NAME(exp2_f32)(float x) {
  x = DSC_NAME(clamped_f32)(x, -151, 129);
  const float shifted = x + DSC_MAGIC32;
  const float r = x - (shifted - DSC_MAGIC32);
  const float q = DSC_POLYNOMIAL(float, r, dsc_exp2_f32);
  return DSC_NAME(scaled_f32)(DSC_MULTIPLY_ADD(q, r, 1.0f), bits32(shifted) - bits32(DSC_MAGIC32));
}

// 1 / (1 + e^-x) for x >= 0 and e^x / (1 + e^x) below, where it may be subnormal. What 1 + e loses
// in rounding is made up for after the division.
DSC_INLINE float DSC_NAME(sigmoid_f32)(float x) {
  const float a = DSC_ABS(x);
  uint32_t n;
  const float p = DSC_NAME(exp_parts)(a > 104 ? -104 : -a, 127 + 64, &n);
  const float e = p * float32(n << 23) * 0x1p-64f;
  const float sum = 1 + e, lost = (1 - sum) + e;
  const float ratio = (x < 0 ? e : 1) / sum;
  return DSC_MULTIPLY_ADD(-ratio, lost, ratio);
}

// 1 + e^-x; infinity below -88.7, as PyTorch's. Above 87 it is 1.
DSC_INLINE float DSC_NAME(one_and_exp_f32)(float x) {
  uint32_t n;
  const float p = DSC_NAME(exp_parts)(DSC_NAME(clamped_f32)(-x, -87, 89), 126, &n);
  return DSC_MULTIPLY_ADD(p + p, float32(n << 23), 1.0f);
}

DSC_INLINE float DSC_NAME(silu_f32)(float x) { return x / DSC_NAME(one_and_exp_f32)(x); }

DSC_INLINE float DSC_NAME(silu_slope_f32)(float x) {
  const float s = 1 / DSC_NAME(one_and_exp_f32)(x);
  return s * (1 + x * (1 - s));
}

// x + x^3 P(x^2) below 0.55, 1 - 2 / (e^2x + 1) above; beyond 10 the latter is 1.
DSC_INLINE float DSC_NAME(tanh_f32)(float x) {
  const float a = DSC_ABS(x), z = x * x;
  const float small = DSC_MULTIPLY_ADD(DSC_POLYNOMIAL(float, z, dsc_tanh_f32) * z, a, a);
  uint32_t n;
  const float p = DSC_NAME(exp_parts)(a > 10 ? 20 : a + a, 127, &n);
  const float e = p * float32(n << 23);
  return DSC_SIGNED_AS(a < 0.55f ? small : 1 - 2 / (e + 1), x);
}

// Splits x = m 2^e with m in sqrt(1/2) ... sqrt(2); ln x = e ln 2 + f - f^2 / 2 + f^3 P(f) with
// f = m - 1. Subnormal x are scaled first.
DSC_INLINE float DSC_NAME(log_f32)(float x) {
  const uint32_t root_half = 0x3f3504f3;
  const bool subnormal = x < 0x1p-126f;
  const uint32_t bits = bits32(subnormal ? x * 0x1p23f : x);
  const int32_t e = (int32_t)(bits - root_half) >> 23;
  const float f = float32(bits - ((uint32_t)e << 23)) - 1;
  const float whole = (float)(e - (subnormal ? 23 : 0));
  const float square = f * f;
  float y = DSC_POLYNOMIAL(float, f, dsc_log_f32) * f;
  y = DSC_MULTIPLY_ADD(y, square, whole * DSC_LN2_LO32);
  y = DSC_MULTIPLY_ADD(square, -0.5f, y);
  y = DSC_MULTIPLY_ADD(whole, DSC_LN2_HI32, f + y);
  const float special = x < 0 ? NAN : x == 0 ? -INFINITY : x;
  return x > 0 && x < INFINITY ? y : special;
}

// x + x P(x^2) below 1, a polynomial above; 1 from 3.93 on, where erf rounds to it.
DSC_INLINE float DSC_NAME(erf_f32)(float x) {
  const float a = DSC_ABS(x);
  const float small = DSC_MULTIPLY_ADD(DSC_POLYNOMIAL(float, x *x, dsc_erf_small_f32), x, x);
  const float t = ((a > 3.93f ? 3.93f : a) - 2.465f) * (float)(1 / 1.465);
  const float upper = DSC_POLYNOMIAL(float, t, dsc_erf_large_f32);
  const float large = DSC_SIGNED_AS(a > 3.93f ? 1.0f : upper, x);
  return a < 1 ? small : large;
}

#if defined(DSC_X86_VECTORS)
// The same where a register holds a table: one short polynomial, its coefficients chosen by the
// half unit in which |x| lies. erf x = min(x, 1) p(x - its middle); from 3.99 on p is 1.
#if DSC_VECTOR_BYTES == 64
#define FLOATS           __m512
#define INTEGERS         __m512i
#define ALL(x)           _mm512_set1_ps(x)
#define LEAST(a, b)      _mm512_min_ps(a, b)
#define WHOLE(x)         _mm512_cvttps_epi32(x)
#define FLOAT_OF(i)      _mm512_cvtepi32_ps(i)
#define FUSED(a, b, c)   _mm512_fmadd_ps(a, b, c)
#define TABLE(c)         _mm512_broadcast_f32x8(_mm256_loadu_ps(c))
#define CHOSEN(table, i) _mm512_permutexvar_ps(i, table)
#define LOADED(p)        _mm512_loadu_ps(p)
#else
#define FLOATS           __m256
#define INTEGERS         __m256i
#define ALL(x)           _mm256_set1_ps(x)
#define LEAST(a, b)      _mm256_min_ps(a, b)
#define WHOLE(x)         _mm256_cvttps_epi32(x)
#define FLOAT_OF(i)      _mm256_cvtepi32_ps(i)
#define FUSED(a, b, c)   _mm256_fmadd_ps(a, b, c)
#define TABLE(c)         _mm256_loadu_ps(c)
#define CHOSEN(table, i) _mm256_permutevar8x32_ps(table, i)
#define LOADED(p)        _mm256_loadu_ps(p)
#endif

DSC_INLINE FLOATS DSC_NAME(erf_vector)(FLOATS x) {
  enum { POWERS = sizeof(dsc_erf_parts_f32) / sizeof(dsc_erf_parts_f32[0]) };
  typedef uint32_t Bits __attribute__((vector_size(sizeof(FLOATS))));
  const Bits sign = (Bits)x & 0x80000000u;
  const FLOATS a = (FLOATS)((Bits)x ^ sign), near = LEAST(ALL(3.99f), a);  // NaN passes
  const INTEGERS half = WHOLE(near + near);
  const FLOATS t = FUSED(FLOAT_OF(half), ALL(-0.5f), near) - ALL(0.25f);
  FLOATS p = CHOSEN(TABLE(dsc_erf_parts_f32[POWERS - 1]), half);
  DSC_UNROLL for (int k = POWERS - 2; k >= 0; k--) p =
      FUSED(p, t, CHOSEN(TABLE(dsc_erf_parts_f32[k]), half));
  return (FLOATS)((Bits)(LEAST(ALL(1), a) * p) | sign);
}

// erf of a step of elements.
DSC_INLINE void DSC_NAME(erf_step)(const float *x, float *out) {
  enum { WIDTH = sizeof(FLOATS) / sizeof(float) };
  DSC_UNROLL for (int i = 0; i < DSC_STEP; i += WIDTH) {
    const FLOATS y = DSC_NAME(erf_vector)(LOADED(x + i));
    memcpy(out + i, &y, sizeof(y));
  }
}

static int DSC_LOOP_NAME(ERF, F32)(int64_t count, const void *pa, const void *pb, const void *pc,
                                   void *po) {
  enum { WIDTH = sizeof(FLOATS) / sizeof(float) };
  (void)pb, (void)pc;
  for (int64_t i = 0; i < count; i += WIDTH) {
    const FLOATS y = DSC_NAME(erf_vector)(LOADED((const float *)pa + i));
    memcpy((float *)po + i, &y, sizeof(y));
  }
  return DSC_OK;
}

static void DSC_STREAM_NAME(ERF, F32)(int64_t count, const void *pa, const void *pb, const void *pc,
                                      void *po, const DscAhead *ahead, int aheads) {
  enum { WIDTH = sizeof(FLOATS) / sizeof(float) };
  (void)pb, (void)pc;
  for (int64_t i = 0; i < count; i += WIDTH) {
    dsc_fetch(ahead, aheads, i, WIDTH);
    const FLOATS y = DSC_NAME(erf_vector)(LOADED((const float *)pa + i));
    __builtin_nontemporal_store(y, (FLOATS *)(void *)((float *)po + i));
  }
}
#undef FLOATS
#undef INTEGERS
#undef ALL
#undef LEAST
#undef WHOLE
#undef FLOAT_OF
#undef FUSED
#undef TABLE
#undef CHOSEN
#undef LOADED
#else
DSC_INLINE void DSC_NAME(erf_step)(const float *x, float *out) {
  DSC_LONG_VECTOR DSC_PRAGMA(clang loop unroll(disable)) for (int i = 0; i < DSC_STEP; i++) out[i] =
      DSC_NAME(erf_f32)(x[i]);
}
DSC_LOOP1(DSC_LONG_VECTOR, ERF, F32, float, float, DSC_NAME(erf_f32)(a))
DSC_STREAM_LOOP1(DSC_LONG_VECTOR, ERF, F32, float, float, DSC_NAME(erf_f32)(a))
#endif

// e^x for x <= 0, within 1 ulp: the result cannot overflow and shares its error with a sum.
DSC_INLINE float DSC_NAME(exp_below_f32)(float x) {
  const float magic = DSC_MAGIC32 + 127 + 64;
  x = x < -104 ? -104 : x;
  const float shifted = DSC_MULTIPLY_ADD(x, (float)DSC_LOG2E, magic), whole = shifted - magic;
  float r = DSC_MULTIPLY_ADD(whole, -DSC_LN2_HI32, x);
  r = DSC_MULTIPLY_ADD(whole, -DSC_LN2_LO32, r);
  const float q = DSC_POLYNOMIAL(float, r, dsc_exp_f32);
  const float p = 1 + DSC_MULTIPLY_ADD(q, r * r, r);
  return p * float32(bits32(shifted) << 23) * 0x1p-64f;
}

#include "gelu_body.h"
#include "softmax_math_body.h"

#define ROW(NAME, f) DSC_LOOP1(DSC_LONG_VECTOR, NAME, F32, float, float, DSC_NAME(f)(a))
VECTOR_ROWS(ROW)
LONG_ROWS(ROW)
#undef ROW
#define ROW(NAME, f) DSC_STREAM_LOOP1(DSC_LONG_VECTOR, NAME, F32, float, float, DSC_NAME(f)(a))
VECTOR_ROWS(ROW)
#undef ROW
#if DSC_HAS_HALVES
#define ROW(NAME, f) DSC_HALVES1(NAME, DSC_NAME(f)(a))
VECTOR_ROWS(ROW)
#undef ROW
#endif
#define ROW(NAME, f) DSC_LOOP2(DSC_LONG_VECTOR, NAME, F32, float, float, DSC_NAME(f)(a, b))
VECTOR_ROWS2(ROW)
#undef ROW
#define ROW(NAME, f, libm) \
  DSC_GUARDED1(NAME, F32, float, DSC_ABS(a) > DSC_LARGEST_ANGLE, DSC_NAME(f)(a), libm(a))
PERIODIC_ROWS(ROW)
#undef ROW
#define ROW(NAME, f) DSC_LOOP1(DSC_SCALAR, NAME, F32, float, float, f((double)a))
SCALAR_ROWS(ROW)
#undef ROW
#define ROW(NAME, f) DSC_LOOP2(DSC_SCALAR, NAME, F32, float, float, f((double)a, (double)b))
SCALAR_ROWS2(ROW)
#undef ROW
DSC_LOOP2(DSC_SCALAR, NEXTAFTER, F32, float, float, nextafterf(a, b))

#define CELL(NAME, ...) [DSC_OP_##NAME] = DSC_LOOP_NAME(NAME, F32),
static const DscLoop DSC_NAME(math_f32_loops)[DSC_OP_COUNT] = {
    VECTOR_ROWS(CELL) LONG_ROWS(CELL) CELL(ERF) CELL(GELU) CELL(GELU_SLOPE) VECTOR_ROWS2(CELL)
        PERIODIC_ROWS(CELL) SCALAR_ROWS(CELL) SCALAR_ROWS2(CELL) CELL(NEXTAFTER)};
#undef CELL
#define CELL(NAME, ...) [DSC_OP_##NAME] = DSC_STREAM_NAME(NAME, F32),
static const DscStreamLoop DSC_NAME(math_stream_loops)[DSC_OP_COUNT] = {VECTOR_ROWS(CELL) CELL(ERF)
                                                                            CELL(GELU)};
#undef CELL
static const DscHalfLoop DSC_NAME(math_half_loops)[DSC_OP_COUNT][2] = {
#if DSC_HAS_HALVES
    VECTOR_ROWS(DSC_HALF_CELL)
#endif
};
