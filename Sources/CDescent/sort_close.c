// Rows of int64 whose elements lie close together, as counts, classes and places do: keys are
// counted from the least one, so that narrow items hold them, digits are few, and a value is found
// again from its key.
#include "dsc_loop_macros.h"
#include "dsc_sizes.h"
#include "dsc_sorting.h"
#include "dsc_targets.h"

#define DSC_BODY "sort_close_body.h"
#include "dsc_for_each_target.h"

enum { SAMPLE = 64 };

typedef struct {
  int64_t least, largest;
} Range;

static uint64_t width(Range range) { return (uint64_t)range.largest - (uint64_t)range.least; }

// Of a few elements first: most rows that do not lie close together need no more.
static bool lies_close(const int64_t *in, int64_t stride, int64_t count, Range *range) {
  *range = (Range){in[0], in[0]};
  DSC_DISPATCH(widen)(in, stride, dsc_smaller(count, SAMPLE), &range->least, &range->largest);
  if (width(*range) >> 32 != 0) return false;
  DSC_DISPATCH(widen)(in, stride, count, &range->least, &range->largest);
  return width(*range) >> 32 == 0;
}

bool dsc_sort_close(const DscRows *rows, const int64_t *in, int64_t *values, int64_t *indices,
                    DscNarrowItem *items) {
  const int64_t count = rows->length;
  Range range;
  if (count > (int64_t)1 << 32 || !lies_close(in, rows->stride, count, &range)) return false;
  const uint64_t first = rows->reversed ? (uint64_t)range.largest : (uint64_t)range.least;
  const uint64_t sign = rows->reversed ? ~(uint64_t)0 : 0;  // key = (element - first) * ±1
  DSC_DISPATCH(close_items)(in, rows->stride, count, first, sign, items);
  int bits = 1;
  while (width(range) >> bits != 0) bits++;
  items = dsc_sort_narrow(items, items + count, count, bits);
  if (indices) DSC_DISPATCH(places_of)(items, count, indices, rows->index_stride);
  if (values) DSC_DISPATCH(values_of)(items, count, first, sign, values, rows->value_stride);
  return true;
}
