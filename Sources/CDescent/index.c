// Advanced indexing: the walk over blocks, and how they are shared out to threads.
#include <stdatomic.h>

#include "dsc_indexing.h"
#include "dsc_stream.h"
#include "include/dsc_pool.h"

// Planning.

int dsc_indexing_plan(int ndim, const int64_t *shape, int count, const DscView *indices,
                      bool negative, const int64_t *index_size, const int64_t *index_stride,
                      const DscView *self, const DscView *other, DscIndexing *plan) {
  if (self->dtype != other->dtype || count < 1 || count > DSC_MAX_INDICES) return DSC_UNSUPPORTED;
  *plan = (DscIndexing){
      .walk = dsc_walk(ndim, shape),
      .self = self->data,
      .other = other->data,
      .dtype = self->dtype,
      .size = (int64_t)dsc_dtype_size(self->dtype),
      .count = count,
      .negative = negative,
  };
  DscWalk *walk = &plan->walk;
  if (dsc_walk_count(walk, walk->ndim) == 0) return DSC_OK;
  dsc_walk_add(walk, self->strides);
  dsc_walk_add(walk, other->strides);
  for (int j = 0; j < count; j++) {
    if (indices[j].dtype != DSC_INT64) return DSC_UNSUPPORTED;
    dsc_walk_add(walk, indices[j].strides);
    plan->indices[j] = indices[j].data;
    plan->index_size[j] = index_size[j];
    plan->index_stride[j] = index_stride[j];
  }
  dsc_walk_merge(walk);
  // Columns share an index; where the last dim has one for each element, blocks have one column.
  bool shared = true;
  for (int j = 0; j < count; j++) {
    shared = shared && walk->strides[DSC_FIRST_INDEX + j][walk->ndim - 1] == 0;
  }
  if (!shared || walk->ndim == 1) {
    int from = shared ? 0 : walk->ndim, to = shared ? 1 : walk->ndim;
    if (shared) {  // a single dim of columns: one place
      walk->shape[to] = walk->shape[0];
      for (int i = 0; i < walk->operands; i++) walk->strides[i][to] = walk->strides[i][0];
    }
    walk->shape[from] = 1;
    for (int i = 0; i < walk->operands; i++) walk->strides[i][from] = 0;
    walk->ndim++;
  }
  return DSC_OK;
}

// Running.

/// The values of the only index where they may be the offsets: contiguous, places next to each other in
/// self. NULL otherwise.
static const int64_t *plain_index(const DscIndexing *plan, const DscWalkPlace *at) {
  int dim = plan->walk.ndim - 2;
  if (plan->count != 1 || plan->index_stride[0] != 1 || plan->walk.strides[DSC_SELF][dim] != 0 ||
      plan->walk.strides[DSC_FIRST_INDEX][dim] != 1)
    return NULL;
  return plan->indices[0] + at->offsets[DSC_FIRST_INDEX];
}

/// The same of some places if they are the offsets: within bounds, and none counts from the end.
static const int64_t *index_as_offsets(const DscIndexing *plan, const DscWalkPlace *at,
                                       int64_t first, int64_t places) {
  const int64_t *index = plain_index(plan, at);
  if (index == NULL) return NULL;
  index += first;
  uint64_t last = (uint64_t)plan->index_size[0] - 1, signs = 0;
  for (int64_t k = 0; k < places; k++) signs |= (uint64_t)index[k] | (last - (uint64_t)index[k]);
  return signs >> 63 == 0 ? index : NULL;
}

/// offsets[k] = where the indexed part of place k lies in self. False if an index is out of bounds.
static bool place_offsets(const DscIndexing *plan, const DscWalkPlace *at, int64_t first,
                          int64_t places, int64_t *restrict offsets) {
  int dim = plan->walk.ndim - 2;
  int64_t self_stride = plan->walk.strides[DSC_SELF][dim];
  uint64_t signs = 0;
  for (int64_t k = 0; k < places; k++) offsets[k] = (first + k) * self_stride;
  for (int j = 0; j < plan->count; j++) {
    int64_t stride = plan->walk.strides[DSC_FIRST_INDEX + j][dim], scale = plan->index_stride[j];
    const int64_t *index = plan->indices[j] + at->offsets[DSC_FIRST_INDEX + j] + first * stride;
    int64_t added = plan->negative ? plan->index_size[j] : 0;
    uint64_t low = -(uint64_t)added, last = (uint64_t)plan->index_size[j] - 1;
    if (stride == 1) {
      for (int64_t k = 0; k < places; k++) {
        int64_t value = index[k];
        signs |= ((uint64_t)value - low) | (last - (uint64_t)value);
        offsets[k] += (int64_t)((uint64_t)(value + (added & (value >> 63))) * (uint64_t)scale);
      }
    } else {
      for (int64_t k = 0; k < places; k++) {
        int64_t value = index[k * stride];
        signs |= ((uint64_t)value - low) | (last - (uint64_t)value);
        offsets[k] += (int64_t)((uint64_t)(value + (added & (value >> 63))) * (uint64_t)scale);
      }
    }
  }
  return signs >> 63 == 0;
}

/// Whether the offsets of places are the same all over the outer dims, and these may be walked
/// inside the loop over places.
static bool offsets_repeat(const DscWalk *walk, bool ordered) {
  for (int d = 0; d < walk->ndim - 2; d++) {
    if (ordered && walk->strides[DSC_SELF][d] == 0) return false;
    for (int i = DSC_FIRST_INDEX; i < walk->operands; i++) {
      if (walk->strides[i][d] != 0) return false;
    }
  }
  return true;
}

static bool run_blocks(const DscIndexing *plan, bool ordered, DscIndexingBlock block,
                       DscIndexingRow whole, const void *context) {
  const DscWalk *walk = &plan->walk;
  int outer = walk->ndim - 2;
  int64_t rows = dsc_walk_count(walk, outer), places = walk->shape[outer];
  int64_t other_stride = walk->strides[DSC_OTHER][outer];
  // One block of places for all rows, or all blocks of one row.
  int64_t inner_rows = offsets_repeat(walk, ordered) ? rows : 1;
  int64_t computed[DSC_OFFSETS_BLOCK];
  DscWalkPlace start, at;
  dsc_walk_seek(walk, outer, 0, &start);
  for (int64_t row = 0; row < rows; row += inner_rows, dsc_walk_next(walk, outer, &start)) {
    const int64_t *index = whole && inner_rows == 1 ? plain_index(plan, &start) : NULL;
    if (index && whole(plan, plan->self + start.offsets[DSC_SELF] * plan->size,
                       plan->other + start.offsets[DSC_OTHER] * plan->size, index, places))
      continue;
    for (int64_t first = 0; first < places; first += DSC_OFFSETS_BLOCK) {
      int64_t n = places - first < DSC_OFFSETS_BLOCK ? places - first : DSC_OFFSETS_BLOCK;
      const int64_t *offsets = index_as_offsets(plan, &start, first, n);
      if (!offsets) {
        if (!place_offsets(plan, &start, first, n, computed)) return false;
        offsets = computed;
      }
      at = start;
      for (int64_t i = 0; i < inner_rows; i++) {
        int64_t other = at.offsets[DSC_OTHER] + first * other_stride;
        block(context, plan, plan->self + at.offsets[DSC_SELF] * plan->size,
              plan->other + other * plan->size, offsets, first, n);
        if (i + 1 < inner_rows) dsc_walk_next(walk, outer, &at);
      }
    }
  }
  if (plan->streams) dsc_stream_finish();
  return true;
}

typedef struct {
  const DscIndexing *plan;
  DscIndexingBlock block;
  DscIndexingRow row;
  const void *context;
  bool ordered;
  int dim;
  int64_t pieces;
  atomic_bool bad;
} SharedRun;

/// A piece is the whole walk with one dim restricted to a range.
static void run_part(void *context, int64_t piece) {
  SharedRun *run = context;
  DscIndexing part = *run->plan;
  DscWalk *walk = &part.walk;
  int64_t size = walk->shape[run->dim];
  int64_t first = size / run->pieces * piece + size % run->pieces * piece / run->pieces;
  int64_t end = size / run->pieces * (piece + 1) + size % run->pieces * (piece + 1) / run->pieces;
  walk->shape[run->dim] = end - first;
  part.self += first * walk->strides[DSC_SELF][run->dim] * part.size;
  part.other += first * walk->strides[DSC_OTHER][run->dim] * part.size;
  for (int j = 0; j < part.count; j++) {
    part.indices[j] += first * walk->strides[DSC_FIRST_INDEX + j][run->dim];
  }
  if (!run_blocks(&part, run->ordered, run->block, run->row, run->context))
    atomic_store(&run->bad, true);
}

/// How many pieces a dim can be cut into; neighbours in the operand written to stay together.
static int64_t cuts(const DscWalk *walk, bool ordered, int dim) {
  enum { TOGETHER = 32 };
  int64_t stride = walk->strides[ordered ? DSC_SELF : DSC_OTHER][dim];
  if (stride == 0) return 1;
  stride = stride < 0 ? -stride : stride;
  int64_t width = stride < TOGETHER ? TOGETHER / stride : 1;
  return walk->shape[dim] > width ? walk->shape[dim] / width : 1;
}

bool dsc_indexing_run(const DscIndexing *plan, bool ordered, DscIndexingBlock block,
                      DscIndexingRow row, const void *context) {
  const DscWalk *walk = &plan->walk;
  int64_t total = dsc_walk_count(walk, walk->ndim);
  if (total == 0) return true;
  int64_t wanted = total / 16384 < 64 ? total / 16384 : 64;
  SharedRun run = {
      .plan = plan, .block = block, .row = row, .context = context, .ordered = ordered};
  run.pieces = 1;
  for (int d = 0; d < walk->ndim && run.pieces < wanted; d++) {
    int64_t possible = cuts(walk, ordered, d);
    if (possible > run.pieces) {
      run.dim = d;
      run.pieces = possible < wanted ? possible : wanted;
    }
  }
  if (run.pieces <= 1) return run_blocks(plan, ordered, block, row, context);
  atomic_init(&run.bad, false);
  dsc_parallel(run.pieces, run_part, &run);
  return !atomic_load(&run.bad);
}
