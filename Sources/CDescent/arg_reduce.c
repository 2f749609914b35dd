// Places of the largest and smallest elements. Along a row: the largest of a chunk is found like
// any maximum, and looked for only if it beats those before. By columns: values and rows side by
// side.
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "dsc_loop_macros.h"
#include "dsc_pieces.h"
#include "dsc_reduce_loops.h"
#include "include/dsc_pool.h"

typedef struct {
  int64_t (*find)(const void *data, int64_t count, const void *value);
  /// Index 1: the largest. best_rows counts from `first`.
  void (*columns[2])(void *best_values, int32_t *best_rows, const void *data, int64_t stride,
                     int64_t rows, int64_t columns, int32_t first);
  void (*rows)(const void *data, int64_t stride, int64_t rows, int64_t count, const void *values,
               int64_t *places);
  /// Whether one value (a) takes the place of another that comes before it (b).
  bool (*beats)(bool largest, const void *a, const void *b);
} ArgLoops;

#define LANE_ROWS(ROW) \
  ROW(F32, float)      \
  ROW(F64, double)     \
  ROW(I64, int64_t)    \
  ROW(BOOL, uint8_t)

#define DSC_BODY "arg_reduce_body.h"
#include "dsc_for_each_target.h"

static const ArgLoops *const tables[DSC_TARGET_COUNT] = DSC_PER_TARGET(arg_loops);

enum {
  BATCH = 256,
  SHORT = 32,  // shorter rows are searched without looking for the maximum first
  TILE = 512,  // columns
};

typedef struct {
  DscSplit split;
  DscPieces pieces;
  const ArgLoops *loops;
  const DscReduceLoops *extremes;
  bool largest;
  const DscView *values, *indices;
  char *partial_values;  // of each piece, pieces x results
  int64_t *partial_places;
  _Atomic int status;
} Search;

static void finish(const Search *search, int64_t first, int64_t count, const void *values,
                   const int64_t *places) {
  const DscSplit *split = &search->split;
  int output = 0;
  if (search->values)
    dsc_split_store(split, output++, split->lane, first, count, values, search->values);
  if (search->indices)
    dsc_split_store(split, output, DSC_LANE_I64, first, count, places, search->indices);
}

// The best of elements first ..< first + count of `row`; its place counts from the row's start.
static int search_long_row(const Search *search, int64_t row, int64_t first, int64_t count,
                           void *best, int64_t *place) {
  const DscSplit *split = &search->split;
  const int64_t size = (int64_t)split->size;
  _Alignas(64) char scratch[DSC_CHUNK_BYTES];
  int status = DSC_OK;
  for (int64_t i = first, end = first + count, step; i < end; i += step) {
    const char *values = dsc_split_run(split, row, i, end, scratch, &step, &status);
    int64_t extreme;
    search->extremes->rows(values, 0, 1, step, &extreme);
    if (i > first && !search->loops->beats(search->largest, &extreme, best)) continue;
    *place = i + search->loops->find(values, step, &extreme);
    memcpy(best, values + (*place - i) * size, (size_t)size);
  }
  return status;
}

// The best of `rows` whole rows from `row` on, at most a batch.
static int search_rows(const Search *search, int64_t row, int64_t rows, char *best,
                       int64_t *places) {
  const DscSplit *split = &search->split;
  const int64_t size = (int64_t)split->size, count = split->reduced.total;
  int status = DSC_OK;
  if (count > split->chunk || (split->native && (count > SHORT || split->reduced.ndim > 1))) {
    for (int64_t r = 0; r < rows; r++)
      status |= search_long_row(search, row + r, 0, count, best + r * size, &places[r]);
    return status;
  }
  _Alignas(64) char scratch[DSC_CHUNK_BYTES];
  for (int64_t r = 0, some, stride; r < rows; r += some) {
    const char *values =
        dsc_split_rows(split, row + r, row + rows, scratch, &some, &stride, &status);
    search->extremes->rows(values, stride, some, count, best + r * size);
    search->loops->rows(values, stride, some, count, best + r * size, places + r);
  }
  return status;
}

static void rows_piece(void *context, int64_t unit) {
  Search *search = context;
  const DscSplit *split = &search->split;
  const DscPieces *pieces = &search->pieces;
  int status = DSC_OK;
  if (pieces->pieces > 1) {
    const int64_t first = unit % pieces->pieces * pieces->piece;
    status = search_long_row(search, unit / pieces->pieces, first,
                             dsc_smaller(pieces->piece, split->reduced.total - first),
                             search->partial_values + unit * (int64_t)split->size,
                             &search->partial_places[unit]);
  } else {
    _Alignas(64) char best[BATCH * sizeof(int64_t)];
    int64_t places[BATCH];
    const int64_t end = dsc_smaller((unit + 1) * pieces->group, split->kept.total);
    for (int64_t row = unit * pieces->group; row < end; row += BATCH) {
      const int64_t rows = dsc_smaller(BATCH, end - row);
      status |= search_rows(search, row, rows, best, places);
      finish(search, row, rows, best, places);
    }
  }
  if (status) atomic_fetch_or(&search->status, status);
}

// The best of each column of a tile.
static int search_tile(const Search *search, const DscTile *tile, void *best, int64_t *places) {
  const DscSplit *split = &search->split;
  const int64_t size = (int64_t)split->size, columns = tile->columns, all = split->reduced.total;
  int32_t rows[TILE];
  for (int64_t c = 0; c < columns; c++) rows[c] = 0;
  int status = DSC_OK;
  if (split->native) {
    const int64_t stride = split->reduced.strides[0][0];
    const int64_t offset = dsc_offset(&split->kept, 0, tile->outer * split->columns) + tile->from;
    const char *data = (const char *)split->inputs[0].data + (offset + tile->first * stride) * size;
    memcpy(best, data, (size_t)(columns * size));
    search->loops->columns[search->largest](best, rows, data, stride, tile->rows, columns, 0);
  } else {
    _Alignas(64) char scratch[DSC_CHUNK_BYTES];
    DscSplit part;
    dsc_split_columns(split, tile->from, columns, &part);
    const int64_t at_once = split->chunk / columns;
    for (int64_t r = 0; r < tile->rows; r += at_once) {
      const int64_t some = dsc_smaller(at_once, tile->rows - r);
      const void *values = dsc_split_values(&part, (tile->outer * all + tile->first + r) * columns,
                                            some * columns, scratch, &status);
      if (r == 0) memcpy(best, values, (size_t)(columns * size));
      search->loops->columns[search->largest](best, rows, values, columns, some, columns,
                                              (int32_t)r);
    }
  }
  for (int64_t c = 0; c < columns; c++) places[c] = tile->first + rows[c];
  return status;
}

static void columns_piece(void *context, int64_t unit) {
  Search *search = context;
  const DscSplit *split = &search->split;
  const DscPieces *pieces = &search->pieces;
  const int64_t size = (int64_t)split->size;
  _Alignas(64) char best[TILE * sizeof(int64_t)];
  int64_t places[TILE], next, end;
  int status = DSC_OK;
  for (dsc_tiles(split, pieces, unit, &next, &end); next < end; next++) {
    const DscTile tile = dsc_tile(split, pieces, unit, next);
    status |= search_tile(search, &tile, best, places);
    if (pieces->pieces == 1) {
      finish(search, tile.result, tile.columns, best, places);
      continue;
    }
    const int64_t to = unit % pieces->pieces * split->kept.total + tile.result;
    memcpy(search->partial_values + to * size, best, (size_t)(tile.columns * size));
    memcpy(search->partial_places + to, places, (size_t)tile.columns * sizeof(int64_t));
  }
  if (status) atomic_fetch_or(&search->status, status);
}

// Joins the pieces of every result in order, so that the first of equals stays the first.
static void join_pieces(const Search *search) {
  const DscSplit *split = &search->split;
  const int64_t results = split->kept.total, size = (int64_t)split->size;
  const int64_t pieces = search->pieces.pieces;
  const bool columns = split->columns > 0;
  for (int64_t i = 0; i < results; i++) {
    const int64_t step = columns ? results : 1;
    const int64_t first = columns ? i : i * pieces;
    int64_t best = first;
    for (int64_t p = 1, at = first + step; p < pieces; p++, at += step)
      if (search->loops->beats(search->largest, search->partial_values + at * size,
                               search->partial_values + best * size))
        best = at;
    finish(search, i, 1, search->partial_values + best * size, &search->partial_places[best]);
  }
}

static int run(Search *search) {
  const DscSplit *split = &search->split;
  DscPieces *pieces = &search->pieces;
  void (*const body)(void *, int64_t) = split->columns ? columns_piece : rows_piece;
  dsc_cut(split, TILE, 1, pieces);
  if (pieces->pieces == 1) {
    dsc_parallel(pieces->units, body, search);
    return atomic_load(&search->status);
  }
  const size_t partials = (size_t)(split->kept.total * pieces->pieces);
  search->partial_places = malloc(partials * (sizeof(int64_t) + split->size));
  if (!search->partial_places) return DSC_OUT_OF_MEMORY;
  search->partial_values = (char *)(search->partial_places + partials);
  dsc_parallel(pieces->units, body, search);
  join_pieces(search);
  free(search->partial_places);
  return atomic_load(&search->status);
}

int dsc_arg_reduce(bool largest, int ndim, const int64_t *shape, uint32_t reduced,
                   const DscView *input, const DscView *values, const DscView *indices) {
  Search search;
  DscSplit *split = &search.split;
  const DscView *outputs[2];
  int output_count = 0;
  if (values) outputs[output_count++] = values;
  if (indices) outputs[output_count++] = indices;
  const DscLane lane = dsc_dtype_lane(input->dtype);
  dsc_split(split, NULL, lane, ndim, shape, reduced, true, input, 1, NULL, outputs, output_count);
  if (split->reduced.total == 0) return DSC_UNSUPPORTED;
  if (split->kept.total == 0) return DSC_OK;
  const DscDims *dims = &split->reduced;
  // Gathering is better than many short runs, and rows of columns have one stride.
  if (dims->ndim > 1 && (split->columns || dims->shape[dims->ndim - 1] < 2 * SHORT))
    split->native = false;
  search.loops = &tables[dsc_target()][lane];
  search.extremes = dsc_reduce_loops(largest ? DSC_REDUCE_MAX : DSC_REDUCE_MIN, lane);
  search.largest = largest;
  search.values = values;
  search.indices = indices;
  atomic_init(&search.status, DSC_OK);
  return run(&search);
}
