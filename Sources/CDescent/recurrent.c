// dsc_recurrent and its gradient: each piece takes some rows of the batch through all steps.
#include <stdatomic.h>
#include <string.h>

#include "dsc_recurrent_cells.h"
#include "include/dsc_pool.h"

typedef struct {
  DscRecurrentPlan plan;
  const DscRecurrentGradients *gradients;
  atomic_int status;
} Run;

// The step that comes `number`-th.
static int64_t step_at(const DscRecurrentPlan *p, int64_t number) {
  return p->call->reversed != p->backward ? p->call->steps - 1 - number : number;
}

// Of the chunk that a step belongs to: how many steps, and the first of them in memory.
static int64_t steps_at(const DscRecurrentPlan *p, int64_t number) {
  int64_t left = p->call->steps - number / p->chunk * p->chunk;
  return left < p->chunk ? left : p->chunk;
}

static int64_t lowest(const DscRecurrentPlan *p, int64_t number) {
  int64_t start = number / p->chunk * p->chunk;
  int64_t a = step_at(p, start), b = step_at(p, start + steps_at(p, number) - 1);
  return a < b ? a : b;
}

static int64_t rows_at(const DscRecurrentPlan *p, int64_t first) {
  return p->call->batch - first < p->rows ? p->call->batch - first : p->rows;
}

// An address in what may be missing, or `other` then.
static void *address(void *values, int64_t bytes, void *other) {
  return values == NULL ? other : (char *)values + bytes;
}
static const void *source(const void *values, int64_t bytes, const void *other) {
  return values == NULL ? other : (const char *)values + bytes;
}

// Adds a range that is needed soon, unless it is missing.
static void need(DscNeeded *needed, const void *values, int64_t at, int64_t bytes) {
  if (values == NULL) return;
  needed->range[needed->count] = (const char *)values + at;
  needed->bytes[needed->count++] = bytes;
}

// What the cells of this step write, and the inputs' products that they read.
static DscNeeded needed_now(const DscRecurrentPlan *p, int64_t at, int64_t rows,
                            const char *inputs) {
  const DscRecurrent *call = p->call;
  const int64_t line = call->hidden * p->size, wide = p->width * p->size;
  DscNeeded needed = {.count = 0};
  need(&needed, call->output, at * line, rows * line);
  need(&needed, call->memory, at * line, rows * line);
  need(&needed, inputs, 0, rows * wide);
  need(&needed, call->gates, at * wide, rows * wide);
  return needed;
}

static void forward_piece(void *context, int64_t piece) {
  Run *run = context;
  const DscRecurrentPlan *p = &run->plan;
  const DscRecurrent *call = p->call;
  int64_t first = piece * p->rows, rows = rows_at(p, first), line = call->hidden * p->size;
  int64_t wide = p->width * p->size, batch = call->batch;
  char *inputs = p->inputs + first * p->chunk * wide, *products = p->products + first * wide;
  char *memory = p->carry + first * line;
  bool is_lstm = call->cell == DSC_CELL_LSTM;
  const char *h = source(call->h, first * line, NULL);
  const char *c = source(call->c, first * line, NULL);
  int status = DSC_OK;
  for (int64_t number = 0; number < call->steps; number++) {
    int64_t step = step_at(p, number), at = step * batch + first;
    int64_t low = lowest(p, number), count = steps_at(p, number);
    if (number % p->chunk == 0) {
      const char *x = (const char *)call->x + (low * call->x_step + first * call->x_row) * p->size;
      status |= dsc_recurrent_multiply(&p->ih, count, rows,
                                       (DscRecurrentRows){x, call->x_row, call->x_step}, inputs,
                                       rows * p->width, NULL);
    }
    char *sums = inputs + (step - low) * rows * wide;
    DscNeeded needed = needed_now(p, at, rows, sums);
    if (h != NULL)
      status |= dsc_recurrent_multiply(&p->hh, 1, rows, (DscRecurrentRows){h, call->hidden, 0},
                                       products, 0, &needed);
    char *output = (char *)call->output + at * line;
    char *keep = address(call->memory, at * line, memory);
    const char *before = is_lstm ? c : h;
    for (int64_t r = 0; r < rows; r++) {
      DscCellForward row = {
          .hidden = call->hidden,
          .input = sums + r * wide,
          .product = h == NULL ? p->zeros : products + r * wide,
          .bias = p->bias,
          .hidden_bias = p->hidden_bias,
          .before = source(before, r * line, p->zeros),
          .gates = address(call->gates, (at + r) * wide, sums + r * wide),
          .memory = keep + r * line,
          .state = output + r * line,
      };
      dsc_cells(call->dtype)->forward[call->cell](&row);
    }
    h = output, c = keep;
  }
  memcpy((char *)call->last_h + first * line, h, (size_t)(rows * line));
  if (is_lstm) memcpy((char *)call->last_c + first * line, c, (size_t)(rows * line));
  if (status != DSC_OK) atomic_fetch_or(&run->status, status);
}

static void load(const DscRecurrentPlan *p, const void *from, int64_t first, int64_t rows,
                 char *to) {
  int64_t line = p->call->hidden * p->size;
  if (from == NULL)
    memset(to, 0, (size_t)(rows * line));
  else
    memcpy(to, (const char *)from + first * line, (size_t)(rows * line));
}

// Adds the gradients of some rows to their sums, which begin with the first step.
static void accumulate(const DscRecurrentPlan *p, bool begins, int64_t rows, const char *from,
                       int64_t pitch, char *sums) {
  int64_t wide = p->width * p->size;
  for (int64_t r = 0; r < rows && sums != NULL; r++, from += pitch, sums += wide) {
    if (begins)
      memcpy(sums, from, (size_t)wide);
    else
      dsc_cells(p->call->dtype)->add(p->width, from, sums);
  }
}

// What the cells of the step behind this one read and write, but what this one leaves near.
static DscNeeded needed_next(const Run *run, int64_t number, int64_t first, int64_t rows) {
  const DscRecurrentPlan *p = &run->plan;
  const DscRecurrent *call = p->call;
  const DscRecurrentGradients *grads = run->gradients;
  DscNeeded needed = {.count = 0};
  if (number + 1 == call->steps) return needed;
  bool is_lstm = call->cell == DSC_CELL_LSTM, is_gru = call->cell == DSC_CELL_GRU;
  int64_t row = step_at(p, number + 1) * call->batch + first;
  int64_t line = call->hidden * p->size, wide = p->width * p->size,
          pitch = grads->gates_row * p->size;
  need(&needed, grads->hidden_gates, row * pitch, rows * pitch);
  need(&needed, grads->gates, row * pitch, rows * pitch);
  need(&needed, grads->output, row * line, rows * line);
  if (!is_lstm) need(&needed, is_gru ? call->memory : call->output, row * line, rows * line);
  if ((is_lstm || is_gru) && number + 2 < call->steps) {
    int64_t before = step_at(p, number + 2) * call->batch + first;
    need(&needed, is_lstm ? call->memory : call->output, before * line, rows * line);
  }
  need(&needed, call->gates, row * wide, rows * wide);
  return needed;
}

static void backward_piece(void *context, int64_t piece) {
  Run *run = context;
  const DscRecurrentPlan *p = &run->plan;
  const DscRecurrent *call = p->call;
  const DscRecurrentGradients *grads = run->gradients;
  int64_t first = piece * p->rows, rows = rows_at(p, first), line = call->hidden * p->size;
  int64_t wide = p->width * p->size, pitch = grads->gates_row * p->size, batch = call->batch;
  char *product = p->states + first * line, *carry = p->carry + first * line;
  bool is_lstm = call->cell == DSC_CELL_LSTM, is_gru = call->cell == DSC_CELL_GRU;
  load(p, grads->last_h, first, rows, product);
  load(p, is_lstm ? grads->last_c : NULL, first, rows, carry);
  int status = DSC_OK;
  for (int64_t number = 0; number < call->steps; number++) {
    int64_t step = step_at(p, number), at = step * batch + first;
    bool is_first = number == call->steps - 1;  // of the forward's steps
    int64_t before_at = ((call->reversed ? step + 1 : step - 1) * batch + first) * line;
    const void *start = is_lstm ? call->c : call->h;
    const char *before = is_first ? source(start, first * line, NULL)
                                  : source(is_lstm ? call->memory : call->output, before_at, NULL);
    char *gate_grads = (char *)grads->gates + at * pitch;
    char *hidden_grads = is_gru ? (char *)grads->hidden_gates + at * pitch : gate_grads;
    for (int64_t r = 0; r < rows; r++) {
      DscCellBackward row = {
          .hidden = call->hidden,
          .gates = source(call->gates, (at + r) * wide, NULL),
          .memory = source(call->memory, (at + r) * line, NULL),
          .before = source(before, r * line, p->zeros),
          .state = (const char *)call->output + (at + r) * line,
          .grad = source(grads->output, (at + r) * line, p->zeros),
          .product = product + r * line,
          .carry = carry + r * line,
          .gate_grads = gate_grads + r * pitch,
          .hidden_grads = hidden_grads + r * pitch,
      };
      dsc_cells(call->dtype)->backward[call->cell](&row);
    }
    accumulate(p, number == 0, rows, gate_grads, pitch, address(grads->sums, first * wide, NULL));
    if (is_gru)
      accumulate(p, number == 0, rows, hidden_grads, pitch,
                 address(grads->hidden_sums, first * wide, NULL));
    if (!is_first || grads->h != NULL) {
      DscNeeded needed = needed_next(run, number, first, rows);
      status |= dsc_recurrent_multiply(&p->hh, 1, rows,
                                       (DscRecurrentRows){hidden_grads, grads->gates_row, 0},
                                       product, 0, &needed);
    }
    if (grads->x != NULL && ((number + 1) % p->chunk == 0 || is_first)) {
      int64_t low = lowest(p, number) * batch + first, row = grads->gates_row;
      status |= dsc_recurrent_multiply(
          &p->ih, steps_at(p, number), rows,
          (DscRecurrentRows){(const char *)grads->gates + low * pitch, row, batch * row},
          (char *)grads->x + low * call->inputs * p->size, batch * call->inputs, NULL);
    }
  }
  if (grads->h != NULL) {
    if (is_gru) dsc_cells(call->dtype)->add(rows * call->hidden, carry, product);
    memcpy((char *)grads->h + first * line, product, (size_t)(rows * line));
  }
  if (is_lstm && grads->c != NULL)
    memcpy((char *)grads->c + first * line, carry, (size_t)(rows * line));
  if (status != DSC_OK) atomic_fetch_or(&run->status, status);
}

static int execute(const DscRecurrent *call, const DscRecurrentGradients *gradients) {
  if (call->dtype != DSC_FLOAT32 && call->dtype != DSC_FLOAT64) return DSC_UNSUPPORTED;
  Run run = {.gradients = gradients};
  atomic_init(&run.status, DSC_OK);
  dsc_recurrent_plan(call, gradients != NULL, &run.plan);
  dsc_parallel(run.plan.pieces, gradients == NULL ? forward_piece : backward_piece, &run);
  return atomic_load(&run.status);
}

int dsc_recurrent(const DscRecurrent *call) { return execute(call, NULL); }

int dsc_recurrent_backward(const DscRecurrent *call, const DscRecurrentGradients *gradients) {
  return execute(call, gradients);
}
