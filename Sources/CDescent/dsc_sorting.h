// Order by key: every element of a row becomes an unsigned key and its index, so that one integer
// order serves all dtypes, both directions, NaN and stability.
#ifndef DSC_SORTING_H
#define DSC_SORTING_H

#include "dsc_walk.h"
#include "include/dsc_index.h"

/// Elements whose keys are made at a time.
#define DSC_KEY_BLOCK 512

/// Types of up to 32 bits in rows of up to 2^32 elements: the key in the high half, the index in
/// the low one.
typedef uint64_t DscNarrowItem;
/// Everything else.
typedef struct {
  uint64_t key, index;
} DscWideItem;

/// Whether rows of `length` elements are ordered as narrow items.
static inline bool dsc_sorts_narrow(DscDType dtype, int64_t length) {
  return dsc_dtype_size(dtype) <= 4 && length <= (int64_t)1 << 32;
}
/// Bits of a key that differ between elements: those of the dtype.
static inline int dsc_key_bits(DscDType dtype) { return 8 * (int)dsc_dtype_size(dtype); }

/// Keys of `count` elements `stride` apart: ascending, NaN as the largest and zeros equal; or
/// reversed. The first for types of up to 32 bits, the second for all.
void dsc_sort_keys_32(DscDType dtype, const void *in, int64_t stride, int64_t count, bool reversed,
                      uint32_t *keys);
void dsc_sort_keys_64(DscDType dtype, const void *in, int64_t stride, int64_t count, bool reversed,
                      uint64_t *keys);
/// Whether any key is below `bound`.
bool dsc_any_below_32(const uint32_t *keys, int64_t count, uint32_t bound);
bool dsc_any_below_64(const uint64_t *keys, int64_t count, uint64_t bound);
/// Items of a whole row.
void dsc_sort_items_narrow(DscDType dtype, const void *in, int64_t stride, int64_t count,
                           bool reversed, DscNarrowItem *items);
void dsc_sort_items_wide(DscDType dtype, const void *in, int64_t stride, int64_t count,
                         bool reversed, DscWideItem *items);

/// Sorts items whose indices ascend by key, stably. `scratch` has room for as many; the result lies
/// in the array returned, one of the two.
DscNarrowItem *dsc_sort_narrow(DscNarrowItem *items, DscNarrowItem *scratch, int64_t count,
                               int key_bits);
DscWideItem *dsc_sort_wide(DscWideItem *items, DscWideItem *scratch, int64_t count, int key_bits);

/// Writes the first `count` items of a row out: where they were, and the elements themselves.
/// Either output may be NULL.
void dsc_write_narrow(const DscNarrowItem *items, int64_t count, int64_t size, const void *in,
                      int64_t stride, void *values, int64_t value_stride, int64_t *indices,
                      int64_t index_stride);
void dsc_write_wide(const DscWideItem *items, int64_t count, int64_t size, const void *in,
                    int64_t stride, void *values, int64_t value_stride, int64_t *indices,
                    int64_t index_stride);

// The rows of a call, shared by sort, topk and kth.

typedef struct {
  DscWalk walk;  // without the ordered dim; operands input, values, indices
  const char *input;
  char *values;      // or NULL
  int64_t *indices;  // or NULL
  DscDType dtype;
  int64_t size, length;
  int64_t stride, value_stride, index_stride;  // in the ordered dim
  bool reversed;
  int64_t k;  // elements to write; of kth the place
} DscRows;

/// Orders a row of int64 if its elements are less than 2^32 apart; else returns false and writes
/// nothing. `items` has room for two for each element.
bool dsc_sort_close(const DscRows *rows, const int64_t *in, int64_t *values, int64_t *indices,
                    DscNarrowItem *items);

/// Orders one row with `scratch` of the asked size.
typedef void (*DscRowSorter)(const DscRows *rows, const DscWalkPlace *place, void *scratch);

/// Runs `sorter` over the rows on the pool, with `scratch_bytes` of memory a piece. Returns
/// DscStatus bits.
int dsc_sort_rows(bool reversed, int64_t k, int ndim, const int64_t *shape, int dim,
                  const DscView *input, const DscView *values, const DscView *indices,
                  size_t (*scratch_bytes)(const DscRows *), DscRowSorter sorter);

#endif
