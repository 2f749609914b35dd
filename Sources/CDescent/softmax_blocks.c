// softmax and logSoftmax block by block: a block is some whole rows, a part of one long row, or
// some rows of a tile of columns. Each step is one compiled loop over a block; exponentials are the
// executor's.
#include <math.h>
#include <string.h>

#include "dsc_loop_macros.h"
#include "dsc_softmax.h"

enum { CASCADE = 16 };  // blocks whose sums are added one after the other

// Softmaxes worked on together: neighbouring rows, or columns. `extent` of each are in a block.
typedef struct {
  const DscSoftmax *call;
  int64_t first, width, extent;
} Panel;

// A value for each softmax of a panel, in the lane.
typedef struct {
  _Alignas(64) char bytes[DSC_SOFTMAX_ROWS * sizeof(double)];
} Parameters;

static DscRectangle rectangle(const Panel *panel, int operand, int64_t from) {
  const DscSoftmax *call = panel->call;
  return dsc_rectangle(&call->dims, operand, call->views[operand], panel->first,
                       call->along[operand], from, call->by_column);
}

// The block that begins at `from`, of contiguous rows.
static DscBlock block_at(const Panel *panel, int64_t from) {
  const DscSoftmax *call = panel->call;
  const int64_t extent = dsc_smaller(panel->extent, call->count - from);
  const int64_t columns = call->by_column ? panel->width : extent;
  return (DscBlock){.rows = call->by_column ? extent : panel->width,
                    .columns = columns,
                    .a_row = columns,
                    .b_row = columns,
                    .out_row = columns,
                    .by_column = call->by_column};
}

// Copies a block of an operand.
static void *copied(const Panel *panel, int operand, int64_t from, const DscBlock *block,
                    void *out) {
  const DscRectangle source = rectangle(panel, operand, from);
  dsc_load_rectangle(&source, block->rows, block->columns, out);
  return out;
}

// A block of an operand: in memory where it can be used there, else copied.
static const void *values_of(const Panel *panel, int operand, int64_t from, const DscBlock *block,
                             void *scratch, int64_t *row_stride) {
  *row_stride = block->columns;
  if (!panel->call->native[operand]) return copied(panel, operand, from, block, scratch);
  const DscRectangle source = rectangle(panel, operand, from);
  *row_stride = source.row_stride;
  return source.data;
}

// Runs the last step on a block: straight to memory, or through `scratch`.
static void write_step(const Panel *panel, int step, int64_t from, DscBlock *block, const void *a,
                       const void *b, const void *p, const void *q, void *scratch) {
  const DscSoftmax *call = panel->call;
  const int output = call->operands - 1;
  const DscRectangle to = rectangle(panel, output, from);
  const bool direct = call->native[output];
  block->out_row = direct ? to.row_stride : block->columns;
  call->loops->steps[step][call->lane](block, a, b, p, q, direct ? to.data : scratch);
  if (!direct) dsc_store_rectangle(call->lane, scratch, block->rows, block->columns, &to);
}

// out = e^in for `count` contiguous values; the loop takes whole steps.
static void exponentials(const DscSoftmax *call, const void *in, int64_t count, char *out) {
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
static void join(const Panel *panel, const DscReduceLoops *loops, const DscBlock *block,
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

static void cascade_add(const Panel *panel, const DscBlock *block, const void *values,
                        int64_t row_stride, Cascade *cascade) {
  const bool fresh = cascade_next(panel, cascade);
  join(panel, panel->call->sum, block, values, row_stride, fresh, &cascade->some);
}

// The same with the products of two operands' values.
static void cascade_add_products(const Panel *panel, const DscBlock *block, const void *a,
                                 const void *b, DscBlockValues *scratch, Cascade *cascade) {
  const DscSoftmax *call = panel->call;
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
static void powers(const Panel *panel, int64_t from, DscBlock *block, const Parameters *largest,
                   DscBlockValues *scratch, DscBlockValues *out) {
  const DscSoftmax *call = panel->call;
  const void *x = values_of(panel, 0, from, block, scratch, &block->a_row);
  block->out_row = block->columns;
  block->b_row = 0;
  call->loops->steps[STEP_SHIFT][call->lane](block, x, x, largest, largest, out);
  block->a_row = block->columns;
  exponentials(call, out, block->rows * block->columns, out->bytes);
}

static void forward(const Panel *panel) {
  const DscSoftmax *call = panel->call;
  const bool whole = panel->extent >= call->count, direct = call->native[call->operands - 1];
  DscBlockValues scratch, exps;
  Parameters largest;
  Cascade sums = {.blocks = 0};
  for (int64_t from = 0; from < call->count; from += panel->extent) {
    DscBlock block = block_at(panel, from);
    const void *x = values_of(panel, 0, from, &block, &scratch, &block.a_row);
    join(panel, call->maximum, &block, x, block.a_row, from == 0, &largest);
  }
  for (int64_t from = 0; from < call->count; from += panel->extent) {
    DscBlock block = block_at(panel, from);
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
    DscBlock block = block_at(panel, from);
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
  const DscSoftmax *call = panel->call;
  DscBlockValues scratch, other;
  Cascade sums = {.blocks = 0};
  for (int64_t from = 0; from < call->count; from += panel->extent) {
    DscBlock block = block_at(panel, from);
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
    DscBlock block = block_at(panel, from);
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

void dsc_softmax_blocks(const DscSoftmax *call, int64_t first, int64_t end) {
  Panel panel = {.call = call};
  for (int64_t unit = first; unit < end;) {
    if (call->by_column) {
      const int64_t from = unit % call->tiles * call->tile;
      panel.first = unit / call->tiles * call->columns + from;
      panel.width = dsc_smaller(call->tile, call->columns - from);
      panel.extent = call->chunk / panel.width;
      unit++;
    } else {
      const int64_t room = call->count <= call->chunk ? call->chunk / call->count : 1;
      panel.first = unit;
      panel.width =
          dsc_run(&call->dims, unit, dsc_smaller(dsc_smaller(room, DSC_SOFTMAX_ROWS), end - unit));
      panel.extent = dsc_smaller(call->count, call->chunk);
      unit += panel.width;
    }
    if (call->operands == 3) {
      backward(&panel);
    } else {
      forward(&panel);
    }
  }
}
