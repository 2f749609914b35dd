// The k first of a row, by way of a buffer of candidates: an element enters if it comes before the
// k-th best so far, and when the buffer is full it is sorted and cut to k. Ties go to the lower
// index, since a later element with the same key does not come before.
#include "dsc_sorting.h"

enum { CANDIDATES = 64 };

/// Room for candidates; a block of elements is always added whole.
static int64_t capacity(const DscRows *rows) {
  int64_t twice = 2 * rows->k > CANDIDATES ? 2 * rows->k : CANDIDATES;
  return (twice < rows->length ? twice : rows->length) + DSC_KEY_BLOCK;
}

static size_t topk_scratch(const DscRows *rows) {
  bool narrow = dsc_sorts_narrow(rows->dtype, rows->length);
  return 2 * (size_t)capacity(rows) * (narrow ? sizeof(DscNarrowItem) : sizeof(DscWideItem));
}

// The worst key does not take part in the first comparison: until k candidates are there, all are
// welcome. MAKE builds an item of a key and an index, KEY gives the key back.
#define DEFINE_TOPK(name, ITEM, K, keys_of, any_below, sort, write, MAKE, KEY)                \
  static void name(const DscRows *rows, const char *input, char *values, int64_t *indices,    \
                   ITEM *items) {                                                             \
    int64_t room = capacity(rows), held = 0, k = rows->k;                                     \
    int64_t n = rows->length, full = room - DSC_KEY_BLOCK;                                    \
    int bits = dsc_key_bits(rows->dtype);                                                     \
    ITEM *spare = items + room;                                                               \
    bool open = true;                                                                         \
    K bound = 0, keys[DSC_KEY_BLOCK];                                                         \
    for (int64_t done = 0, block = k < CANDIDATES / 2 ? CANDIDATES : DSC_KEY_BLOCK; done < n; \
         done += block, block = DSC_KEY_BLOCK) {                                              \
      block = n - done < block ? n - done : block;                                            \
      keys_of(rows->dtype, input + done * rows->stride * rows->size, rows->stride, block,     \
              rows->reversed, keys);                                                          \
      if (open) {                                                                             \
        for (int64_t i = 0; i < block; i++) items[held + i] = MAKE(keys[i], done + i);        \
        held += block;                                                                        \
      } else {                                                                                \
        if (!any_below(keys, block, bound)) continue;                                         \
        for (int64_t i = 0; i < block; i++) {                                                 \
          items[held] = MAKE(keys[i], done + i);                                              \
          held += keys[i] < bound;                                                            \
        }                                                                                     \
      }                                                                                       \
      if (held >= k && (held >= full || open)) {                                              \
        ITEM *sorted = sort(items, spare, held, bits);                                        \
        spare = sorted == items ? spare : items;                                              \
        items = sorted;                                                                       \
        held = k;                                                                             \
        bound = KEY(items[k - 1]);                                                            \
        open = false;                                                                         \
      }                                                                                       \
    }                                                                                         \
    items = sort(items, spare, held, bits);                                                   \
    write(items, k, rows->size, input, rows->stride, values, rows->value_stride, indices,     \
          rows->index_stride);                                                                \
  }

#define MAKE_NARROW(key, index) ((uint64_t)(key) << 32 | (uint64_t)(index))
#define NARROW_KEY(item)        ((uint32_t)((item) >> 32))
#define MAKE_WIDE(key, index)   ((DscWideItem){(key), (uint64_t)(index)})
#define WIDE_KEY(item)          ((item).key)
DEFINE_TOPK(topk_narrow, DscNarrowItem, uint32_t, dsc_sort_keys_32, dsc_any_below_32,
            dsc_sort_narrow, dsc_write_narrow, MAKE_NARROW, NARROW_KEY)
DEFINE_TOPK(topk_wide, DscWideItem, uint64_t, dsc_sort_keys_64, dsc_any_below_64, dsc_sort_wide,
            dsc_write_wide, MAKE_WIDE, WIDE_KEY)

static void topk_row(const DscRows *rows, const DscWalkPlace *place, void *scratch) {
  const char *input = rows->input + place->offsets[0] * rows->size;
  char *values = rows->values ? rows->values + place->offsets[1] * rows->size : NULL;
  int64_t *indices = rows->indices ? rows->indices + place->offsets[2] : NULL;
  if (dsc_sorts_narrow(rows->dtype, rows->length)) {
    topk_narrow(rows, input, values, indices, scratch);
  } else {
    topk_wide(rows, input, values, indices, scratch);
  }
}

int dsc_topk(bool largest, int64_t k, int ndim, const int64_t *shape, int dim, const DscView *input,
             const DscView *values, const DscView *indices) {
  if (k > (ndim == 0 ? 1 : shape[dim])) return DSC_UNSUPPORTED;
  return dsc_sort_rows(largest, k, ndim, shape, dim, input, values, indices, topk_scratch,
                       topk_row);
}
