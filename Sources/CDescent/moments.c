// Mean and variance. A chunk's sum gives a mean to shift by; the sums of the shifted values and of
// their squares then give the chunk's mean and squared deviations almost without cancellation, and
// chunks are combined by the formula of Chan, Golub and LeVeque, "Updating Formulae and a Pairwise
// Algorithm for Computing Sample Variances" (1979), in double.
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "dsc_loop_macros.h"
#include "dsc_pieces.h"
#include "dsc_reduce_loops.h"
#include "include/dsc_pool.h"

typedef struct {
  void (*row)(const void *data, int64_t count, double shift, double *sums);
  void (*short_rows)(const void *data, int64_t stride, int64_t rows, int64_t count, double *means,
                     double *squares);
  void (*columns)(const void *data, int64_t stride, int64_t rows, int64_t columns,
                  const void *shifts, void *first, void *second);
  void (*join)(int64_t columns, double seen, double joining, const void *shifts, const void *first,
               const void *second, double *means, double *squares);
} MomentLoops;

#define LANE_ROWS(ROW) \
  ROW(F32, float)      \
  ROW(F64, double)

#define DSC_BODY "moments_body.h"
#include "dsc_for_each_target.h"

static const MomentLoops *const tables[DSC_TARGET_COUNT] = DSC_PER_TARGET(moment_loops);

enum {
  BATCH = 256,
  SHORT = 24,       // shorter rows are taken in double
  SHORT_RUN = 512,  // shorter runs are gathered
  TILE = 256,       // columns
  LEAF = 16,        // rows of a tile whose means are taken together
  LEVELS = 64,
};

// Of some values: how many, their mean, and the sum of the squared deviations from it.
typedef struct {
  double count, mean, squares;
} Moment;

typedef struct {
  DscSplit split;
  DscPieces pieces;
  const MomentLoops *loops;
  const DscReduceLoops *sums;
  double correction;
  const DscView *mean, *variance;
  Moment *partials;       // by rows: of each piece of each result
  double *partial_means;  // by columns: pieces x results
  double *partial_squares;
  _Atomic int status;
} Moments;

static Moment combined(Moment a, Moment b) {
  const double count = a.count + b.count, apart = b.mean - a.mean;
  const double share = b.count / count;
  return (Moment){count, a.mean + apart * share,
                  a.squares + b.squares + apart * apart * a.count * share};
}

static void finish(const Moments *moments, int64_t first, int64_t count, const double *means,
                   double *squares) {
  const DscSplit *split = &moments->split;
  int output = 0;
  if (moments->mean)
    dsc_split_store(split, output++, DSC_LANE_F64, first, count, means, moments->mean);
  if (!moments->variance) return;
  const double freedom = (double)split->reduced.total - moments->correction;
  for (int64_t i = 0; i < count; i++) squares[i] /= freedom > 0 ? freedom : 0;
  dsc_split_store(split, output, DSC_LANE_F64, first, count, squares, moments->variance);
}

// In double, for what overflows in float.
static Moment large_chunk(const float *values, int64_t count) {
  double sum = 0, squares = 0;
  for (int64_t i = 0; i < count; i++) sum += values[i];
  const double mean = sum / (double)count;
  for (int64_t i = 0; i < count; i++) {
    const double away = values[i] - mean;
    squares += away * away;
  }
  return (Moment){(double)count, mean, squares};
}

static Moment chunk_moment(const Moments *moments, const void *values, int64_t count) {
  const bool single = moments->split.lane == DSC_LANE_F32;
  union {
    float f;
    double d;
  } sum;
  moments->sums->rows(values, 0, 1, count, &sum);
  const double n = (double)count;
  const double shift = single ? (double)(float)((double)sum.f / n) : sum.d / n;
  double sums[2];
  moments->loops->row(values, count, shift, sums);
  if (single && !(sums[1] < INFINITY)) return large_chunk(values, count);
  const double away = sums[0] / n, squares = sums[1] - sums[0] * away;
  return (Moment){n, shift + away, squares < 0 ? 0 : squares};
}

static int row_moment(const Moments *moments, int64_t row, int64_t first, int64_t count,
                      Moment *result) {
  _Alignas(64) char scratch[DSC_CHUNK_BYTES];
  Moment tree[LEVELS];
  int depth = 0, status = DSC_OK;
  int64_t chunks = 0;
  for (int64_t i = first, end = first + count, step; i < end; i += step) {
    const void *values = dsc_split_run(&moments->split, row, i, end, scratch, &step, &status);
    tree[depth++] = chunk_moment(moments, values, step);
    for (int64_t n = ++chunks; n % 2 == 0; n /= 2, depth--)
      tree[depth - 2] = combined(tree[depth - 2], tree[depth - 1]);
  }
  for (; depth > 1; depth--) tree[depth - 2] = combined(tree[depth - 2], tree[depth - 1]);
  *result = tree[0];
  return status;
}

// Moments of `rows` whole rows from `row` on, at most a batch.
static int batch_moments(const Moments *moments, int64_t row, int64_t rows, double *means,
                         double *squares) {
  const DscSplit *split = &moments->split;
  const int64_t count = split->reduced.total, size = (int64_t)split->size;
  int status = DSC_OK;
  Moment moment;
  if (count > split->chunk || (split->native && split->reduced.ndim > 1)) {
    for (int64_t r = 0; r < rows; r++) {
      status |= row_moment(moments, row + r, 0, count, &moment);
      means[r] = moment.mean, squares[r] = moment.squares;
    }
    return status;
  }
  _Alignas(64) char scratch[DSC_CHUNK_BYTES];
  for (int64_t r = 0, some, stride; r < rows; r += some) {
    const char *values =
        dsc_split_rows(split, row + r, row + rows, scratch, &some, &stride, &status);
    if (count < SHORT) {
      moments->loops->short_rows(values, stride, some, count, means + r, squares + r);
      continue;
    }
    for (int64_t k = 0; k < some; k++) {
      moment = chunk_moment(moments, values + k * stride * size, count);
      means[r + k] = moment.mean, squares[r + k] = moment.squares;
    }
  }
  return status;
}

static void rows_piece(void *context, int64_t unit) {
  Moments *moments = context;
  const DscSplit *split = &moments->split;
  const DscPieces *pieces = &moments->pieces;
  int status = DSC_OK;
  if (pieces->pieces > 1) {
    const int64_t first = unit % pieces->pieces * pieces->piece;
    status = row_moment(moments, unit / pieces->pieces, first,
                        dsc_smaller(pieces->piece, split->reduced.total - first),
                        &moments->partials[unit]);
  } else {
    double means[BATCH], squares[BATCH];
    const int64_t end = dsc_smaller((unit + 1) * pieces->group, split->kept.total);
    for (int64_t row = unit * pieces->group; row < end; row += BATCH) {
      const int64_t rows = dsc_smaller(BATCH, end - row);
      status |= batch_moments(moments, row, rows, means, squares);
      finish(moments, row, rows, means, squares);
    }
  }
  if (status) atomic_fetch_or(&moments->status, status);
}

// Adds one leaf of rows to the moments of a tile's columns.
static void add_leaf(const Moments *moments, const void *data, int64_t stride, int64_t rows,
                     int64_t columns, int64_t seen, double *means, double *squares) {
  _Alignas(64) double shifts[TILE], once[TILE], twice[TILE];
  moments->sums->columns(shifts, data, stride, rows, columns, true);
  if (moments->split.lane == DSC_LANE_F32) {
    float *shift = (float *)(void *)shifts;
    for (int64_t c = 0; c < columns; c++) shift[c] /= (float)rows;
  } else {
    for (int64_t c = 0; c < columns; c++) shifts[c] /= (double)rows;
  }
  moments->loops->columns(data, stride, rows, columns, shifts, once, twice);
  moments->loops->join(columns, (double)seen, (double)rows, shifts, once, twice, means, squares);
}

static int tile_moments(const Moments *moments, const DscTile *tile, double *means,
                        double *squares) {
  const DscSplit *split = &moments->split;
  const int64_t size = (int64_t)split->size, columns = tile->columns, all = split->reduced.total;
  int status = DSC_OK;
  if (split->native) {
    const int64_t stride = split->reduced.strides[0][0];
    const int64_t offset = dsc_offset(&split->kept, 0, tile->outer * split->columns) + tile->from;
    const char *data = (const char *)split->inputs[0].data + (offset + tile->first * stride) * size;
    for (int64_t r = 0; r < tile->rows; r += LEAF)
      add_leaf(moments, data + r * stride * size, stride, dsc_smaller(LEAF, tile->rows - r),
               columns, r, means, squares);
    return status;
  }
  _Alignas(64) char scratch[DSC_CHUNK_BYTES];
  DscSplit part;
  dsc_split_columns(split, tile->from, columns, &part);
  const int64_t at_once = dsc_smaller(LEAF, split->chunk / columns);
  for (int64_t r = 0; r < tile->rows; r += at_once) {
    const int64_t rows = dsc_smaller(at_once, tile->rows - r);
    const void *values = dsc_split_values(&part, (tile->outer * all + tile->first + r) * columns,
                                          rows * columns, scratch, &status);
    add_leaf(moments, values, columns, rows, columns, r, means, squares);
  }
  return status;
}

static void columns_piece(void *context, int64_t unit) {
  Moments *moments = context;
  const DscSplit *split = &moments->split;
  const DscPieces *pieces = &moments->pieces;
  double means[TILE], squares[TILE];
  int64_t next, end;
  int status = DSC_OK;
  for (dsc_tiles(split, pieces, unit, &next, &end); next < end; next++) {
    const DscTile tile = dsc_tile(split, pieces, unit, next);
    status |= tile_moments(moments, &tile, means, squares);
    if (pieces->pieces == 1) {
      finish(moments, tile.result, tile.columns, means, squares);
      continue;
    }
    const int64_t to = unit % pieces->pieces * split->kept.total + tile.result;
    memcpy(moments->partial_means + to, means, (size_t)tile.columns * sizeof(double));
    memcpy(moments->partial_squares + to, squares, (size_t)tile.columns * sizeof(double));
  }
  if (status) atomic_fetch_or(&moments->status, status);
}

// Joins pieces first ..< first + count of a result pairwise.
static Moment joined(const Moments *moments, int64_t result, int64_t first, int64_t count) {
  const DscSplit *split = &moments->split;
  if (count > 1) {
    const int64_t half = count / 2;
    return combined(joined(moments, result, first, half),
                    joined(moments, result, first + half, count - half));
  }
  const DscPieces *pieces = &moments->pieces;
  if (!split->columns) return moments->partials[result * pieces->pieces + first];
  const int64_t at = first * split->kept.total + result, from = first * pieces->piece;
  return (Moment){(double)dsc_smaller(pieces->piece, split->reduced.total - from),
                  moments->partial_means[at], moments->partial_squares[at]};
}

static int run(Moments *moments) {
  const DscSplit *split = &moments->split;
  DscPieces *pieces = &moments->pieces;
  void (*const body)(void *, int64_t) = split->columns ? columns_piece : rows_piece;
  dsc_cut(split, TILE, LEAF, pieces);
  if (pieces->pieces == 1) {
    dsc_parallel(pieces->units, body, moments);
    return atomic_load(&moments->status);
  }
  const size_t partials = (size_t)(split->kept.total * pieces->pieces);
  void *memory = malloc(partials * sizeof(Moment));
  if (!memory) return DSC_OUT_OF_MEMORY;
  moments->partials = memory;
  moments->partial_means = memory;
  moments->partial_squares = moments->partial_means + partials;
  dsc_parallel(pieces->units, body, moments);
  for (int64_t i = 0; i < split->kept.total; i++) {
    Moment moment = joined(moments, i, 0, pieces->pieces);
    finish(moments, i, 1, &moment.mean, &moment.squares);
  }
  free(memory);
  return atomic_load(&moments->status);
}

int dsc_moments(int ndim, const int64_t *shape, uint32_t reduced, const DscView *input,
                double correction, const DscView *mean, const DscView *variance) {
  Moments moments;
  DscSplit *split = &moments.split;
  const DscLane lane = dsc_dtype_lane(input->dtype);
  if (lane != DSC_LANE_F32 && lane != DSC_LANE_F64) return DSC_UNSUPPORTED;
  const DscView *outputs[2];
  int output_count = 0;
  if (mean) outputs[output_count++] = mean;
  if (variance) outputs[output_count++] = variance;
  dsc_split(split, NULL, lane, ndim, shape, reduced, false, input, 1, NULL, outputs, output_count);
  moments.loops = &tables[dsc_target()][lane];
  moments.sums = dsc_reduce_loops(DSC_REDUCE_SUM, lane);
  moments.correction = correction;
  moments.mean = mean;
  moments.variance = variance;
  atomic_init(&moments.status, DSC_OK);
  if (split->kept.total == 0) return DSC_OK;
  if (split->reduced.total == 0) {
    for (int64_t i = 0; i < split->kept.total; i++) {
      double nothing[2] = {NAN, NAN};
      finish(&moments, i, 1, &nothing[0], &nothing[1]);
    }
    return DSC_OK;
  }
  const DscDims *dims = &split->reduced;
  // Gathering is better than many short runs, and rows of columns have one stride.
  if (dims->ndim > 1 && (split->columns || dims->shape[dims->ndim - 1] < SHORT_RUN))
    split->native = false;
  return run(&moments);
}
