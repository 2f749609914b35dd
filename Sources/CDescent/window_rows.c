// Pooling over columns: a vector holds neighbouring outputs. With a stride s every s-th column of
// the input goes to a phase of its own, so that each element of the window is one run of a phase.
#include <stdlib.h>
#include <string.h>

#include "dsc_evaluate.h"
#include "dsc_windows.h"

enum {
  SLOTS = 8,             // rows kept, of which neighbouring outputs use some again
  SLOT_BYTES = 1 << 18,  // with larger rows only one is kept
};

typedef struct {
  DscPooling *pooling;
  int64_t phases;
  bool phase_of_each;  // each element of the window has a phase of its own
  bool shares;         // windows above each other have rows of the input in common
  int64_t low_shift;   // of the phases against the outputs, least
  int64_t tile, tiles;
  int64_t length;  // of a phase
  int slots;
} Plan;

// Columns of a row that fall into a phase: `count` from place `at` of the phase on.
typedef struct {
  int64_t column, at, count;
} Part;

// The scratch of a piece, for the tile that begins at `first`.
typedef struct {
  const Plan *plan;
  int64_t *offsets;  // of the window's columns in a row
  Part *parts;       // of a row, one a phase
  char *rows;        // [slots, phases, length]
  char *best;
  char *divisors;
  int32_t *numbers, *firsts;
  int64_t first, width;
  int64_t tags[SLOTS];
  bool in_use[SLOTS];
  int next;
  int taps;
  const void *values[DSC_MAX_TAPS];
  int32_t tap_numbers[DSC_MAX_TAPS];
} Scratch;

static void flush(Scratch *scratch) {
  const DscPooling *pooling = scratch->plan->pooling;
  const int64_t count = dsc_up_to_step(scratch->width);
  const DscWindowLoops *loops = pooling->loops;
  if (!pooling->is_max) {
    loops->sum(count, scratch->taps, scratch->values, scratch->best);
  } else if (pooling->numbers || pooling->indices) {
    loops->max_numbers(count, scratch->taps, scratch->values, scratch->tap_numbers, scratch->best,
                       scratch->numbers);
  } else {
    loops->max(count, scratch->taps, scratch->values, scratch->best);
  }
  scratch->taps = 0;
}

// Neutral values: what stands in the padding is never overwritten.
static void fill_neutral(const DscPooling *pooling, int64_t count, void *out) {
  if (pooling->is_max) {
    pooling->loops->fill_lowest(count, out);
  } else {
    memset(out, 0, (size_t)(count * pooling->size));
  }
}

static Part part_of(const Scratch *scratch, int64_t residue) {
  const Plan *plan = scratch->plan;
  const DscWindow *window = &plan->pooling->window;
  const int64_t base = scratch->first + plan->low_shift, stride = window->stride[DSC_WIDTH];
  const int64_t at = base < 0 ? -base : 0;
  const int64_t all = window->input[DSC_WIDTH] - residue;
  const int64_t end = dsc_smaller(all > 0 ? dsc_parts(all, stride) - base : 0, plan->length);
  return (Part){(base + at) * stride + residue, at, end > at ? end - at : 0};
}

static void begin_tile(Scratch *scratch, int64_t tile) {
  const Plan *plan = scratch->plan;
  const DscPooling *pooling = plan->pooling;
  const DscWindow *window = &pooling->window;
  scratch->first = tile * plan->tile;
  scratch->width = dsc_smaller(plan->tile, window->output[DSC_WIDTH] - scratch->first);
  fill_neutral(pooling, plan->slots * plan->phases * plan->length, scratch->rows);
  for (int i = 0; i < SLOTS; i++) scratch->tags[i] = -1;
  for (int64_t i = 0; i < plan->phases; i++)
    scratch->parts[i] = part_of(scratch, plan->phase_of_each ? dsc_window_residue(window, i) : i);
  if (!pooling->is_max) {
    dsc_window_divisors(pooling, scratch->first, dsc_up_to_step(scratch->width), scratch->divisors);
    return;
  }
  for (int64_t i = 0; i < scratch->width; i++) {
    const DscSpan span = dsc_window_span(window, DSC_WIDTH, scratch->first + i);
    scratch->firsts[i] = (int32_t)span.number;
  }
}

static void load_row(Scratch *scratch, const DscWindowRow *row, char *to) {
  const Plan *plan = scratch->plan;
  const DscPooling *pooling = plan->pooling;
  const DscWindow *window = &pooling->window;
  const DscView *view = pooling->source;
  const int64_t step = view->strides[4], stride = window->stride[DSC_WIDTH];
  if (stride == 2 && plan->phases == 2 && !plan->phase_of_each && step == 1 &&
      dsc_is_native(view->dtype, pooling->lane)) {
    const Part even = scratch->parts[0], odd = scratch->parts[1];
    char *odds = to + (plan->length + odd.at) * pooling->size;
    const char *from = dsc_window_row_at(view, row, even.column);
    to += even.at * pooling->size;
    pooling->loops->split(odd.count, from, to, odds);
    if (even.count > odd.count)
      memcpy(to + odd.count * pooling->size, from + 2 * odd.count * pooling->size,
             (size_t)pooling->size);
    return;
  }
  for (int64_t phase = 0; phase < plan->phases; phase++) {
    const Part part = scratch->parts[phase];
    if (part.count > 0)
      dsc_load_lane(view->dtype, dsc_window_row_at(view, row, part.column), stride * step,
                    part.count, to + (phase * plan->length + part.at) * pooling->size);
  }
}

// The phases of a row of the input, which may still be there.
static const char *row_of(Scratch *scratch, const DscWindowRow *row) {
  const Plan *plan = scratch->plan;
  const DscWindow *window = &plan->pooling->window;
  const int64_t tag =
      ((row->n * window->channels + row->c) * window->input[0] + row->d) * window->input[1] +
      row->h;
  const int64_t bytes = plan->phases * plan->length * plan->pooling->size;
  int vacant = -1;
  for (int i = 0, slot = scratch->next; i < plan->slots;
       i++, slot = slot + 1 < plan->slots ? slot + 1 : 0) {
    if (plan->shares && scratch->tags[slot] == tag) {
      scratch->in_use[slot] = true;
      return scratch->rows + slot * bytes;
    }
    if (vacant < 0 && !scratch->in_use[slot]) vacant = slot;
    if (vacant >= 0 && !plan->shares) break;
  }
  if (vacant < 0) {
    flush(scratch);
    memset(scratch->in_use, 0, sizeof(scratch->in_use));
    vacant = 0;
  }
  scratch->tags[vacant] = tag;
  scratch->in_use[vacant] = true;
  scratch->next = (vacant + 1) % plan->slots;
  load_row(scratch, row, scratch->rows + vacant * bytes);
  return scratch->rows + vacant * bytes;
}

static void add_taps(Scratch *scratch, const char *row, int64_t number) {
  const Plan *plan = scratch->plan;
  for (int64_t i = 0; i < plan->pooling->window.size[DSC_WIDTH]; i++) {
    if (scratch->taps == DSC_MAX_TAPS) flush(scratch);
    scratch->values[scratch->taps] = row + scratch->offsets[i];
    scratch->tap_numbers[scratch->taps++] = (int32_t)(number + i);
  }
}

static void find_offsets(const Plan *plan, int64_t *offsets) {
  const DscWindow *window = &plan->pooling->window;
  for (int64_t i = 0; i < window->size[DSC_WIDTH]; i++) {
    const int64_t phase = plan->phase_of_each ? i : dsc_window_residue(window, i);
    const int64_t shift = dsc_window_shift(window, i) - plan->low_shift;
    offsets[i] = (phase * plan->length + shift) * plan->pooling->size;
  }
}

static void pool_row(Scratch *scratch, const DscWindowRow *row) {
  const DscPooling *pooling = scratch->plan->pooling;
  const DscWindow *window = &pooling->window;
  const DscSpan depth = dsc_window_span(window, DSC_DEPTH, row->d);
  const DscSpan height = dsc_window_span(window, DSC_HEIGHT, row->h);
  const bool numbered = pooling->numbers || pooling->indices;
  fill_neutral(pooling, dsc_up_to_step(scratch->width), scratch->best);
  if (numbered) {
    const int64_t *size = window->size;
    const int32_t first = (int32_t)((depth.number * size[1] + height.number) * size[2]);
    for (int64_t i = 0; i < scratch->width; i++) scratch->numbers[i] = first + scratch->firsts[i];
  }
  memset(scratch->in_use, 0, sizeof(scratch->in_use));
  int64_t slice = depth.number;
  for (int64_t d = depth.from; d < depth.to; d += depth.step, slice++) {
    int64_t line = slice * window->size[1] + height.number;
    for (int64_t h = height.from; h < height.to; h += height.step, line++) {
      const DscWindowRow from = {row->n, row->c, d, h};
      add_taps(scratch, row_of(scratch, &from), line * window->size[2]);
    }
  }
  flush(scratch);
  if (!pooling->is_max)
    pooling->loops->divide(dsc_up_to_step(scratch->width), scratch->best, scratch->divisors,
                           dsc_window_row_count(pooling, row->d, row->h));
  const DscView *to = pooling->target;
  dsc_store_lane(pooling->lane, scratch->best, scratch->width, to->dtype,
                 dsc_window_row_at(to, row, scratch->first), to->strides[4]);
  if (numbered)
    dsc_window_store_numbers(pooling, scratch->numbers, scratch->width, row, scratch->first, false);
}

static void piece(void *context, int64_t index) {
  DscPooling *pooling = context;
  const Plan *plan = pooling->plan;
  const DscWindow *window = &pooling->window;
  const int64_t wide = dsc_up_to_step(dsc_smaller(plan->tile, window->output[DSC_WIDTH]));
  const size_t rows = (size_t)(plan->slots * plan->phases * plan->length * pooling->size);
  const size_t values = (size_t)(wide * pooling->size);
  const size_t offsets = (size_t)window->size[DSC_WIDTH] * sizeof(int64_t);
  const size_t parts = (size_t)plan->phases * sizeof(Part);
  char *memory = malloc(rows + 2 * values + offsets + parts + 2 * (size_t)wide * sizeof(int32_t));
  if (!memory) {
    atomic_fetch_or(&pooling->status, DSC_OUT_OF_MEMORY);
    return;
  }
  Scratch scratch = {.plan = plan, .rows = memory, .best = memory + rows, .first = -1};
  scratch.divisors = scratch.best + values;
  scratch.offsets = (int64_t *)(void *)(scratch.divisors + values);
  scratch.parts = (Part *)(void *)((char *)scratch.offsets + offsets);
  scratch.numbers = (int32_t *)(void *)((char *)scratch.parts + parts);
  scratch.firsts = scratch.numbers + wide;
  memset(scratch.numbers, 0, 2 * (size_t)wide * sizeof(int32_t));
  find_offsets(plan, scratch.offsets);
  const int64_t all = pooling->units / plan->tiles;
  const int64_t begin = index * pooling->group;
  const int64_t end = dsc_smaller(begin + pooling->group, pooling->units);
  int64_t tile = begin / all;
  DscWindowRow row = dsc_window_row(window, window->output, begin % all);
  for (int64_t unit = begin; unit < end; unit++) {
    if (unit == (tile + 1) * all) {
      tile++;
      row = (DscWindowRow){0, 0, 0, 0};
    }
    if (scratch.first != tile * plan->tile) begin_tile(&scratch, tile);
    pool_row(&scratch, &row);
    dsc_window_next_row(window, window->output, &row);
  }
  free(memory);
}

// Whether windows above each other have rows of the input in common.
static bool rows_share(const DscWindow *window) {
  if (window->adaptive) return true;
  for (int d = 0; d < DSC_WIDTH; d++)
    if ((window->size[d] - 1) * window->dilation[d] >= window->stride[d]) return true;
  return false;
}

int dsc_window_rows(DscPooling *pooling) {
  const DscWindow *window = &pooling->window;
  const int64_t *out = window->output;
  const int64_t size = window->size[DSC_WIDTH], stride = window->stride[DSC_WIDTH];
  Plan plan = {.pooling = pooling,
               .phase_of_each = size < stride,
               .phases = dsc_smaller(size, stride),
               .low_shift = dsc_window_shift(window, 0)};
  plan.tile = dsc_window_tile(plan.phases);
  plan.tiles = dsc_parts(out[2], plan.tile);
  plan.length = dsc_up_to_step(dsc_smaller(plan.tile, out[2])) +
                dsc_up_to_step(dsc_window_shift(window, size - 1) - plan.low_shift);
  plan.shares = rows_share(window);
  plan.slots = plan.phases * plan.length * pooling->size <= SLOT_BYTES ? SLOTS : 1;
  pooling->plan = &plan;
  const int64_t rows = window->batch * window->channels * out[0] * out[1];
  const int64_t work = dsc_smaller(plan.tile, out[2]) * dsc_window_volume(window);
  return dsc_window_run(pooling, rows * plan.tiles, work, piece);
}
