// Mean and variance. A chunk's sum gives a mean to shift by; the sums of the shifted values and of
// their squares then give the chunk's mean and squared deviations almost without cancellation, and
// chunks are combined by the formula of Chan, Golub and LeVeque, "Updating Formulae and a Pairwise
// Algorithm for Computing Sample Variances" (1979), in double.
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "dsc_loop_macros.h"
#include "dsc_reduce_loops.h"
#include "dsc_split.h"
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
  PIECE = 1 << 16,  // elements of one piece of parallel work
  BATCH = 256,
  SHORT = 24,       // shorter rows are taken in double
  SHORT_RUN = 512,  // shorter runs are gathered
  TILE = 256,       // columns
  LEAF = 16,        // rows of a tile whose means are taken together
  ENOUGH_PIECES = 64,
  LEVELS = 64,
};

// Of some values: how many, their mean, and the sum of the squared deviations from it.
typedef struct {
  double count, mean, squares;
} Moment;

typedef struct {
  DscSplit split;
  const MomentLoops *loops;
  const DscReduceLoops *sums;
  double correction;
  const DscView *mean, *variance;
  int64_t piece, pieces;  // of the reduced elements of each result
  int64_t group;          // rows, or tiles, of one piece
  int64_t tile, tiles;
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
  const DscSplit *split = &moments->split;
  const DscDims *reduced = &split->reduced;
  const int64_t size = (int64_t)split->size;
  _Alignas(64) char scratch[DSC_CHUNK_BYTES];
  Moment tree[LEVELS];
  int depth = 0, status = DSC_OK;
  int64_t chunks = 0;
  const char *base = (const char *)split->inputs[0].data;
  if (split->native) base += dsc_offset(&split->kept, 0, row) * size;
  for (int64_t i = first, end = first + count, step; i < end; i += step) {
    const void *values;
    step = dsc_smaller(split->chunk, end - i);
    if (split->native) {
      step = dsc_run(reduced, i, step);
      values = base + dsc_offset(reduced, 0, i) * size;
    } else {
      values = dsc_split_values(split, row * reduced->total + i, step, scratch, &status);
    }
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
  const DscDims *kept = &split->kept;
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
  for (int64_t r = 0, some; r < rows; r += some) {
    const char *values;
    int64_t stride = count;
    if (split->native) {
      some = dsc_run(kept, row + r, rows - r);
      values = (const char *)split->inputs[0].data + dsc_offset(kept, 0, row + r) * size;
      stride = kept->strides[0][kept->ndim - 1];
    } else {
      some = dsc_smaller(split->chunk / count, rows - r);
      values = dsc_split_values(split, (row + r) * count, some * count, scratch, &status);
    }
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

static void rows_piece(void *context, int64_t piece) {
  Moments *moments = context;
  const DscSplit *split = &moments->split;
  int status = DSC_OK;
  if (moments->pieces > 1) {
    const int64_t first = piece % moments->pieces * moments->piece;
    status = row_moment(moments, piece / moments->pieces, first,
                        dsc_smaller(moments->piece, split->reduced.total - first),
                        &moments->partials[piece]);
  } else {
    double means[BATCH], squares[BATCH];
    const int64_t end = dsc_smaller((piece + 1) * moments->group, split->kept.total);
    for (int64_t row = piece * moments->group; row < end; row += BATCH) {
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

static int tile_moments(const Moments *moments, int64_t unit, int64_t first, int64_t count,
                        double *means, double *squares) {
  const DscSplit *split = &moments->split;
  const int64_t size = (int64_t)split->size, all = split->reduced.total;
  const int64_t outer = unit / moments->tiles, from = unit % moments->tiles * moments->tile;
  const int64_t columns = dsc_smaller(moments->tile, split->columns - from);
  int status = DSC_OK;
  if (split->native) {
    const int64_t stride = split->reduced.strides[0][0];
    const char *data = (const char *)split->inputs[0].data +
                       (dsc_offset(&split->kept, 0, outer * split->columns) + from) * size;
    for (int64_t r = 0; r < count; r += LEAF)
      add_leaf(moments, data + (first + r) * stride * size, stride, dsc_smaller(LEAF, count - r),
               columns, r, means, squares);
    return status;
  }
  _Alignas(64) char scratch[DSC_CHUNK_BYTES];
  DscSplit tile;
  dsc_split_columns(split, from, columns, &tile);
  const int64_t at_once = dsc_smaller(LEAF, split->chunk / columns);
  for (int64_t r = 0; r < count; r += at_once) {
    const int64_t rows = dsc_smaller(at_once, count - r);
    const void *values = dsc_split_values(&tile, (outer * all + first + r) * columns,
                                          rows * columns, scratch, &status);
    add_leaf(moments, values, columns, rows, columns, r, means, squares);
  }
  return status;
}

static void columns_piece(void *context, int64_t piece) {
  Moments *moments = context;
  const DscSplit *split = &moments->split;
  const int64_t rows = split->reduced.total;
  const int64_t units = split->kept.total / split->columns * moments->tiles;
  double means[TILE], squares[TILE];
  int status = DSC_OK;
  const bool whole = moments->pieces == 1;
  const int64_t part = whole ? 0 : piece % moments->pieces;
  const int64_t start = whole ? piece * moments->group : piece / moments->pieces;
  const int64_t end = dsc_smaller(start + moments->group, units);
  for (int64_t unit = start; unit < end; unit++) {
    const int64_t from = unit % moments->tiles * moments->tile;
    const int64_t columns = dsc_smaller(moments->tile, split->columns - from);
    const int64_t result = unit / moments->tiles * split->columns + from;
    const int64_t first = part * moments->piece;
    status |= tile_moments(moments, unit, first, dsc_smaller(moments->piece, rows - first), means,
                           squares);
    if (whole) {
      finish(moments, result, columns, means, squares);
      continue;
    }
    const int64_t to = part * split->kept.total + result;
    memcpy(moments->partial_means + to, means, (size_t)columns * sizeof(double));
    memcpy(moments->partial_squares + to, squares, (size_t)columns * sizeof(double));
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
  if (!split->columns) return moments->partials[result * moments->pieces + first];
  const int64_t at = first * split->kept.total + result, from = first * moments->piece;
  return (Moment){(double)dsc_smaller(moments->piece, split->reduced.total - from),
                  moments->partial_means[at], moments->partial_squares[at]};
}

static void plan_pieces(Moments *moments) {
  DscSplit *split = &moments->split;
  const int64_t count = split->reduced.total;
  if (!split->columns) {
    moments->piece = PIECE;
    moments->pieces = dsc_parts(count, PIECE);
    moments->group = PIECE > count ? PIECE / count : 1;
    return;
  }
  moments->tile = dsc_smaller(TILE, split->columns);
  moments->tiles = dsc_parts(split->columns, moments->tile);
  const int64_t units = split->kept.total / split->columns * moments->tiles;
  const int64_t work = count * moments->tile;
  const int64_t pieces = dsc_smaller(dsc_parts(ENOUGH_PIECES, units), work / PIECE);
  moments->piece = pieces > 1 ? dsc_parts(dsc_parts(count, pieces), LEAF) * LEAF : count;
  moments->pieces = dsc_parts(count, moments->piece);
  moments->group = moments->pieces == 1 && PIECE > work ? PIECE / work : 1;
}

static int run(Moments *moments) {
  const DscSplit *split = &moments->split;
  plan_pieces(moments);
  void (*const body)(void *, int64_t) = split->columns ? columns_piece : rows_piece;
  const int64_t results = split->kept.total;
  const int64_t units = split->columns ? results / split->columns * moments->tiles : results;
  if (moments->pieces == 1) {
    dsc_parallel(dsc_parts(units, moments->group), body, moments);
    return atomic_load(&moments->status);
  }
  const size_t partials = (size_t)(results * moments->pieces);
  void *memory = malloc(partials * sizeof(Moment));
  if (!memory) return DSC_OUT_OF_MEMORY;
  moments->partials = memory;
  moments->partial_means = memory;
  moments->partial_squares = moments->partial_means + partials;
  dsc_parallel(units * moments->pieces, body, moments);
  for (int64_t i = 0; i < results; i++) {
    Moment moment = joined(moments, i, 0, moments->pieces);
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
