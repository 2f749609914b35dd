// Gradients of pooling over columns: each row of the input's gradient is made at once, phase by
// phase, from the rows of the output's gradient whose windows reach it.
#include <stdlib.h>
#include <string.h>

#include "dsc_evaluate.h"
#include "dsc_windows.h"

enum {
  SLOTS = 8,             // rows of the output's gradient kept
  SLOT_BYTES = 1 << 18,  // with larger rows only one is kept
};

typedef struct {
  DscPooling *pooling;
  int64_t high_shift;  // of the phases against the outputs, greatest
  int64_t tile, tiles;
  int64_t length;  // of a row of the output's gradient with its margins
  int slots;
} Plan;

// The scratch of a piece, for the tile of phases that begins at `first`.
typedef struct {
  const Plan *plan;
  // For the window's columns: where the outputs begin and which phase they add to.
  int64_t *starts, *phases;
  char *gradients;   // [slots, length]
  int32_t *numbers;  // the same
  char *divisors;
  char *sums;  // [phases, tile]
  int64_t first, width;
  int64_t tags[SLOTS];
  int next;
} Scratch;

// The outputs in a row of the output's gradient: place i is output first - high_shift + i.
static int64_t first_output(const Scratch *scratch) {
  return scratch->first - scratch->plan->high_shift;
}

static void begin_tile(Scratch *scratch, int64_t tile) {
  const Plan *plan = scratch->plan;
  const DscPooling *pooling = plan->pooling;
  const DscWindow *window = &pooling->window;
  const int64_t places = dsc_parts(window->input[DSC_WIDTH], window->stride[DSC_WIDTH]);
  scratch->first = tile * plan->tile;
  scratch->width = dsc_smaller(plan->tile, places - scratch->first);
  memset(scratch->gradients, 0, (size_t)(plan->slots * plan->length * pooling->size));
  for (int i = 0; i < SLOTS; i++) scratch->tags[i] = -1;
  if (!pooling->is_max)
    dsc_window_divisors(pooling, first_output(scratch), plan->length, scratch->divisors);
}

static void load_numbers(const DscView *view, const char *from, int64_t count, int32_t *out) {
  const int64_t stride = view->strides[4];
  if (view->dtype == DSC_INT32) {
    for (int64_t i = 0; i < count; i++) out[i] = ((const int32_t *)(const void *)from)[i * stride];
  } else if (stride == 1) {
    for (int64_t i = 0; i < count; i++) out[i] = ((const uint8_t *)from)[i];
  } else {
    for (int64_t i = 0; i < count; i++) out[i] = ((const uint8_t *)from)[i * stride];
  }
}

// The slot of a row of the output's gradient, which may still be there.
static int slot_of(Scratch *scratch, const DscWindowRow *row) {
  const Plan *plan = scratch->plan;
  const DscPooling *pooling = plan->pooling;
  const DscWindow *window = &pooling->window;
  const int64_t *out = window->output;
  const int64_t tag = ((row->n * window->channels + row->c) * out[0] + row->d) * out[1] + row->h;
  for (int i = 0; i < plan->slots; i++)
    if (scratch->tags[i] == tag) return i;
  const int slot = scratch->next;
  scratch->next = (slot + 1) % plan->slots;
  scratch->tags[slot] = tag;
  const int64_t from = first_output(scratch), at = from < 0 ? -from : 0;
  const int64_t count = dsc_smaller(plan->length, out[2] - from) - at;
  char *to = scratch->gradients + slot * plan->length * pooling->size;
  if (count <= 0) return slot;
  const DscView *view = pooling->source;
  dsc_load_lane(view->dtype, dsc_window_row_at(view, row, from + at), view->strides[4], count,
                to + at * pooling->size);
  if (pooling->is_max) {
    load_numbers(pooling->numbers, dsc_window_row_at(pooling->numbers, row, from + at), count,
                 scratch->numbers + slot * plan->length + at);
  } else {
    pooling->loops->divide(plan->length, to, scratch->divisors,
                           dsc_window_row_count(pooling, row->d, row->h));
  }
  return slot;
}

// Adds what the windows of one row of outputs give; `number` is that of their first column.
static void add_windows(Scratch *scratch, int slot, int64_t number) {
  const Plan *plan = scratch->plan;
  const DscPooling *pooling = plan->pooling;
  const DscWindow *window = &pooling->window;
  const int64_t count = dsc_up_to_step(scratch->width);
  for (int64_t i = 0; i < window->size[DSC_WIDTH]; i++) {
    const int64_t at = slot * plan->length + scratch->starts[i];
    const void *values = scratch->gradients + at * pooling->size;
    char *sum = scratch->sums + scratch->phases[i] * plan->tile * pooling->size;
    if (pooling->is_max) {
      const int32_t *chosen = scratch->numbers + at, own = (int32_t)(number + i);
      pooling->loops->sum_chosen(count, 1, &values, &chosen, &own, sum);
    } else {
      pooling->loops->sum(count, 1, &values, sum);
    }
  }
}

static void store_row(const Scratch *scratch, const DscWindowRow *row) {
  const Plan *plan = scratch->plan;
  const DscPooling *pooling = plan->pooling;
  const DscWindow *window = &pooling->window;
  const DscView *view = pooling->target;
  const int64_t stride = window->stride[DSC_WIDTH], step = view->strides[4];
  const int64_t first = scratch->first * stride, left = window->input[DSC_WIDTH] - first;
  if (stride == 2 && step == 1 && dsc_is_native(view->dtype, pooling->lane)) {
    const int64_t columns = dsc_smaller(left, 2 * scratch->width);
    const char *odd = scratch->sums + plan->tile * pooling->size;
    char *to = dsc_window_row_at(view, row, first);
    pooling->loops->join(columns / 2, scratch->sums, odd, to);
    if (columns % 2)
      memcpy(to + (columns - 1) * pooling->size, scratch->sums + columns / 2 * pooling->size,
             (size_t)pooling->size);
    return;
  }
  for (int64_t phase = 0; phase < dsc_smaller(stride, left); phase++)
    dsc_store_lane(pooling->lane, scratch->sums + phase * plan->tile * pooling->size,
                   dsc_smaller(scratch->width, dsc_parts(left - phase, stride)), view->dtype,
                   dsc_window_row_at(view, row, first + phase), stride * step);
}

static void make_row(Scratch *scratch, const DscWindowRow *row) {
  const DscPooling *pooling = scratch->plan->pooling;
  const DscWindow *window = &pooling->window;
  const DscSpan depth = dsc_window_owners(window, DSC_DEPTH, row->d);
  const DscSpan height = dsc_window_owners(window, DSC_HEIGHT, row->h);
  memset(scratch->sums, 0,
         (size_t)(window->stride[DSC_WIDTH] * scratch->plan->tile * pooling->size));
  for (int64_t d = depth.from; d < depth.to; d++) {
    const int64_t slice = dsc_window_number(window, DSC_DEPTH, d, row->d);
    for (int64_t h = height.from; h < height.to; h++) {
      const int64_t line = dsc_window_number(window, DSC_HEIGHT, h, row->h);
      if (slice < 0 || line < 0) continue;
      const DscWindowRow from = {row->n, row->c, d, h};
      const int slot = slot_of(scratch, &from);
      add_windows(scratch, slot, (slice * window->size[1] + line) * window->size[2]);
    }
  }
  store_row(scratch, row);
}

static void piece(void *context, int64_t index) {
  DscPooling *pooling = context;
  const Plan *plan = pooling->plan;
  const DscWindow *window = &pooling->window;
  const size_t rows = (size_t)(plan->slots * plan->length), size = (size_t)pooling->size;
  const size_t sums = (size_t)(window->stride[DSC_WIDTH] * plan->tile) * size;
  const size_t values = (size_t)plan->length * size, taps = (size_t)window->size[DSC_WIDTH];
  char *memory =
      malloc(rows * size + sums + values + 2 * taps * sizeof(int64_t) + rows * sizeof(int32_t));
  if (!memory) {
    atomic_fetch_or(&pooling->status, DSC_OUT_OF_MEMORY);
    return;
  }
  Scratch scratch = {.plan = plan, .gradients = memory, .first = -1};
  scratch.sums = memory + rows * size;
  scratch.divisors = scratch.sums + sums;
  scratch.starts = (int64_t *)(void *)(scratch.divisors + values);
  scratch.phases = scratch.starts + taps;
  scratch.numbers = (int32_t *)(void *)(scratch.phases + taps);
  memset(scratch.numbers, 0, rows * sizeof(int32_t));
  for (int64_t i = 0; i < (int64_t)taps; i++) {
    scratch.starts[i] = plan->high_shift - dsc_window_shift(window, i);
    scratch.phases[i] = dsc_window_residue(window, i);
  }
  const int64_t all = pooling->units / plan->tiles;
  const int64_t begin = index * pooling->group;
  const int64_t end = dsc_smaller(begin + pooling->group, pooling->units);
  int64_t tile = begin / all;
  DscWindowRow row = dsc_window_row(window, window->input, begin % all);
  for (int64_t unit = begin; unit < end; unit++) {
    if (unit == (tile + 1) * all) {
      tile++;
      row = (DscWindowRow){0, 0, 0, 0};
    }
    if (scratch.first != tile * plan->tile) begin_tile(&scratch, tile);
    make_row(&scratch, &row);
    dsc_window_next_row(window, window->input, &row);
  }
  free(memory);
}

int dsc_window_rows_backward(DscPooling *pooling) {
  const DscWindow *window = &pooling->window;
  const int64_t *in = window->input;
  const int64_t stride = window->stride[DSC_WIDTH], last = window->size[DSC_WIDTH] - 1;
  const int64_t places = dsc_parts(in[2], stride);
  Plan plan = {.pooling = pooling, .high_shift = dsc_window_shift(window, last)};
  plan.tile = dsc_smaller(dsc_window_tile(stride), dsc_up_to_step(places));
  plan.tiles = dsc_parts(places, plan.tile);
  plan.length = plan.tile + dsc_up_to_step(plan.high_shift - dsc_window_shift(window, 0));
  plan.slots = plan.length * pooling->size <= SLOT_BYTES ? SLOTS : 1;
  pooling->plan = &plan;
  const int64_t rows = window->batch * window->channels * in[0] * in[1];
  return dsc_window_run(pooling, rows * plan.tiles, plan.tile * stride * 2, piece);
}
