// softmax and logSoftmax with their gradients, block by block: a block is some whole rows, a part
// of one long row, or some rows of a tile of columns. Each step is one compiled loop over a block;
// exponentials are the executor's.
#include <math.h>
#include <string.h>

#include "dsc_halves.h"
#include "dsc_reduce_loops.h"
#include "dsc_split.h"
#include "dsc_stream.h"
#include "include/dsc_pool.h"

// The parameters p and q of a step have a value for each row, or for each column.
typedef struct {
  int64_t rows, columns;
  int64_t a_row, b_row, out_row;  // strides of rows
  bool by_column;
} Block;

typedef void (*Step)(const Block *block, const void *a, const void *b, const void *p, const void *q,
                     void *out);

// ROW(NAME, expression)
#define STEP_ROWS(ROW)        \
  ROW(SHIFT, a - p)           \
  ROW(SHIFT_TWICE, a - p - q) \
  ROW(SCALE, a *p)            \
  ROW(PRODUCT, a *b)          \
  ROW(GRADIENT, b *(a - p))   \
  ROW(LOG_GRADIENT, a - b * p)

enum {
#define ROW(NAME, ...) STEP_##NAME,
  STEP_ROWS(ROW)
#undef ROW
      STEP_COUNT
};

typedef struct {
  Step steps[STEP_COUNT][DSC_LANE_COUNT];
  void (*dot[DSC_LANE_COUNT])(const Block *block, const void *a, const void *b, void *out);
  // The gradient of a row where all are of one dtype of halves; NULL for others.
  void (*half_gradient[DSC_DTYPE_COUNT])(const void *g, const void *y, int64_t count, void *out);
} SoftmaxLoops;

#define DSC_BODY "softmax_body.h"
#include "dsc_for_each_target.h"

static const SoftmaxLoops *const tables[DSC_TARGET_COUNT] = DSC_PER_TARGET(&softmax_loops);

enum {
  BLOCK_BYTES = DSC_CHUNK_BYTES / 2,  // several are in use at a time
  PIECE = 1 << 14,                    // elements of one piece of parallel work
  BATCH = 256,                        // rows of a block
  TILE = 256,                         // columns of a block
  CASCADE = 16,                       // blocks whose sums are added one after the other
};

typedef struct {
  int64_t kept, count;  // softmaxes, and the length of each
  DscDims dims;         // all but the one along which it goes
  int64_t along[3];     // strides of that one
  const DscView *views[3];
  int operands;  // the inputs, then the output
  DscLane lane;
  int64_t size;   // of a value
  int64_t chunk;  // values of a block
  bool by_column;
  int64_t columns;  // of the innermost kept dim, by columns
  bool native[3];   // operands whose rows are contiguous values of the lane
  const SoftmaxLoops *loops;
  const DscReduceLoops *sum, *maximum;
  DscLoop exp;
  DscExpSum exp_sum;
  DscLogGradient log_gradient;
  bool logarithm;
  bool whole_rows;  // rows in float32 that fit in a block, worked on in memory
  bool streams;     // the result goes past the cache
  int64_t tile, tiles, group;
} Softmax;

// Softmaxes worked on together: neighbouring rows, or columns. `extent` of each are in a block.
typedef struct {
  const Softmax *call;
  int64_t first, width, extent;
} Panel;

// Values of a block, or a value for each softmax of a panel; in the lane.
typedef struct {
  _Alignas(64) char bytes[BLOCK_BYTES];
} Values;
typedef struct {
  _Alignas(64) char bytes[BATCH * sizeof(double)];
} Parameters;

static DscRectangle rectangle(const Panel *panel, int operand, int64_t from) {
  const Softmax *call = panel->call;
  const DscView *view = call->views[operand];
  const int64_t inner = call->dims.strides[operand][call->dims.ndim - 1];
  const int64_t along = call->along[operand];
  const int64_t offset = dsc_offset(&call->dims, operand, panel->first) + from * along;
  return (DscRectangle){(char *)view->data + offset * (int64_t)dsc_dtype_size(view->dtype),
                        view->dtype, call->by_column ? along : inner,
                        call->by_column ? inner : along};
}

// The block that begins at `from`, of contiguous rows.
static Block block_at(const Panel *panel, int64_t from) {
  const Softmax *call = panel->call;
  const int64_t extent = dsc_smaller(panel->extent, call->count - from);
  const int64_t columns = call->by_column ? panel->width : extent;
  return (Block){.rows = call->by_column ? extent : panel->width,
                 .columns = columns,
                 .a_row = columns,
                 .b_row = columns,
                 .out_row = columns,
                 .by_column = call->by_column};
}

// Copies a block of an operand.
static void *copied(const Panel *panel, int operand, int64_t from, const Block *block, void *out) {
  const DscRectangle source = rectangle(panel, operand, from);
  dsc_load_rectangle(&source, block->rows, block->columns, out);
  return out;
}

// A block of an operand: in memory where it can be used there, else copied.
static const void *values_of(const Panel *panel, int operand, int64_t from, const Block *block,
                             void *scratch, int64_t *row_stride) {
  *row_stride = block->columns;
  if (!panel->call->native[operand]) return copied(panel, operand, from, block, scratch);
  const DscRectangle source = rectangle(panel, operand, from);
  *row_stride = source.row_stride;
  return source.data;
}

// Runs the last step on a block: straight to memory, or through `scratch`.
static void write_step(const Panel *panel, int step, int64_t from, Block *block, const void *a,
                       const void *b, const void *p, const void *q, void *scratch) {
  const Softmax *call = panel->call;
  const int output = call->operands - 1;
  const DscRectangle to = rectangle(panel, output, from);
  const bool direct = call->native[output];
  block->out_row = direct ? to.row_stride : block->columns;
  call->loops->steps[step][call->lane](block, a, b, p, q, direct ? to.data : scratch);
  if (!direct) dsc_store_rectangle(call->lane, scratch, block->rows, block->columns, &to);
}

// out = e^in for `count` contiguous values; the loop takes whole steps.
static void exponentials(const Softmax *call, const void *in, int64_t count, char *out) {
  const int64_t whole = count & -DSC_STEP;
  call->exp(whole, in, NULL, NULL, out);
  if (whole == count) return;
  _Alignas(64) char last[DSC_STEP * sizeof(double)] = {0};
  const size_t bytes = (size_t)((count - whole) * call->size);
  memcpy(last, (const char *)in + whole * call->size, bytes);
  call->exp(DSC_STEP, last, NULL, NULL, last);
  memcpy(out + whole * call->size, last, bytes);
}

// Joins a block's values to `all`, one for each softmax; `fresh` forgets what was in it.
static void join(const Panel *panel, const DscReduceLoops *loops, const Block *block,
                 const void *values, int64_t row_stride, bool fresh, Parameters *all) {
  Parameters some;
  if (block->by_column) {
    loops->columns(all, values, row_stride, block->rows, block->columns, fresh);
  } else if (fresh) {
    loops->rows(values, row_stride, block->rows, block->columns, all);
  } else {
    loops->rows(values, row_stride, block->rows, block->columns, &some);
    loops->columns(all, &some, 0, 1, panel->width, false);
  }
}

// Joins the values of all blocks in turn: a few blocks one after the other, then their sums.
typedef struct {
  Parameters some, all;
  int64_t blocks;
} Cascade;

static void cascade_flush(const Panel *panel, Cascade *cascade) {
  panel->call->sum->columns(&cascade->all, &cascade->some, 0, 1, panel->width,
                            cascade->blocks <= CASCADE);
}

// Makes room for the next block; tells whether it begins a new run of blocks.
static bool cascade_next(const Panel *panel, Cascade *cascade) {
  const bool fresh = cascade->blocks % CASCADE == 0;
  if (fresh && cascade->blocks > 0) cascade_flush(panel, cascade);
  cascade->blocks++;
  return fresh;
}

static void cascade_add(const Panel *panel, const Block *block, const void *values,
                        int64_t row_stride, Cascade *cascade) {
  const bool fresh = cascade_next(panel, cascade);
  join(panel, panel->call->sum, block, values, row_stride, fresh, &cascade->some);
}

// The same with the products of two operands' values.
static void cascade_add_products(const Panel *panel, const Block *block, const void *a,
                                 const void *b, Values *scratch, Cascade *cascade) {
  const Softmax *call = panel->call;
  if (block->by_column) {
    call->loops->steps[STEP_PRODUCT][call->lane](block, a, b, scratch, scratch, scratch);
    cascade_add(panel, block, scratch, block->columns, cascade);
  } else if (cascade_next(panel, cascade)) {
    call->loops->dot[call->lane](block, a, b, &cascade->some);
  } else {
    Parameters some;
    call->loops->dot[call->lane](block, a, b, &some);
    call->sum->columns(&cascade->some, &some, 0, 1, panel->width, false);
  }
}

static void invert(const Panel *panel, Parameters *values) {
  float *f32 = (float *)(void *)values;
  double *f64 = (double *)(void *)values;
  for (int64_t i = 0; i < panel->width; i++) {
    if (panel->call->lane == DSC_LANE_F32) {
      f32[i] = 1 / f32[i];
    } else {
      f64[i] = 1 / f64[i];
    }
  }
}

static void take_logarithms(const Panel *panel, Parameters *values) {
  float *f32 = (float *)(void *)values;
  double *f64 = (double *)(void *)values;
  for (int64_t i = 0; i < panel->width; i++) {
    if (panel->call->lane == DSC_LANE_F32) {
      f32[i] = (float)log((double)f32[i]);
    } else {
      f64[i] = log(f64[i]);
    }
  }
}

// e^(x - largest) of a block.
static void powers(const Panel *panel, int64_t from, Block *block, const Parameters *largest,
                   Values *scratch, Values *out) {
  const Softmax *call = panel->call;
  const void *x = values_of(panel, 0, from, block, scratch, &block->a_row);
  block->out_row = block->columns;
  block->b_row = 0;
  call->loops->steps[STEP_SHIFT][call->lane](block, x, x, largest, largest, out);
  block->a_row = block->columns;
  exponentials(call, out, block->rows * block->columns, out->bytes);
}

static void forward(const Panel *panel) {
  const Softmax *call = panel->call;
  const bool whole = panel->extent >= call->count, direct = call->native[call->operands - 1];
  Values scratch, exps;
  Parameters largest;
  Cascade sums = {.blocks = 0};
  for (int64_t from = 0; from < call->count; from += panel->extent) {
    Block block = block_at(panel, from);
    const void *x = values_of(panel, 0, from, &block, &scratch, &block.a_row);
    join(panel, call->maximum, &block, x, block.a_row, from == 0, &largest);
  }
  for (int64_t from = 0; from < call->count; from += panel->extent) {
    Block block = block_at(panel, from);
    powers(panel, from, &block, &largest, &scratch, &exps);
    cascade_add(panel, &block, &exps, block.columns, &sums);
    if (!whole && direct && !call->logarithm) {
      const DscRectangle to = rectangle(panel, call->operands - 1, from);
      dsc_store_rectangle(call->lane, &exps, block.rows, block.columns, &to);
    }
  }
  cascade_flush(panel, &sums);
  if (call->logarithm) {
    take_logarithms(panel, &sums.all);
  } else {
    invert(panel, &sums.all);
  }
  for (int64_t from = 0; from < call->count; from += panel->extent) {
    Block block = block_at(panel, from);
    if (call->logarithm) {
      const void *x = values_of(panel, 0, from, &block, &scratch, &block.a_row);
      block.b_row = 0;
      write_step(panel, STEP_SHIFT_TWICE, from, &block, x, x, &largest, &sums.all, &scratch);
      continue;
    }
    const void *e = &exps;
    if (!whole && direct) {
      e = values_of(panel, call->operands - 1, from, &block, NULL, &block.a_row);
    } else if (!whole) {
      powers(panel, from, &block, &largest, &scratch, &exps);
    }
    block.b_row = 0;
    write_step(panel, STEP_SCALE, from, &block, e, e, &sums.all, &sums.all, &scratch);
  }
}

// Operands: the gradient, the result.
static void backward(const Panel *panel) {
  const Softmax *call = panel->call;
  Values scratch, other;
  Cascade sums = {.blocks = 0};
  for (int64_t from = 0; from < call->count; from += panel->extent) {
    Block block = block_at(panel, from);
    const void *g = values_of(panel, 0, from, &block, &scratch, &block.a_row);
    if (call->logarithm) {
      cascade_add(panel, &block, g, block.a_row, &sums);
    } else {
      const void *y = values_of(panel, 1, from, &block, &other, &block.b_row);
      cascade_add_products(panel, &block, g, y, &other, &sums);
    }
  }
  cascade_flush(panel, &sums);
  for (int64_t from = 0; from < call->count; from += panel->extent) {
    Block block = block_at(panel, from);
    const void *g = values_of(panel, 0, from, &block, &scratch, &block.a_row);
    const void *y = values_of(panel, 1, from, &block, &other, &block.b_row);
    if (call->logarithm) {
      int64_t rows = block.rows, columns = block.columns;
      if (block.b_row == columns) columns *= rows, rows = 1;
      for (int64_t r = 0; r < rows; r++)
        exponentials(call, (const char *)y + r * block.b_row * call->size, columns,
                     other.bytes + r * columns * call->size);
      y = &other;
      block.b_row = block.columns;
    }
    write_step(panel, call->logarithm ? STEP_LOG_GRADIENT : STEP_GRADIENT, from, &block, g, y,
               &sums.all, &sums.all, &scratch);
  }
}

// Rows in float32 that stay in the first-level cache: exponentials and their sum are made in one
// loop.

static const char *row_of(const Softmax *call, int operand, int64_t row) {
  const DscView *view = call->views[operand];
  return (const char *)view->data +
         dsc_offset(&call->dims, operand, row) * (int64_t)dsc_dtype_size(view->dtype);
}

// A row of an operand: in memory, or converted to `buffer`.
static const float *load_row(const Softmax *call, int operand, int64_t row, Values *buffer) {
  const void *from = row_of(call, operand, row);
  if (call->native[operand]) return from;
  dsc_load_lane(call->views[operand]->dtype, from, 1, call->count, buffer);
  return (const float *)(const void *)buffer;
}

// Where a row of the result is made: in memory, or in a buffer that store_row() converts, or copies
// past the cache.
static float *place_of(const Softmax *call, int64_t row, Values *buffer) {
  const int output = call->operands - 1;
  const bool direct = call->native[output] && !call->streams;
  return (float *)(uintptr_t)(direct ? (const void *)row_of(call, output, row) : buffer);
}

// What follows in the inputs is fetched while a row is stored.
static void store_row(const Softmax *call, int64_t row, const Values *buffer) {
  const int inputs = call->operands - 1;
  void *to = (void *)(uintptr_t)row_of(call, inputs, row);
  if (!call->native[inputs])
    dsc_store_lane(DSC_LANE_F32, buffer, call->count, call->views[inputs]->dtype, to, 1);
  if (!call->streams) return;
  DscAhead ahead[2];
  for (int i = 0; i < inputs; i++) {
    const int64_t size = (int64_t)dsc_dtype_size(call->views[i]->dtype);
    const uintptr_t data = (uintptr_t)row_of(call, i, row) + (uintptr_t)(DSC_AHEAD * size);
    ahead[i] = (DscAhead){(const char *)data, size};
  }
  dsc_stream(sizeof(float), buffer, call->count, to, ahead, inputs);
}

static void forward_row(const Softmax *call, int64_t row) {
  const Block block = {.rows = 1, .columns = call->count};
  Values values, buffer;
  const float *x = load_row(call, 0, row, &values);
  float *y = place_of(call, row, &buffer), largest;
  call->maximum->rows(x, 0, 1, call->count, &largest);
  const float sum = call->exp_sum(x, call->count, largest, y);
  if (call->logarithm) {
    const float logarithm = (float)log((double)sum);
    call->loops->steps[STEP_SHIFT_TWICE][DSC_LANE_F32](&block, x, x, &largest, &logarithm, y);
  } else {
    const float inverse = 1 / sum;
    call->loops->steps[STEP_SCALE][DSC_LANE_F32](&block, y, y, &inverse, &inverse, y);
  }
  store_row(call, row, &buffer);
}

static void backward_row(const Softmax *call, int64_t row) {
  const Block block = {.rows = 1, .columns = call->count};
  Values grads, values, buffer;
  const float *g = load_row(call, 0, row, &grads), *y = load_row(call, 1, row, &values);
  float *out = place_of(call, row, &buffer), sum;
  if (call->logarithm) {
    call->sum->rows(g, 0, 1, call->count, &sum);
    call->log_gradient(g, y, call->count, sum, out);
  } else {
    call->loops->dot[DSC_LANE_F32](&block, g, y, &sum);
    call->loops->steps[STEP_GRADIENT][DSC_LANE_F32](&block, g, y, &sum, &sum, out);
  }
  store_row(call, row, &buffer);
}

static bool backward_half_row(const Softmax *call, int64_t row) {
  const DscDType dtype = call->views[0]->dtype;
  if (call->logarithm || call->loops->half_gradient[dtype] == NULL) return false;
  if (call->views[1]->dtype != dtype || call->views[2]->dtype != dtype) return false;
  call->loops->half_gradient[dtype](row_of(call, 0, row), row_of(call, 1, row), call->count,
                                    (void *)(uintptr_t)row_of(call, 2, row));
  return true;
}

static void rows_piece(const Softmax *call, int64_t first, int64_t end) {
  for (int64_t row = first; row < end; row++) {
    if (call->operands == 2)
      forward_row(call, row);
    else if (!backward_half_row(call, row))
      backward_row(call, row);
  }
  if (call->streams) dsc_stream_finish();
}

static void piece(void *context, int64_t index) {
  const Softmax *call = context;
  const bool is_backward = call->operands == 3;
  Panel panel = {.call = call};
  const int64_t units = call->by_column ? call->kept / call->columns * call->tiles : call->kept;
  const int64_t end = dsc_smaller((index + 1) * call->group, units);
  if (call->whole_rows) {
    rows_piece(call, index * call->group, end);
    return;
  }
  for (int64_t unit = index * call->group; unit < end;) {
    if (call->by_column) {
      const int64_t from = unit % call->tiles * call->tile;
      panel.first = unit / call->tiles * call->columns + from;
      panel.width = dsc_smaller(call->tile, call->columns - from);
      panel.extent = call->chunk / panel.width;
      unit++;
    } else {
      const int64_t room = call->count <= call->chunk ? call->chunk / call->count : 1;
      panel.first = unit;
      panel.width = dsc_run(&call->dims, unit, dsc_smaller(dsc_smaller(room, BATCH), end - unit));
      panel.extent = dsc_smaller(call->count, call->chunk);
      unit += panel.width;
    }
    if (is_backward) {
      backward(&panel);
    } else {
      forward(&panel);
    }
  }
}

static inline int64_t magnitude(int64_t stride) { return stride < 0 ? -stride : stride; }

static int run(Softmax *call, int ndim, const int64_t *shape, int dim) {
  const DscDType dtype = call->views[0]->dtype;
  call->lane = dsc_dtype_lane(dtype);
  if (call->lane != DSC_LANE_F32 && call->lane != DSC_LANE_F64) return DSC_UNSUPPORTED;
  for (int i = 1; i < call->operands; i++)
    if (dsc_dtype_lane(call->views[i]->dtype) != call->lane) return DSC_UNSUPPORTED;
  call->count = ndim > 0 ? shape[dim] : 1;
  const uint32_t others = ndim > 0 ? ~(1u << dim) : 0;
  dsc_dims(&call->dims, ndim, shape, others, true, call->views, call->operands);
  call->kept = call->dims.total;
  if (call->kept == 0 || call->count == 0) return DSC_OK;
  const int inner = call->dims.ndim - 1;
  for (int i = 0; i < call->operands; i++)
    call->along[i] = call->count > 1 ? call->views[i]->strides[dim] : 1;
  const int64_t across = magnitude(call->dims.strides[0][inner]);
  call->by_column = call->kept > 1 && call->count > 1 && across < magnitude(call->along[0]);
  call->columns = call->dims.shape[inner];
  for (int i = 0; i < call->operands; i++)
    call->native[i] = dsc_is_native(call->views[i]->dtype, call->lane) &&
                      (call->by_column ? call->dims.strides[i][inner] : call->along[i]) == 1;
  const DscTarget target = dsc_target();
  call->size = (int64_t)dsc_lane_size(call->lane);
  call->chunk = BLOCK_BYTES / call->size;
  call->loops = tables[target];
  call->sum = dsc_reduce_loops(DSC_REDUCE_SUM, call->lane);
  call->maximum = dsc_reduce_loops(DSC_REDUCE_MAX, call->lane);
  call->exp = dsc_find_loop(target, DSC_OP_EXP, call->lane);
  call->exp_sum = dsc_exp_sum_f32[target];
  call->log_gradient = dsc_log_gradient_f32[target];
  call->streams =
      call->native[call->operands - 1] && dsc_streams(call->kept * call->count * call->size);
  call->whole_rows = call->lane == DSC_LANE_F32 && !call->by_column && call->count <= call->chunk;
  for (int i = 0; i < call->operands; i++) call->whole_rows &= call->along[i] == 1;
  call->tile = dsc_smaller(TILE, call->columns);
  call->tiles = dsc_parts(call->columns, call->tile);
  const int64_t work = call->by_column ? call->count * call->tile : call->count;
  const int64_t units = call->by_column ? call->kept / call->columns * call->tiles : call->kept;
  call->group = PIECE > work ? PIECE / work : 1;
  dsc_parallel(dsc_parts(units, call->group), piece, call);
  return DSC_OK;
}

int dsc_softmax(bool logarithm, int ndim, const int64_t *shape, int dim, const DscView *input,
                const DscView *output) {
  Softmax call = {.operands = 2, .views = {input, output}, .logarithm = logarithm};
  return run(&call, ndim, shape, dim);
}

int dsc_softmax_backward(bool logarithm, int ndim, const int64_t *shape, int dim,
                         const DscView *grad, const DscView *result, const DscView *gradInput) {
  Softmax call = {.operands = 3, .views = {grad, result, gradInput}, .logarithm = logarithm};
  return run(&call, ndim, shape, dim);
}
