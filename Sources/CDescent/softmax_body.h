// One instruction set's loops over a block of the softmax; see dsc_softmax.h for the steps.
#define DSC_FREE_VECTOR \
  DSC_PRAGMA(clang loop vectorize(assume_safety) vectorize_width(DSC_STEP) interleave_count(1))

#define DEFINE_STEP(NAME, L, T, ...)                                                          \
  static void DSC_NAME(NAME##_##L)(const DscBlock *block, const void *pa, const void *pb,     \
                                   const void *pp, const void *pq, void *out) {               \
    const int64_t columns = block->columns;                                                   \
    for (int64_t r = 0; r < block->rows; r++) {                                               \
      const T *va = (const T *)pa + r * block->a_row, *vb = (const T *)pb + r * block->b_row; \
      const T *vp = pp, *vq = pq;                                                             \
      T *to = (T *)out + r * block->out_row;                                                  \
      if (block->by_column) {                                                                 \
        DSC_FREE_VECTOR for (int64_t c = 0; c < columns; c++) {                               \
          const T a = va[c], b = vb[c], p = vp[c], q = vq[c];                                 \
          (void)b, (void)p, (void)q;                                                          \
          to[c] = __VA_ARGS__;                                                                \
        }                                                                                     \
      } else {                                                                                \
        const T p = vp[r], q = vq[r];                                                         \
        (void)p, (void)q;                                                                     \
        DSC_FREE_VECTOR for (int64_t c = 0; c < columns; c++) {                               \
          const T a = va[c], b = vb[c];                                                       \
          (void)b;                                                                            \
          to[c] = __VA_ARGS__;                                                                \
        }                                                                                     \
      }                                                                                       \
    }                                                                                         \
  }

#define ROW(NAME, ...)                       \
  DEFINE_STEP(NAME, F32, float, __VA_ARGS__) \
  DEFINE_STEP(NAME, F64, double, __VA_ARGS__)
DSC_SOFTMAX_STEPS(ROW)
#undef ROW

// A step of a row of whole lines of float32 that goes past the cache; c holds p and q.
#define ROW(NAME, ...)                                                                            \
  DSC_STREAM_LOOP(DSC_FREE_VECTOR, NAME, F32, float, const float *va = pa; const float *vb = pb;  \
                  const float p = *(const float *)pc; const float q = ((const float *)pc)[1];     \
                  (void)p; (void)q, const float a = va[first + i]; const float b = vb[first + i]; \
                  (void)b, __VA_ARGS__)
DSC_SOFTMAX_STEPS(ROW)
#undef ROW

// out[r] = the sum of a * b along row r.
#define DEFINE_DOT(L, T)                                                                    \
  static void DSC_NAME(dot_##L)(const DscBlock *block, const void *pa, const void *pb,      \
                                void *out) {                                                \
    typedef T V __attribute__((vector_size(64)));                                           \
    typedef T U __attribute__((vector_size(64), aligned(__alignof__(T)), may_alias));       \
    enum { LANES = 64 / sizeof(T), UNROLL = 4 };                                            \
    for (int64_t r = 0; r < block->rows; r++) {                                             \
      const T *a = (const T *)pa + r * block->a_row, *b = (const T *)pb + r * block->b_row; \
      V sums[UNROLL] = {{0}};                                                               \
      T values[LANES], tail = 0;                                                            \
      int64_t i = 0;                                                                        \
      for (; i + UNROLL * LANES <= block->columns; i += UNROLL * LANES)                     \
        for (int k = 0; k < UNROLL; k++)                                                    \
          sums[k] += *(const U *)(a + i + k * LANES) * *(const U *)(b + i + k * LANES);     \
      for (; i + LANES <= block->columns; i += LANES)                                       \
        sums[0] += *(const U *)(a + i) * *(const U *)(b + i);                               \
      sums[0] = (sums[0] + sums[1]) + (sums[2] + sums[3]);                                  \
      memcpy(values, &sums[0], sizeof(values));                                             \
      for (; i < block->columns; i++) tail += a[i] * b[i];                                  \
      for (int half = LANES / 2; half > 0; half /= 2)                                       \
        for (int k = 0; k < half; k++) values[k] += values[k + half];                       \
      ((T *)out)[r] = values[0] + tail;                                                     \
    }                                                                                       \
  }
DEFINE_DOT(F32, float)
DEFINE_DOT(F64, double)

// out = y (g - the sum of g * y) of a row of halves, converted in registers; the sum is that of
// dot_F32.
#define DEFINE_HALF_GRADIENT(H, T, LOAD, STORE, WIDE)                                             \
  static void DSC_NAME(gradient_##H)(const void *pg, const void *py, int64_t count, void *po) {   \
    typedef float V __attribute__((vector_size(64)));                                             \
    typedef T U __attribute__((vector_size(32), aligned(2), may_alias));                          \
    enum { LANES = 16, UNROLL = 4 };                                                              \
    const T *g = pg, *y = py;                                                                     \
    T *out = po;                                                                                  \
    V sums[UNROLL] = {{0}};                                                                       \
    float values[LANES], tail = 0;                                                                \
    int64_t i = 0;                                                                                \
    for (; i + UNROLL * LANES <= count; i += UNROLL * LANES)                                      \
      for (int k = 0; k < UNROLL; k++)                                                            \
        sums[k] += WIDE(*(const U *)(g + i + k * LANES)) * WIDE(*(const U *)(y + i + k * LANES)); \
    for (; i + LANES <= count; i += LANES)                                                        \
      sums[0] += WIDE(*(const U *)(g + i)) * WIDE(*(const U *)(y + i));                           \
    sums[0] = (sums[0] + sums[1]) + (sums[2] + sums[3]);                                          \
    memcpy(values, &sums[0], sizeof(values));                                                     \
    for (; i < count; i++) tail += LOAD(g[i]) * LOAD(y[i]);                                       \
    for (int half = LANES / 2; half > 0; half /= 2)                                               \
      for (int k = 0; k < half; k++) values[k] += values[k + half];                               \
    const float sum = values[0] + tail;                                                           \
    const int64_t whole = count & -DSC_HALF_LINE;                                                 \
    DSC_HALF_VECTOR for (i = 0; i < whole; i++) out[i] = STORE(LOAD(y[i]) * (LOAD(g[i]) - sum));  \
    for (i = whole; i < count; i++) out[i] = STORE(LOAD(y[i]) * (LOAD(g[i]) - sum));              \
  }
#define WIDE_FLOAT16(x)  __builtin_convertvector(x, V)
#define WIDE_BFLOAT16(x) ((V)(__builtin_convertvector(x, Bits) << 16))
#include "half_memory.h"
#if DSC_HAS_HALVES
typedef uint32_t Bits __attribute__((vector_size(64)));
DEFINE_HALF_GRADIENT(FLOAT16, DSC_FLOAT16_MEMORY, DSC_LOAD_FLOAT16, DSC_STORE_FLOAT16, WIDE_FLOAT16)
DEFINE_HALF_GRADIENT(BFLOAT16, uint16_t, dsc_float_of_bfloat, dsc_bfloat_of_float, WIDE_BFLOAT16)
#endif

#define ROW(NAME, ...) \
  [STEP_##NAME] = {[DSC_LANE_F32] = DSC_NAME(NAME##_F32), [DSC_LANE_F64] = DSC_NAME(NAME##_F64)},
static const DscSoftmaxLoops DSC_NAME(softmax_loops) = {
    .steps = {DSC_SOFTMAX_STEPS(ROW)},
#undef ROW
#define ROW(NAME, ...) [STEP_##NAME] = DSC_STREAM_NAME(NAME, F32),
    .streamed = {DSC_SOFTMAX_STEPS(ROW)},
#if DSC_HAS_HALVES
    .half_gradient =
        {[DSC_FLOAT16] = DSC_NAME(gradient_FLOAT16), [DSC_BFLOAT16] = DSC_NAME(gradient_BFLOAT16)},
#endif
    .dot = {[DSC_LANE_F32] = DSC_NAME(dot_F32), [DSC_LANE_F64] = DSC_NAME(dot_F64)}};
#undef ROW

#undef DSC_FREE_VECTOR
#undef DEFINE_STEP
#undef DEFINE_DOT
#undef DEFINE_HALF_GRADIENT
#undef WIDE_FLOAT16
#undef WIDE_BFLOAT16
