// What the two calls of a recurrent layer prepare: sizes, workspace, packed weights.
#include <string.h>

#include "dsc_recurrent_cells.h"
#include "dsc_sizes.h"
#include "include/dsc_pool.h"

// So many rows of a piece that a weight's panel is worth reading, and their gates stay near.
enum { LEAST_ROWS = 4, MOST_ROWS = 48, TYPICAL_ROWS = 16 };
// Of the products of some steps: how many steps, and bytes of a piece and of all.
enum { LEAST_STEPS = 4, NEAR_GATES = 512 << 10, ALL_GATES = 8 << 20 };

// x weight_ihᵀ and h weight_hhᵀ, or the gradients' products with the weights as they are.
static DscProduct operand(const DscRecurrent *call, const void *weight, int64_t width,
                          int64_t count, bool backward) {
  return (DscProduct){.dtype = call->dtype,
                      .n = backward ? count : width,
                      .k = backward ? width : count,
                      .a_column = 1,
                      .b = weight,
                      .b_row = backward ? count : 1,
                      .b_column = backward ? 1 : count,
                      .c_row = backward ? count : width,
                      .c_column = 1,
                      .alpha = 1};
}

// Divides the workspace, or counts its bytes if there is none.
static int64_t divide(DscRecurrentPlan *p, char *base) {
  const DscRecurrent *call = p->call;
  int64_t batch = call->batch, hidden = call->hidden, panels[2];
  const DscRecurrentWeight *weights[2] = {&p->ih, &p->hh};
  // The states of a single row come one by one, its inputs do not.
  for (int i = 0; i < 2; i++)
    panels[i] = batch == 1 && (i == 1 || call->steps == 1)
                    ? 0
                    : dsc_packed_columns(call->dtype, weights[i]->product.k, weights[i]->product.n);
  struct {
    char **part;
    int64_t count;
  } parts[] = {
      {(char **)&p->ih.panels, panels[0]},
      {(char **)&p->hh.panels, panels[1]},
      {&p->zeros, p->width},
      {&p->bias, p->width},
      {&p->hidden_bias, hidden},
      {&p->inputs, batch * p->chunk * p->width},
      {&p->products, batch * p->width},
      {&p->states, batch * hidden},
      {&p->carry, batch * hidden},
  };
  int64_t total = 0;
  for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
    if (base != NULL) *parts[i].part = parts[i].count == 0 ? NULL : base + total;
    total += dsc_up_to(parts[i].count * p->size, 64);
  }
  return total;
}

static void describe(const DscRecurrent *call, bool backward, DscRecurrentPlan *p) {
  *p = (DscRecurrentPlan){.call = call, .backward = backward};
  p->size = (int64_t)dsc_dtype_size(call->dtype);
  p->gates = dsc_cell_gates(call->cell), p->width = p->gates * call->hidden;
  // So many steps that a block of the input's weight serves many rows, and their gates stay near.
  int64_t step = (call->batch < TYPICAL_ROWS ? call->batch : TYPICAL_ROWS) * p->width * p->size;
  int64_t least = LEAST_STEPS, all = ALL_GATES / (call->batch * p->width * p->size);
  p->chunk = NEAR_GATES / step > least ? NEAR_GATES / step : least;
  p->chunk = dsc_smaller(call->steps, dsc_smaller(p->chunk, all > 1 ? all : 1));
  p->ih.product = operand(call, call->weight_ih, p->width, call->inputs, backward);
  p->hh.product = operand(call, call->weight_hh, p->width, call->hidden, backward);
}

int64_t dsc_recurrent_workspace(const DscRecurrent *call) {
  DscRecurrentPlan forward, backward;
  describe(call, false, &forward), describe(call, true, &backward);
  int64_t a = divide(&forward, NULL), b = divide(&backward, NULL);
  return a > b ? a : b;
}

enum { PACKED = 4 };  // tiles of columns that a piece packs

static void pack_piece(void *context, int64_t piece) {
  const DscRecurrentPlan *p = context;
  int64_t columns = PACKED * dsc_tile_size(p->call->dtype).columns;
  int64_t pieces = p->ih.panels == NULL ? 0 : (p->ih.product.n + columns - 1) / columns;
  const DscRecurrentWeight *weight = piece < pieces ? &p->ih : &p->hh;
  int64_t first = (piece < pieces ? piece : piece - pieces) * columns;
  dsc_pack_columns(&weight->product, first, dsc_smaller(columns, weight->product.n - first),
                   weight->panels);
}

#define DEFINE_ADD(name, T)                                                       \
  static void name(int64_t count, const void *pa, const void *pb, void *po) {     \
    const T *a = pa, *b = pb;                                                     \
    T *out = po;                                                                  \
    for (int64_t i = 0; i < count; i++) out[i] = (a ? a[i] : 0) + (b ? b[i] : 0); \
  }
DEFINE_ADD(add_f32, float)
DEFINE_ADD(add_f64, double)

void dsc_recurrent_plan(const DscRecurrent *call, bool backward, DscRecurrentPlan *p) {
  describe(call, backward, p);
  (void)divide(p, call->workspace);
  int64_t threads = dsc_thread_count(), pieces = (call->batch + MOST_ROWS - 1) / MOST_ROWS;
  p->rows = (call->batch + dsc_up_to(pieces, threads) - 1) / dsc_up_to(pieces, threads);
  p->rows = dsc_smaller(call->batch, p->rows < LEAST_ROWS ? LEAST_ROWS : p->rows);
  p->pieces = (call->batch + p->rows - 1) / p->rows;
  memset(p->zeros, 0, (size_t)(p->width * p->size));
  if (!backward) {
    void (*add)(int64_t, const void *, const void *, void *) =
        call->dtype == DSC_FLOAT64 ? add_f64 : add_f32;
    // The bias of a GRU's h_n is scaled by a gate and so stays alone.
    int64_t both = call->cell == DSC_CELL_GRU ? 2 * call->hidden : p->width;
    int64_t at = both * p->size;
    add(both, call->bias_ih, call->bias_hh, p->bias);
    if (both < p->width) {
      const char *ih = call->bias_ih, *hh = call->bias_hh;
      add(p->width - both, ih == NULL ? NULL : ih + at, NULL, p->bias + at);
      add(p->width - both, hh == NULL ? NULL : hh + at, NULL, p->hidden_bias);
    }
  }
  int64_t columns = PACKED * dsc_tile_size(call->dtype).columns;
  int64_t inputs = p->ih.panels == NULL ? 0 : (p->ih.product.n + columns - 1) / columns;
  int64_t states = p->hh.panels == NULL ? 0 : (p->hh.product.n + columns - 1) / columns;
  dsc_parallel(inputs + states, pack_piece, p);
}

int dsc_recurrent_multiply(const DscRecurrentWeight *weight, int64_t steps, int64_t rows,
                           DscRecurrentRows from, void *out, int64_t out_step, DscNeeded *needed) {
  const DscProduct *g = &weight->product;
  if (from.step == rows * from.row && out_step == rows * g->n) rows *= steps, steps = 1;
  if (weight->panels != NULL) {
    dsc_rows_product(&(DscRowsProduct){.dtype = g->dtype,
                                       .groups = steps,
                                       .rows = rows,
                                       .n = g->n,
                                       .k = g->k,
                                       .a = from.data,
                                       .panels = weight->panels,
                                       .c = out,
                                       .a_row = from.row,
                                       .a_group = from.step,
                                       .c_row = g->n,
                                       .c_group = out_step,
                                       .needed = needed});
    return DSC_OK;
  }
  DscProduct row = *g;
  row.m = 1, row.a = from.data, row.c = out;
  return dsc_product_vector(&row);
}
