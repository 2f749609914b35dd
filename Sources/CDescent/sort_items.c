// Items of rows and their order.
#include <string.h>

#include "dsc_sorting.h"

static const char *element(DscDType dtype, const void *in, int64_t offset) {
  return (const char *)in + offset * (int64_t)dsc_dtype_size(dtype);
}

void dsc_sort_items_narrow(DscDType dtype, const void *in, int64_t stride, int64_t count,
                           bool reversed, DscNarrowItem *items) {
  uint32_t keys[DSC_KEY_BLOCK];
  for (int64_t done = 0; done < count; done += DSC_KEY_BLOCK) {
    int64_t n = count - done < DSC_KEY_BLOCK ? count - done : DSC_KEY_BLOCK;
    dsc_sort_keys_32(dtype, element(dtype, in, done * stride), stride, n, reversed, keys);
    for (int64_t i = 0; i < n; i++)
      items[done + i] = (uint64_t)keys[i] << 32 | (uint64_t)(done + i);
  }
}

void dsc_sort_items_wide(DscDType dtype, const void *in, int64_t stride, int64_t count,
                         bool reversed, DscWideItem *items) {
  uint64_t keys[DSC_KEY_BLOCK];
  for (int64_t done = 0; done < count; done += DSC_KEY_BLOCK) {
    int64_t n = count - done < DSC_KEY_BLOCK ? count - done : DSC_KEY_BLOCK;
    dsc_sort_keys_64(dtype, element(dtype, in, done * stride), stride, n, reversed, keys);
    for (int64_t i = 0; i < n; i++) items[done + i] = (DscWideItem){keys[i], (uint64_t)(done + i)};
  }
}

enum { DIGIT_COUNTS = 6 * 2048 };  // 64 bits in digits of 11, or of 8

#define ITEM            DscNarrowItem
#define SORT_NAME(name) narrow_##name
#define KEY(item)       ((item) >> 32)
#define INDEX(item)     ((int64_t)((item)&0xffffffff))
#define BEFORE(a, b)    ((a) < (b))
#include "sort_body.h"
#undef ITEM
#undef SORT_NAME
#undef KEY
#undef INDEX
#undef BEFORE

#define ITEM            DscWideItem
#define SORT_NAME(name) wide_##name
#define KEY(item)       ((item).key)
#define INDEX(item)     ((int64_t)(item).index)
#define BEFORE(a, b)    ((a).key < (b).key || ((a).key == (b).key && (a).index < (b).index))
#include "sort_body.h"

DscNarrowItem *dsc_sort_narrow(DscNarrowItem *items, DscNarrowItem *scratch, int64_t count,
                               int key_bits) {
  return narrow_any(items, scratch, count, key_bits);
}

DscWideItem *dsc_sort_wide(DscWideItem *items, DscWideItem *scratch, int64_t count, int key_bits) {
  return wide_any(items, scratch, count, key_bits);
}

void dsc_write_narrow(const DscNarrowItem *items, int64_t count, int64_t size, const void *in,
                      int64_t stride, void *values, int64_t value_stride, int64_t *indices,
                      int64_t index_stride) {
  narrow_write(items, count, size, in, stride, values, value_stride, indices, index_stride);
}

void dsc_write_wide(const DscWideItem *items, int64_t count, int64_t size, const void *in,
                    int64_t stride, void *values, int64_t value_stride, int64_t *indices,
                    int64_t index_stride) {
  wide_write(items, count, size, in, stride, values, value_stride, indices, index_stride);
}
