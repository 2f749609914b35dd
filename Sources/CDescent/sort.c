// Sorting along a dim.
#include <stdatomic.h>
#include <stdlib.h>

#include "dsc_sorting.h"
#include "include/dsc_pool.h"

typedef struct {
  DscRows rows;
  size_t scratch_bytes;
  DscRowSorter sorter;
  int64_t count, per_piece;
  _Atomic int status;
} RowsRun;

static void sort_piece(void *context, int64_t piece) {
  RowsRun *run = context;
  const DscWalk *walk = &run->rows.walk;
  void *scratch = malloc(run->scratch_bytes);
  if (!scratch) {
    atomic_fetch_or(&run->status, DSC_OUT_OF_MEMORY);
    return;
  }
  int64_t row = piece * run->per_piece;
  int64_t end = row + run->per_piece < run->count ? row + run->per_piece : run->count;
  DscWalkPlace place;
  dsc_walk_seek(walk, walk->ndim, row, &place);
  for (; row < end; row++, dsc_walk_next(walk, walk->ndim, &place)) {
    run->sorter(&run->rows, &place, scratch);
  }
  free(scratch);
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
  run.per_piece = rows->length < 8192 ? 8192 / rows->length : 1;
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
