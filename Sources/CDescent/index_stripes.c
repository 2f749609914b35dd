// Indices along a dim that is not the last: each element of a row chooses a row of its own, far
// away. A stripe of columns of all rows is copied to where it lies together, in the second-level
// cache, and read or written there; what is written goes back.
#include <stdatomic.h>
#include <string.h>

#include "dsc_indexing.h"
#include "dsc_product.h"
#include "dsc_sizes.h"
#include "dsc_stream.h"
#include "include/dsc_pool.h"

enum {
  STRIPE_BYTES = 1 << 18,  // of a copied stripe
  NARROWEST = DSC_LINE,    // bytes of one of its rows
  WIDEST_SHIFT = 6,        // its columns are 1 << shift
  ROWS_AHEAD = 4,
};

typedef struct {
  const DscIndexing *plan;
  DscIndexingBlock block;
  const void *context;
  bool writes;
  int shift;
  int64_t rows, columns, stripes;
  _Atomic int status;
} Stripes;

static void copy_stripe(char *to, int64_t to_row, const char *from, int64_t from_row, int64_t rows,
                        int64_t bytes) {
  for (int64_t r = 0; r < rows; r++, to += to_row, from += from_row) {
    memcpy(to, from, (size_t)bytes);
  }
}

static void fetch(const char *from, int64_t bytes) {
  for (int64_t at = 0; at < bytes; at += DSC_LINE) __builtin_prefetch(from + at);
}

static void run_stripe(void *context, int64_t unit) {
  Stripes *run = context;
  const DscIndexing *plan = run->plan;
  const DscWalk *walk = &plan->walk;
  const int dim = walk->ndim - 3;  // of the rows that choose
  const int64_t first = unit % run->stripes << run->shift;
  const int64_t some = dsc_smaller((int64_t)1 << run->shift, run->columns - first);
  const int64_t size = plan->size, pitch = size << run->shift, bytes = some * size;
  const int64_t self_row = plan->index_stride[0] * size;
  DscWalkPlace at;
  dsc_walk_seek(walk, dim, unit / run->stripes, &at);
  char *self = plan->self + (at.offsets[DSC_SELF] + first) * size;
  char *other = plan->other + (at.offsets[DSC_OTHER] + first) * size;
  const int64_t *index = plan->indices[0] + at.offsets[DSC_FIRST_INDEX] + first;
  const int64_t other_row = walk->strides[DSC_OTHER][dim] * size;
  const int64_t index_row = walk->strides[DSC_FIRST_INDEX][dim];
  char *stripe = dsc_product_scratch((size_t)(plan->index_size[0] * pitch));
  if (stripe == NULL) {
    atomic_fetch_or(&run->status, DSC_OUT_OF_MEMORY);
    return;
  }
  copy_stripe(stripe, pitch, self, self_row, plan->index_size[0], bytes);
  int64_t offsets[1 << WIDEST_SHIFT];
  for (int64_t r = 0; r < run->rows; r++, other += other_row, index += index_row) {
    if (r + ROWS_AHEAD < run->rows) {
      fetch((const char *)(index + ROWS_AHEAD * index_row), some * (int64_t)sizeof(*index));
      fetch(other + ROWS_AHEAD * other_row, bytes);
    }
    if (!dsc_indices_of_stripe(index, some, plan->index_size[0], run->shift, offsets)) {
      atomic_fetch_or(&run->status, DSC_BAD_INDEX);
      return;
    }
    run->block(run->context, plan, stripe, other, offsets, first, some);
  }
  if (run->writes) copy_stripe(self, self_row, stripe, pitch, plan->index_size[0], bytes);
}

bool dsc_indexing_by_stripes(const DscIndexing *plan, bool writes, DscIndexingBlock block,
                             const void *context, int *status) {
  const DscWalk *walk = &plan->walk;
  const int last = walk->ndim - 1, places = last - 1, dim = last - 2;
  if (plan->count != 1 || plan->negative || dim < 0 || walk->shape[last] != 1) return false;
  if (walk->strides[DSC_SELF][places] != 1 || walk->strides[DSC_SELF][dim] != 0 ||
      walk->strides[DSC_OTHER][places] != 1 || walk->strides[DSC_FIRST_INDEX][places] != 1)
    return false;
  Stripes run = {.plan = plan, .block = block, .context = context, .writes = writes};
  const int64_t size = plan->size, high = plan->index_size[0];
  run.rows = walk->shape[dim];
  run.columns = walk->shape[places];
  // What fits into the cache as it is, or is seldom chosen from, is not worth a copy.
  if (high * run.columns * size <= STRIPE_BYTES || run.rows < high / 2) return false;
  for (run.shift = WIDEST_SHIFT; high * size << run.shift > STRIPE_BYTES;) run.shift--;
  if (size << run.shift < NARROWEST) return false;
  run.stripes = dsc_parts(run.columns, (int64_t)1 << run.shift);
  DscIndexing near = *plan;
  near.streams = false;
  run.plan = &near;
  atomic_init(&run.status, DSC_OK);
  dsc_parallel(dsc_walk_count(walk, dim) * run.stripes, run_stripe, &run);
  *status = atomic_load(&run.status);
  return true;
}
