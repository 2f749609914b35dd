// The keys of elements.
#include "dsc_sorting.h"
#include "dsc_targets.h"

// Integers by shifting their range to begin at 0, floating numbers by their magnitude bits counted
// up or down from the middle: -0 and 0 coincide there. NaN is above all.
#define INTEGER_KEY(U, middle) ((U)(bits ^ (U)(middle)))
#define FLOATING_KEY(U, sign, infinity)  \
  ((U)((bits & (U) ~(sign)) > (infinity) \
           ? (U) ~(U)0                   \
           : (bits & (sign) ? (U)((sign) - (bits & (U) ~(sign))) : (U)((sign) + bits))))

// X(name, dtype, U, key of `bits`)
#define KEYS_32(X)                                                        \
  X(bool, BOOL, uint8_t, bits)                                            \
  X(uint8, UINT8, uint8_t, bits)                                          \
  X(int8, INT8, uint8_t, INTEGER_KEY(uint8_t, 0x80))                      \
  X(int16, INT16, uint16_t, INTEGER_KEY(uint16_t, 0x8000))                \
  X(int32, INT32, uint32_t, INTEGER_KEY(uint32_t, 0x80000000))            \
  X(float16, FLOAT16, uint16_t, FLOATING_KEY(uint16_t, 0x8000, 0x7c00))   \
  X(bfloat16, BFLOAT16, uint16_t, FLOATING_KEY(uint16_t, 0x8000, 0x7f80)) \
  X(float32, FLOAT32, uint32_t, FLOATING_KEY(uint32_t, 0x80000000, 0x7f800000))
#define KEYS_64(X)                                                    \
  X(int64, INT64, uint64_t, INTEGER_KEY(uint64_t, (uint64_t)1 << 63)) \
  X(float64, FLOAT64, uint64_t, FLOATING_KEY(uint64_t, (uint64_t)1 << 63, (uint64_t)0x7ff << 52))

#define DSC_BODY "sort_keys_body.h"
#include "dsc_for_each_target.h"

void dsc_sort_keys_32(DscDType dtype, const void *in, int64_t stride, int64_t count, bool reversed,
                      uint32_t *keys) {
  switch (dtype) {
#define X(name, NAME, U, expression)                                          \
  case DSC_##NAME:                                                            \
    DSC_DISPATCH(name)(in, stride, count, reversed ? (U) ~(U)0 : (U)0, keys); \
    break;
    KEYS_32(X)
#undef X
    case DSC_INT64:
    case DSC_FLOAT64:
      break;  // dsc_sorts_narrow excludes them
  }
}

void dsc_sort_keys_64(DscDType dtype, const void *in, int64_t stride, int64_t count, bool reversed,
                      uint64_t *keys) {
  uint64_t flip = reversed ? ~(uint64_t)0 : 0;
  if (dtype == DSC_INT64) {
    DSC_DISPATCH(int64)(in, stride, count, flip, keys);
  } else if (dtype == DSC_FLOAT64) {
    DSC_DISPATCH(float64)(in, stride, count, flip, keys);
  } else {
    uint32_t narrow[DSC_KEY_BLOCK];
    int64_t size = (int64_t)dsc_dtype_size(dtype);
    for (int64_t done = 0; done < count; done += DSC_KEY_BLOCK) {
      int64_t n = count - done < DSC_KEY_BLOCK ? count - done : DSC_KEY_BLOCK;
      const char *first = (const char *)in + done * stride * size;
      dsc_sort_keys_32(dtype, first, stride, n, reversed, narrow);
      for (int64_t i = 0; i < n; i++) keys[done + i] = narrow[i];
    }
  }
}

bool dsc_any_below_32(const uint32_t *keys, int64_t count, uint32_t bound) {
  return DSC_DISPATCH(below_32)(keys, count, bound);
}

bool dsc_any_below_64(const uint64_t *keys, int64_t count, uint64_t bound) {
  return DSC_DISPATCH(below_64)(keys, count, bound);
}
