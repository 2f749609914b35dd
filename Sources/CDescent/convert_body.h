// One instruction set's conversions; see convert.c for the rows.
#include "half_memory.h"

#define ROW(NAME, MEMORY, to_lane, to_memory)                                    \
  static void DSC_NAME(load_##NAME)(int64_t count, const void *in, void *out) {  \
    const MEMORY *from = in;                                                     \
    float *to = out;                                                             \
    count &= -DSC_STEP;                                                          \
    DSC_VECTOR for (int64_t i = 0; i < count; i++) {                             \
      const MEMORY x = from[i];                                                  \
      to[i] = to_lane;                                                           \
    }                                                                            \
  }                                                                              \
  static void DSC_NAME(store_##NAME)(int64_t count, const void *in, void *out) { \
    const float *from = in;                                                      \
    MEMORY *to = out;                                                            \
    count &= -DSC_STEP;                                                          \
    DSC_VECTOR for (int64_t i = 0; i < count; i++) {                             \
      const float x = from[i];                                                   \
      to[i] = to_memory;                                                         \
    }                                                                            \
  }
HALF_ROWS(ROW)
#undef ROW

#define STORE_HEAD(L, NAME) \
  static void DSC_NAME(store_##L##_##NAME)(int64_t count, const void *in, void *out)
#define ROW(L, T, NAME, MEMORY)                                             \
  STORE_HEAD(L, NAME) {                                                     \
    const T *from = in;                                                     \
    MEMORY *to = out;                                                       \
    count &= -DSC_STEP;                                                     \
    DSC_VECTOR for (int64_t i = 0; i < count; i++) to[i] = (MEMORY)from[i]; \
  }
WRAPPING_ROWS(ROW)
#undef ROW

// Through int64 where a run holds what int32 does not.
#define ROW(L, T, NAME, MEMORY)                                                                 \
  STORE_HEAD(L, NAME) {                                                                         \
    count &= -DSC_STEP;                                                                         \
    for (int64_t first = 0; first < count; first += DSC_GUARD_RUN) {                            \
      const T *from = (const T *)in + first;                                                    \
      MEMORY *to = (MEMORY *)out + first;                                                       \
      const int64_t left = count - first;                                                       \
      const int64_t run = (left < DSC_GUARD_RUN ? left : DSC_GUARD_RUN) & -DSC_STEP;            \
      int far = 0;                                                                              \
      DSC_VECTOR for (int64_t i = 0; i < run; i++) far |=                                       \
          !(__builtin_elementwise_abs(from[i]) < 0x1p31f);                                      \
      if (far) {                                                                                \
        DSC_SCALAR for (int64_t i = 0; i < run; i++) to[i] = (MEMORY)DSC_FLOAT_TO_I64(from[i]); \
      } else {                                                                                  \
        DSC_VECTOR for (int64_t i = 0; i < run; i++) to[i] = (MEMORY)(int32_t)from[i];          \
      }                                                                                         \
    }                                                                                           \
  }
CUT_ROWS(ROW)
#undef ROW

// `count` (a multiple of DSC_STEP) copies of one element. Vector stores matter: a loop that reads a
// vector written in pieces has to wait for them to reach the cache.
static void DSC_NAME(fill)(size_t size, const void *value, int64_t count, void *out) {
  count &= -DSC_STEP;
  DSC_FOR_SIZE(size, {
    const T element = *(const T *)value;
    T *to = out;
    DSC_VECTOR for (int64_t i = 0; i < count; i++) to[i] = element;
  })
}

// `count` elements, then the last one repeated up to `padded`, a multiple of DSC_STEP.
static void DSC_NAME(pad)(size_t size, const void *in, int64_t count, int64_t padded, void *out) {
  padded &= -DSC_STEP;
#if defined(DSC_X86_VECTORS)  // which can load under a mask
  DSC_FOR_SIZE(size, {
    const T *from = in;
    const T last = from[count - 1];
    T *to = out;
    DSC_VECTOR for (int64_t i = 0; i < padded; i++) to[i] = i < count ? from[i] : last;
  })
#else
  memcpy(out, in, (size_t)count * size);
  dsc_pad(size, count, padded, out);
#endif
}

#define SIGNED_UINT8(L) [DSC_LANE_##L][DSC_INT8] = DSC_NAME(store_##L##_UINT8),
#define SIGNED_INT16(L)
#define SIGNED_INT32(L)
static const DscConversions DSC_NAME(conversions) = {
    .fill = DSC_NAME(fill),
    .pad = DSC_NAME(pad),
#define ROW(NAME, ...) [DSC_##NAME] = DSC_NAME(load_##NAME),
    .load = {HALF_ROWS(ROW)},
#undef ROW
#define HALF(NAME, ...) [DSC_LANE_F32][DSC_##NAME] = DSC_NAME(store_##NAME),
#define ROW(L, T, NAME, ...) \
  [DSC_LANE_##L][DSC_##NAME] = DSC_NAME(store_##L##_##NAME), SIGNED_##NAME(L)
    .store = {HALF_ROWS(HALF) WRAPPING_ROWS(ROW) CUT_ROWS(ROW)},
#undef ROW
#undef HALF
};
#undef SIGNED_UINT8
#undef SIGNED_INT16
#undef SIGNED_INT32
#undef STORE_HEAD
