// Reductions by columns: rows of a tile of columns are added up, some in turn and then pairwise.
#include <stdlib.h>
#include <string.h>

#include "dsc_reduction.h"
#include "include/dsc_pool.h"

enum {
  LEAF = 32,             // rows summed one after the other; leaves are combined pairwise
  TILE_BYTES = 4096,     // sums of a tile of columns
  EVALUATED_TILE = 512,  // columns, where rows are evaluated
  LEVELS = 12,           // of the tree over leaves
  NARROW = 128,          // up to so many columns are folded into rows of up to WIDE
  WIDE = 512,
  ENOUGH_PIECES = 64,
};

// A source of rows of columns: memory, or values to be evaluated.
typedef struct {
  const DscReductionCall *reduction;
  const DscSplit *values;  // NULL: memory
  const DscDims *dims;     // memory: of the rows; NULL: rows are `stride` apart
  const char *data;
  int64_t stride;
  int64_t first;    // number of the first element to be evaluated
  int64_t columns;  // of a row (times fold)
} Rows;

// Adds rows first ..< first + count to the sums of the columns.
static int add_rows(const Rows *rows, int64_t first, int64_t count, void *sums, bool fresh) {
  const DscReductionCall *reduction = rows->reduction;
  const DscReduceLoops *loops = reduction->loops;
  const int64_t size = (int64_t)reduction->split.size, columns = rows->columns;
  int status = DSC_OK;
  if (rows->values) {
    _Alignas(64) char scratch[DSC_CHUNK_BYTES];
    const int64_t at_once = reduction->split.chunk / columns;
    for (int64_t r = 0; r < count; r += at_once) {
      const int64_t some = dsc_smaller(at_once, count - r);
      const void *values = dsc_split_values(rows->values, rows->first + (first + r) * columns,
                                            some * columns, scratch, &status);
      loops->columns(sums, values, columns, some, columns, fresh && r == 0);
    }
  } else if (!rows->dims) {
    const char *data = rows->data + first * rows->stride * size;
    loops->columns(sums, data, rows->stride, count, columns, fresh);
  } else {
    const int64_t stride = rows->dims->strides[0][rows->dims->ndim - 1];
    for (int64_t r = first, end = first + count, some; r < end; r += some) {
      some = dsc_run(rows->dims, r, end - r);
      const char *data = rows->data + dsc_offset(rows->dims, 0, r) * size;
      loops->columns(sums, data, stride, some, columns, fresh && r == first);
    }
  }
  return status;
}

// The sums of rows first ..< first + count, at the beginning of `levels`: leaves of some rows,
// combined pairwise.
static int reduce_columns(const Rows *rows, int64_t first, int64_t count, char *levels) {
  const DscReduceLoops *loops = rows->reduction->loops;
  const int64_t columns = rows->columns;
  const size_t bytes = TILE_BYTES;
  int depth = 0, status = DSC_OK;
  for (int64_t leaf = 0; leaf * LEAF < count; leaf++) {
    status |= add_rows(rows, first + leaf * LEAF, dsc_smaller(LEAF, count - leaf * LEAF),
                       levels + (size_t)depth++ * bytes, true);
    for (int64_t n = leaf + 1; (n % 2 == 0 && depth > 1) || depth == LEVELS; n /= 2, depth--) {
      char *last = levels + (size_t)(depth - 1) * bytes;
      loops->columns(last - bytes, last, 0, 1, columns, false);
    }
  }
  for (; depth > 1; depth--) {
    char *last = levels + (size_t)(depth - 1) * bytes;
    loops->columns(last - bytes, last, 0, 1, columns, false);
  }
  return status;
}

// Sums of the first `columns` of one row that holds `fold` rows.
static void unfold(const DscReduceLoops *loops, int64_t fold, int64_t columns, size_t size,
                   char *sums) {
  for (int64_t half = fold / 2; half > 0; half /= 2)
    loops->columns(sums, sums + (size_t)(half * columns) * size, 0, 1, half * columns, false);
}

// Unit `unit` is a tile of one outer position: rows first ..< first + count of its folded rows.
static int reduce_tile(const DscReductionCall *reduction, int64_t unit, int64_t first,
                       int64_t count, bool last, char *levels) {
  const DscSplit *split = &reduction->split;
  const DscDims *reduced = &split->reduced;
  const int64_t size = (int64_t)split->size, fold = reduction->fold, all = reduced->total;
  const int64_t outer = unit / reduction->tiles, from = unit % reduction->tiles * reduction->tile;
  const int64_t width = dsc_smaller(reduction->tile, split->columns - from);
  Rows rows = {.reduction = reduction, .columns = width * fold};
  DscSplit tile;
  if (split->native) {
    rows.data = (const char *)split->inputs[0].data +
                (dsc_offset(&split->kept, 0, outer * split->columns) + from) * size;
    rows.stride = reduced->strides[0][reduced->ndim - 1] * fold;
    rows.dims = reduced->ndim > 1 ? reduced : NULL;
  } else {
    rows.values = split;
    if (reduction->tiles > 1) {
      dsc_split_columns(split, from, width, &tile);
      rows.values = &tile;
    }
    rows.first = outer * all * width;
  }
  int status = reduce_columns(&rows, first, count, levels);
  if (fold == 1) return status;
  unfold(reduction->loops, fold, width, split->size, levels);
  const int64_t done = all / fold * fold;
  if (!last || done == all) return status;
  rows.columns = width;
  rows.stride /= fold;
  return status | add_rows(&rows, done, all - done, levels, false);
}

static void columns_piece(void *context, int64_t piece) {
  DscReductionCall *reduction = context;
  const DscSplit *split = &reduction->split;
  const int64_t rows = split->reduced.total / reduction->fold, pieces = reduction->pieces;
  const int64_t outer_count = split->kept.total / split->columns;
  _Alignas(64) char levels[LEVELS * TILE_BYTES];
  int status = DSC_OK;
  if (pieces > 1) {
    const int64_t unit = piece / pieces, part = piece % pieces, first = part * reduction->piece;
    const int64_t from = unit % reduction->tiles * reduction->tile;
    const int64_t width = dsc_smaller(reduction->tile, split->columns - from);
    status = reduce_tile(reduction, unit, first, dsc_smaller(reduction->piece, rows - first),
                         part == pieces - 1, levels);
    const int64_t to = (unit / reduction->tiles * pieces + part) * split->columns + from;
    memcpy(reduction->partials + to * (int64_t)split->size, levels, (size_t)width * split->size);
  } else {
    const int64_t first = piece * reduction->group;
    const int64_t end = dsc_smaller(first + reduction->group, outer_count * reduction->tiles);
    for (int64_t unit = first; unit < end; unit++) {
      const int64_t from = unit % reduction->tiles * reduction->tile;
      status |= reduce_tile(reduction, unit, 0, rows, true, levels);
      dsc_reduction_finish(reduction, unit / reduction->tiles * split->columns + from,
                           dsc_smaller(reduction->tile, split->columns - from), levels);
    }
  }
  if (status) atomic_fetch_or(&reduction->status, status);
}

// Combines the pieces of one tile.
static void columns_end(void *context, int64_t unit) {
  const DscReductionCall *reduction = context;
  const DscSplit *split = &reduction->split;
  const int64_t columns = split->columns, from = unit % reduction->tiles * reduction->tile;
  const int64_t outer = unit / reduction->tiles, pieces = reduction->pieces;
  _Alignas(64) char levels[LEVELS * TILE_BYTES];
  const Rows rows = {
      .reduction = reduction,
      .data = reduction->partials + (outer * pieces * columns + from) * (int64_t)split->size,
      .stride = columns,
      .columns = dsc_smaller(reduction->tile, columns - from)};
  reduce_columns(&rows, 0, pieces, levels);
  dsc_reduction_finish(reduction, outer * columns + from, rows.columns, levels);
}

// Few columns are folded: so many rows, a power of two, are taken as one.
static int64_t fold_of(const DscSplit *split) {
  const DscDims *reduced = &split->reduced;
  if (split->columns > NARROW) return 1;
  if (split->native && (reduced->ndim > 1 || reduced->strides[0][0] != split->columns)) return 1;
  int64_t fold = 1;
  while (fold * 2 * split->columns <= WIDE && fold * 2 <= reduced->total) fold *= 2;
  return fold;
}

int dsc_reduce_by_columns(DscReductionCall *reduction) {
  DscSplit *split = &reduction->split;
  const int64_t columns = split->columns;
  reduction->fold = fold_of(split);
  const int64_t rows = split->reduced.total / reduction->fold;
  const int64_t room = split->native ? TILE_BYTES / (int64_t)split->size : EVALUATED_TILE;
  reduction->tile = reduction->fold > 1 ? columns : dsc_smaller(room, columns);
  reduction->tiles = dsc_parts(columns, reduction->tile);
  const int64_t units = split->kept.total / columns * reduction->tiles;
  const int64_t work = rows * reduction->tile * reduction->fold;
  const int64_t pieces = dsc_smaller(dsc_parts(ENOUGH_PIECES, units), work / reduction->piece);
  reduction->group = reduction->piece > work ? reduction->piece / work : 1;
  reduction->piece = pieces > 1 ? dsc_parts(dsc_parts(rows, pieces), LEAF) * LEAF : rows;
  reduction->pieces = dsc_parts(rows, reduction->piece);
  if (reduction->pieces == 1) {
    dsc_parallel(dsc_parts(units, reduction->group), columns_piece, reduction);
    return atomic_load(&reduction->status);
  }
  const int64_t partials = split->kept.total * reduction->pieces;
  reduction->partials = malloc((size_t)partials * split->size);
  if (!reduction->partials) return DSC_OUT_OF_MEMORY;
  dsc_parallel(units * reduction->pieces, columns_piece, reduction);
  dsc_parallel(units, columns_end, reduction);
  free(reduction->partials);
  return atomic_load(&reduction->status);
}
