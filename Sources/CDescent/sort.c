// Sorting along a dim.
#include <stdatomic.h>
#include <stdlib.h>

#include "dsc_product.h"
#include "dsc_sizes.h"
#include "dsc_sort_tile.h"
#include "dsc_sorting.h"
#include "dsc_stream.h"
#include "include/dsc_pool.h"

enum {
  MOST_KEPT = 64 << 20,  // bytes
  TOGETHER = 16,  // rows whose elements lie next to each other, brought together a tile at a time
  TILE_BYTES = 4 << 20,
};

typedef struct {
  DscRows rows;
  size_t scratch_bytes;
  int64_t tile_rows, pitch;  // of a tile, or 0; elements between its rows
  DscRowSorter sorter;
  int64_t count, per_piece;
  _Atomic int status;
} RowsRun;

// Whether rows are columns of memory: then a line of the cache holds an element of many of them.
static void plan_tiles(RowsRun *run) {
  const DscRows *rows = &run->rows;
  const DscWalk *walk = &rows->walk;
  const int last = walk->ndim - 1;
  if (rows->stride == 1 || rows->length < 2 || walk->strides[0][last] != 1) return;
  // Rows of a tile would share a set of the first-level cache if they lay whole pages apart.
  run->pitch = dsc_up_to(rows->length, DSC_LINE) + DSC_LINE / rows->size;
  const int64_t most = TILE_BYTES / (run->pitch * rows->size);
  run->tile_rows = dsc_smaller(dsc_smaller(most, TOGETHER), walk->shape[last]);
  if (run->tile_rows < 4) run->tile_rows = 0;
}

static size_t tile_bytes(const RowsRun *run) {
  return (size_t)(run->tile_rows * run->pitch * run->rows.size);
}

// `count` rows from `place` on, which is left behind them.
static void sort_some(const RowsRun *run, DscWalkPlace *place, int64_t count, void *scratch) {
  const DscWalk *walk = &run->rows.walk;
  for (; count > 0; count--, dsc_walk_next(walk, walk->ndim, place))
    run->sorter(&run->rows, place, scratch);
}

static void sort_tile(const RowsRun *run, DscWalkPlace *place, int64_t count, void *scratch) {
  const DscRows *rows = &run->rows;
  const DscWalk *walk = &rows->walk;
  char *tile = (char *)scratch + dsc_up_to_line((int64_t)run->scratch_bytes);
  dsc_bring_rows((size_t)rows->size, rows->input + place->offsets[0] * rows->size, rows->stride,
                 count, rows->length, run->pitch, tile);
  DscRows near = *rows;
  near.input = tile;
  near.stride = 1;
  for (int64_t r = 0; r < count; r++, dsc_walk_next(walk, walk->ndim, place)) {
    DscWalkPlace at = *place;
    at.offsets[0] = r * run->pitch;
    run->sorter(&near, &at, scratch);
  }
}

static void sort_piece(void *context, int64_t piece) {
  RowsRun *run = context;
  const DscWalk *walk = &run->rows.walk;
  const int last = walk->ndim - 1;
  const size_t bytes = (size_t)dsc_up_to_line((int64_t)run->scratch_bytes) + tile_bytes(run);
  // Memory that the system gives anew has to be mapped page by page: that of long rows is kept.
  const bool kept = bytes <= MOST_KEPT;
  void *scratch = kept ? dsc_product_scratch(bytes) : malloc(bytes);
  if (!scratch) {
    atomic_fetch_or(&run->status, DSC_OUT_OF_MEMORY);
    return;
  }
  int64_t row = piece * run->per_piece;
  const int64_t end = dsc_smaller(row + run->per_piece, run->count);
  DscWalkPlace place;
  dsc_walk_seek(walk, walk->ndim, row, &place);
  while (row < end) {
    const int64_t neighbours = walk->shape[last] - place.coordinates[last];
    const int64_t most = run->tile_rows > 0 ? dsc_smaller(run->tile_rows, neighbours) : 1;
    const int64_t some = dsc_smaller(most, end - row);
    (some > 1 ? sort_tile : sort_some)(run, &place, some, scratch);
    row += some;
  }
  if (!kept) free(scratch);
}

int dsc_sort_rows(bool reversed, int64_t k, int ndim, const int64_t *shape, int dim,
                  const DscView *input, const DscView *values, const DscView *indices,
                  size_t (*scratch_bytes)(const DscRows *), DscRowSorter sorter) {
  if (values && values->dtype != input->dtype) return DSC_UNSUPPORTED;
  if (indices && indices->dtype != DSC_INT64) return DSC_UNSUPPORTED;
  RowsRun run = {.sorter = sorter};
  DscRows *rows = &run.rows;
  rows->walk = dsc_walk(ndim, shape);
  rows->input = input->data;
  rows->dtype = input->dtype;
  rows->size = (int64_t)dsc_dtype_size(input->dtype);
  rows->length = ndim == 0 ? 1 : shape[dim];
  rows->stride = ndim == 0 ? 0 : input->strides[dim];
  rows->reversed = reversed;
  rows->k = k;
  if (ndim > 0) rows->walk.shape[dim] = 1;
  // An output that is not wanted walks with the input.
  dsc_walk_add(&rows->walk, input->strides);
  dsc_walk_add(&rows->walk, (values ? values : input)->strides);
  dsc_walk_add(&rows->walk, (indices ? indices : input)->strides);
  if (values) {
    rows->values = values->data;
    rows->value_stride = ndim == 0 ? 0 : values->strides[dim];
  }
  if (indices) {
    rows->indices = indices->data;
    rows->index_stride = ndim == 0 ? 0 : indices->strides[dim];
  }
  run.count = dsc_walk_count(&rows->walk, rows->walk.ndim);
  if (run.count == 0 || rows->length == 0 || k == 0) return DSC_OK;
  dsc_walk_merge(&rows->walk);
  run.scratch_bytes = scratch_bytes(rows);
  plan_tiles(&run);
  run.per_piece = dsc_larger(rows->length < 8192 ? 8192 / rows->length : 1, run.tile_rows);
  atomic_init(&run.status, DSC_OK);
  int64_t pieces = (run.count + run.per_piece - 1) / run.per_piece;
  if (pieces == 1) {
    sort_piece(&run, 0);
  } else {
    dsc_parallel(pieces, sort_piece, &run);
  }
  return atomic_load(&run.status);
}

static size_t sort_scratch(const DscRows *rows) {
  bool narrow = dsc_sorts_narrow(rows->dtype, rows->length);
  return 2 * (size_t)rows->length * (narrow ? sizeof(DscNarrowItem) : sizeof(DscWideItem));
}

static void sort_row(const DscRows *rows, const DscWalkPlace *place, void *scratch) {
  const char *input = rows->input + place->offsets[0] * rows->size;
  char *values = rows->values ? rows->values + place->offsets[1] * rows->size : NULL;
  int64_t *indices = rows->indices ? rows->indices + place->offsets[2] : NULL;
  int64_t n = rows->length;
  int bits = dsc_key_bits(rows->dtype);
  if (rows->dtype == DSC_INT64 && dsc_sort_close(rows, (const int64_t *)(const void *)input,
                                                 (int64_t *)(void *)values, indices, scratch))
    return;
  if (dsc_sorts_narrow(rows->dtype, n)) {
    DscNarrowItem *items = scratch;
    dsc_sort_items_narrow(rows->dtype, input, rows->stride, n, rows->reversed, items);
    items = dsc_sort_narrow(items, items + n, n, bits);
    dsc_write_narrow(items, n, rows->size, input, rows->stride, values, rows->value_stride, indices,
                     rows->index_stride);
  } else {
    DscWideItem *items = scratch;
    dsc_sort_items_wide(rows->dtype, input, rows->stride, n, rows->reversed, items);
    items = dsc_sort_wide(items, items + n, n, bits);
    dsc_write_wide(items, n, rows->size, input, rows->stride, values, rows->value_stride, indices,
                   rows->index_stride);
  }
}

int dsc_sort(bool descending, int ndim, const int64_t *shape, int dim, const DscView *input,
             const DscView *values, const DscView *indices) {
  int64_t length = ndim == 0 ? 1 : shape[dim];
  return dsc_sort_rows(descending, length, ndim, shape, dim, input, values, indices, sort_scratch,
                       sort_row);
}
