// Normalisation of columns: channels that lie side by side. Narrow rows are taken several at a
// time, as one wide row whose parameters repeat.
#include <math.h>
#include <stdlib.h>

#include "dsc_norm_loops.h"
#include "include/dsc_pool.h"
#include "include/dsc_reduce.h"

enum {
  NARROW = 64,          // columns
  TILE = 1024,          // columns worked on together
  PIECE = 1 << 14,      // elements of one piece of parallel work
  SUM_PIECE = 1 << 15,  // the same with sums of its own
  FEW_ROWS = 16,
  MANY_ROWS = 2048,
};

typedef struct {
  const DscNorm *norm;
  const DscNormLoops *loops;
  DscLane lane;
  bool native;
  int64_t size, element;  // of a value; of a value in memory
  int64_t rows, columns;  // of the wide rows
  int64_t rest;           // values after the last whole one
  int64_t group;          // rows of a piece
  const char *grad;
  char *out;
  char *parameters;  // mean, scale, slope, offset: `columns` values each
  char *sums;        // of each piece: those of grad, then those of grad (x - mean)
} Columns;

enum { MEAN, SCALE, SLOPE, OFFSET, PARAMETERS };

static char *parameter(const Columns *call, int which, int64_t column) {
  return call->parameters + (which * call->columns + column) * call->size;
}

static void set_parameter(const Columns *call, int which, int64_t channel, double value) {
  for (int64_t c = channel; c < call->columns; c += call->norm->channels)
    dsc_norm_set(call->lane, parameter(call, which, 0), c, value);
}

static bool plan(Columns *call, const DscNorm *norm) {
  const int64_t channels = norm->channels, total = norm->outer * channels;
  call->norm = norm;
  call->lane = dsc_dtype_lane(norm->dtype);
  call->loops = dsc_norm_loops(call->lane);
  call->native = dsc_is_native(norm->dtype, call->lane);
  call->size = (int64_t)dsc_lane_size(call->lane);
  call->element = (int64_t)dsc_dtype_size(norm->dtype);
  call->columns = channels < NARROW ? dsc_parts(NARROW, channels) * channels : channels;
  call->rows = total / call->columns;
  call->rest = total % call->columns;
  call->group = PIECE > call->columns ? PIECE / call->columns : 1;
  call->parameters = malloc((size_t)(PARAMETERS * call->columns * call->size));
  return call->parameters != NULL;
}

// Some rows of a tile of columns: contiguous values of the lane, or memory.
typedef struct {
  int64_t row, rows, column, columns;
} Block;

static DscRectangle rectangle(const Columns *call, const Block *block, const void *data) {
  const int64_t at = block->row * call->columns + block->column;
  return (DscRectangle){(char *)(uintptr_t)data + at * call->element, call->norm->dtype,
                        call->columns, 1};
}

static bool is_in_place(const Columns *call, const Block *block) {
  return call->native && (block->columns == call->columns || block->rows == 1);
}

static const void *values(const Columns *call, const Block *block, const void *data,
                          void *scratch) {
  const DscRectangle from = rectangle(call, block, data);
  if (is_in_place(call, block)) return from.data;
  dsc_load_rectangle(&from, block->rows, block->columns, scratch);
  return scratch;
}

typedef struct {
  _Alignas(64) char bytes[DSC_CHUNK_BYTES];
} Values;

static void visit_block(const Columns *call, const Block *block, char *sums) {
  Values first, second;
  const DscNormLoops *loops = call->loops;
  const int64_t at = block->column;
  const void *x = values(call, block, call->norm->x, &first);
  const void *g = call->grad ? values(call, block, call->grad, &second) : NULL;
  if (sums) {
    loops->products_columns(g, x, block->rows, block->columns, parameter(call, MEAN, at),
                            sums + at * call->size, sums + (call->columns + at) * call->size);
    return;
  }
  const DscRectangle to = rectangle(call, block, call->out);
  const bool in_place = is_in_place(call, block);
  void *out = in_place ? (void *)to.data : (void *)&first;
  if (g) {
    loops->gradient_columns(g, x, block->rows, block->columns, parameter(call, MEAN, at),
                            parameter(call, SCALE, at), parameter(call, SLOPE, at),
                            parameter(call, OFFSET, at), out);
  } else {
    loops->apply_columns(x, block->rows, block->columns, parameter(call, MEAN, at),
                         parameter(call, SCALE, at), parameter(call, OFFSET, at), out);
  }
  if (!in_place) dsc_store_rectangle(call->lane, out, block->rows, block->columns, &to);
}

static void visit_rows(const Columns *call, int64_t row, int64_t rows, int64_t columns,
                       char *sums) {
  const int64_t chunk = DSC_CHUNK_BYTES / call->size;
  for (int64_t c = 0; c < columns; c += TILE) {
    Block block = {.column = c, .columns = dsc_smaller(TILE, columns - c)};
    const int64_t at_once = chunk / block.columns;
    for (int64_t r = 0; r < rows; r += at_once) {
      block.row = row + r;
      block.rows = dsc_smaller(at_once, rows - r);
      visit_block(call, &block, sums);
    }
  }
}

// The last piece also has what is left after the last whole row.
static void visit_piece(const Columns *call, int64_t piece, char *sums) {
  const int64_t from = piece * call->group, to = dsc_smaller(from + call->group, call->rows);
  visit_rows(call, from, to - from, call->columns, sums);
  if (to == call->rows && call->rest > 0) visit_rows(call, call->rows, 1, call->rest, sums);
}

static void write_piece(void *context, int64_t piece) { visit_piece(context, piece, NULL); }

static void sum_piece(void *context, int64_t piece) {
  const Columns *call = context;
  visit_piece(call, piece, call->sums + piece * 2 * call->columns * call->size);
}

static int64_t pieces_of(const Columns *call) {
  return call->rows > 0 ? dsc_parts(call->rows, call->group) : call->rest > 0;
}

// Joins `count` values of a channel to `seen` others: Chan, Golub and LeVeque (1979).
static void join(double seen, double count, double mean, double squares, double *all_mean,
                 double *all_squares) {
  const double apart = mean - *all_mean, share = count / (seen + count);
  *all_mean += apart * share;
  *all_squares += squares + apart * apart * seen * share;
}

// Mean and squared deviations of each channel, from those of the wide rows' columns.
static int take_moments(const Columns *call, void *variance, double *means, double *squares) {
  const DscNorm *norm = call->norm;
  const int64_t channels = norm->channels, columns = call->columns;
  const int64_t shape[2] = {call->rows, columns};
  const double rows = (double)call->rows, count = (double)norm->outer;
  const DscView input = {(void *)(uintptr_t)norm->x, norm->dtype, {columns, 1}};
  const DscView mean = {means, DSC_FLOAT64, {0, 1}}, square = {squares, DSC_FLOAT64, {0, 1}};
  if (call->rows > 0) {
    const int status = dsc_moments(2, shape, 1, &input, 0, &mean, &square);
    if (status) return status;
  }
  double last[NARROW * 2] = {0};
  const char *rest = (const char *)norm->x + call->rows * columns * call->element;
  dsc_load_lane(norm->dtype, rest, 1, call->rest, last);
  for (int64_t c = 0; c < channels; c++) {
    double seen = rows, center = 0, away = 0;
    if (call->rows > 0) center = means[c], away = squares[c] * rows;
    for (int64_t k = c + channels; k < columns && call->rows > 0; k += channels, seen += rows)
      join(seen, rows, means[k], squares[k] * rows, &center, &away);
    for (int64_t k = c; k < call->rest; k += channels, seen++)
      join(seen, 1, dsc_norm_get(call->lane, last, k), 0, &center, &away);
    dsc_norm_set(call->lane, norm->mean, c, center);
    dsc_norm_set(call->lane, norm->rstd, c, 1 / sqrt(away / count + norm->eps));
    if (variance) dsc_norm_set(call->lane, variance, c, away / (count - 1));
  }
  return DSC_OK;
}

int dsc_norm_columns(const DscNorm *norm, void *y, void *variance) {
  Columns call = {.out = y};
  if (norm->channels == 0 || norm->outer == 0) return DSC_OK;
  if (!plan(&call, norm)) return DSC_OUT_OF_MEMORY;
  int status = DSC_OK;
  if (!norm->given) {
    double *moments = malloc((size_t)call.columns * 2 * sizeof(double));
    status = moments ? take_moments(&call, variance, moments, moments + call.columns)
                     : DSC_OUT_OF_MEMORY;
    free(moments);
  }
  if (!status) {
    for (int64_t c = 0; c < norm->channels; c++) {
      const double rstd = dsc_norm_get(call.lane, norm->rstd, c);
      const double weight = norm->weight ? dsc_norm_get(call.lane, norm->weight, c) : 1;
      set_parameter(&call, MEAN, c, dsc_norm_get(call.lane, norm->mean, c));
      set_parameter(&call, SCALE, c, rstd * weight);
      set_parameter(&call, OFFSET, c, norm->bias ? dsc_norm_get(call.lane, norm->bias, c) : 0);
    }
    dsc_parallel(pieces_of(&call), write_piece, &call);
  }
  free(call.parameters);
  return status;
}

// From the sums: gradients of weight and bias, and the coefficients of that of x.
static void finish_sums(const Columns *call, void *dweight, void *dbias) {
  const DscNorm *norm = call->norm;
  const char *products = call->sums + call->columns * call->size;
  for (int64_t c = 0; c < norm->channels; c++) {
    double sum = 0, product = 0;
    for (int64_t k = c; k < call->columns; k += norm->channels) {
      sum += dsc_norm_get(call->lane, call->sums, k);
      product += dsc_norm_get(call->lane, products, k);
    }
    const double rstd = dsc_norm_get(call->lane, norm->rstd, c);
    const double weight = norm->weight ? dsc_norm_get(call->lane, norm->weight, c) : 1;
    const double share = norm->given ? 0 : -rstd * weight / (double)norm->outer;
    if (dweight) dsc_norm_set(call->lane, dweight, c, product * rstd);
    if (dbias) dsc_norm_set(call->lane, dbias, c, sum);
    set_parameter(call, SCALE, c, rstd * weight);
    set_parameter(call, SLOPE, c, share * rstd * rstd * product);
    set_parameter(call, OFFSET, c, share * sum);
  }
}

int dsc_norm_columns_backward(const DscNorm *norm, const void *grad, void *dx, void *dweight,
                              void *dbias) {
  Columns call = {.grad = grad, .out = dx};
  if (norm->channels == 0) return DSC_OK;
  if (!plan(&call, norm)) return DSC_OUT_OF_MEMORY;
  const int64_t group = call.group, rows = SUM_PIECE / call.columns;
  call.group = rows < FEW_ROWS ? FEW_ROWS : rows > MANY_ROWS ? MANY_ROWS : rows;
  const int64_t pieces = pieces_of(&call), width = 2 * call.columns;
  call.sums = calloc((size_t)((pieces > 0 ? pieces : 1) * width), (size_t)call.size);
  if (!call.sums) {
    free(call.parameters);
    return DSC_OUT_OF_MEMORY;
  }
  for (int64_t c = 0; c < norm->channels; c++)
    set_parameter(&call, MEAN, c, dsc_norm_get(call.lane, norm->mean, c));
  dsc_parallel(pieces, sum_piece, &call);
  dsc_norm_fold(call.lane, call.sums, pieces, width);
  finish_sums(&call, dweight, dbias);
  call.group = group;
  if (dx) dsc_parallel(pieces_of(&call), write_piece, &call);
  free(call.sums);
  free(call.parameters);
  return DSC_OK;
}
