// One instruction set's conversions; see convert.c for the rows.
#include "half_memory.h"

#define ROW(NAME, MEMORY, LANE, to_lane, to_memory)                              \
  static void DSC_NAME(load_##NAME)(int64_t count, const void *in, void *out) {  \
    const MEMORY *from = in;                                                     \
    LANE *to = out;                                                              \
    count &= -DSC_STEP;                                                          \
    DSC_VECTOR for (int64_t i = 0; i < count; i++) {                             \
      const MEMORY x = from[i];                                                  \
      to[i] = to_lane;                                                           \
    }                                                                            \
  }                                                                              \
  static void DSC_NAME(store_##NAME)(int64_t count, const void *in, void *out) { \
    const LANE *from = in;                                                       \
    MEMORY *to = out;                                                            \
    count &= -DSC_STEP;                                                          \
    DSC_VECTOR for (int64_t i = 0; i < count; i++) {                             \
      const LANE x = from[i];                                                    \
      to[i] = to_memory;                                                         \
    }                                                                            \
  }
CONVERSION_ROWS(ROW)
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

static const DscConversions DSC_NAME(conversions) = {
#define ROW(NAME, ...) [DSC_##NAME] = DSC_NAME(load_##NAME),
    .fill = DSC_NAME(fill),
    .pad = DSC_NAME(pad),
    .load = {CONVERSION_ROWS(ROW)},
#undef ROW
#define ROW(NAME, ...) [DSC_##NAME] = DSC_NAME(store_##NAME),
    .store = {CONVERSION_ROWS(ROW)},
#undef ROW
};
