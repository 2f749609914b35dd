// The walk over the blocks of an advanced index, and how they are shared out to threads.
#include <stdatomic.h>

#include "dsc_indexing.h"
#include "dsc_stream.h"
#include "include/dsc_pool.h"

/// The values of the only index where they may be the offsets: contiguous, places next to each
/// other in self. NULL otherwise.
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
  if (plan->checked && !plan->negative) return index;
  return dsc_indices_within(index, places, 0, plan->index_size[0]) ? index : NULL;
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
  const int64_t together = ordered ? 256 : 32;
  int64_t stride = walk->strides[ordered ? DSC_SELF : DSC_OTHER][dim];
  if (stride == 0) return 1;
  stride = stride < 0 ? -stride : stride;
  int64_t width = stride < together ? together / stride : 1;
  return walk->shape[dim] > width ? walk->shape[dim] / width : 1;
}

int dsc_indexing_run(const DscIndexing *plan, bool ordered, DscIndexingBlock block,
                     DscIndexingRow row, const void *context) {
  const DscWalk *walk = &plan->walk;
  int64_t total = dsc_walk_count(walk, walk->ndim);
  if (total == 0) return DSC_OK;
  int status = DSC_OK;
  if (dsc_indexing_by_stripes(plan, ordered, block, context, &status)) return status;
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
  if (run.pieces <= 1)
    return run_blocks(plan, ordered, block, row, context) ? DSC_OK : DSC_BAD_INDEX;
  atomic_init(&run.bad, false);
  dsc_parallel(run.pieces, run_part, &run);
  return atomic_load(&run.bad) ? DSC_BAD_INDEX : DSC_OK;
}
