// Max pooling and its gradient where lines are contiguous and the stride along them is 1 or 2: they
// are read where they lie. Vectors reach beyond the ends of lines: what they read there does not
// count, what they write there is written again by the row that it belongs to.
#include <math.h>
#include <string.h>

#include "dsc_max_lines.h"
#include "dsc_product.h"
#include "include/dsc_pool.h"

#define DSC_BODY "window_lines_body.h"
#include "dsc_for_each_float.h"

static bool is_plain(const DscView *view) { return view->strides[4] == 1; }

static bool runs_on(const DscWindow *window, const int64_t sizes[3], const DscView *view) {
  const int64_t shape[] = {window->batch, window->channels, sizes[0], sizes[1], sizes[2]};
  int64_t step = 1;
  for (int d = 4; d >= 0; step *= shape[d--])
    if (shape[d] > 1 && view->strides[d] != step) return false;
  return true;
}

bool dsc_window_lines_serve(const DscPooling *pooling) {
  const DscWindow *window = &pooling->window;
  const DscDType dtype = pooling->source->dtype;
  if (!pooling->is_max || pooling->indices || window->adaptive) return false;
  if (dtype != DSC_FLOAT32 && dtype != DSC_FLOAT64) return false;
  if (!is_plain(pooling->source) || !is_plain(pooling->target)) return false;
  if (pooling->numbers && (pooling->numbers->dtype != DSC_UINT8 || !is_plain(pooling->numbers)))
    return false;
  return window->stride[DSC_WIDTH] <= 2 && window->size[0] * window->size[1] <= DSC_MOST_LINES &&
         window->size[2] <= DSC_MAX_TAPS;
}

static void group_columns(DscMaxLines *plan) {
  const DscWindow *window = &plan->pooling->window;
  for (int64_t i = 0; i < window->size[DSC_WIDTH]; i++) {
    const int64_t shift = dsc_window_shift(window, i);
    if (plan->groups == 0 || plan->group[plan->groups - 1].shift != shift)
      plan->group[plan->groups++] = (DscColumns){shift, {-1, -1}};
    plan->group[plan->groups - 1].column[dsc_window_residue(window, i)] = (int32_t)i;
  }
  plan->low = plan->group[0].shift, plan->high = plan->group[plan->groups - 1].shift;
}

static void run_piece(void *context, int64_t index, bool backward) {
  DscPooling *pooling = context;
  const DscMaxLines *plan = pooling->plan;
  const DscWindow *window = &pooling->window;
  const int64_t *sizes = backward ? window->input : window->output;
  const int64_t heights = sizes[DSC_HEIGHT], width = window->output[DSC_WIDTH];
  // Lines of either side with what vectors read around them, and their numbers.
  const int64_t reach = plan->high - plan->low + DSC_LINE_MARGIN;
  const int64_t line = 2 * (window->input[DSC_WIDTH] + width + 2 * reach);
  const int64_t most = window->size[0] * window->size[1];
  const size_t spans = (size_t)heights * sizeof(DscSpan);
  const size_t firsts = (size_t)(width + DSC_LINE_MARGIN) * sizeof(int32_t);
  const size_t lines = (size_t)(most * line) * (size_t)(pooling->size + 1);
  char *memory = dsc_product_scratch(spans + firsts + lines);
  if (!memory) {
    atomic_fetch_or(&pooling->status, DSC_OUT_OF_MEMORY);
    return;
  }
  const int64_t begin = index * pooling->group;
  DscMaxPiece piece = {.plan = plan,
                       .begin = begin,
                       .end = dsc_smaller(begin + pooling->group, pooling->units),
                       .spans = (DscSpan *)(void *)memory,
                       .firsts = (int32_t *)(void *)(memory + spans),
                       .lines = memory + spans + firsts};
  for (int64_t h = 0; h < heights; h++)
    piece.spans[h] = backward ? dsc_window_owners(window, DSC_HEIGHT, h)
                              : dsc_window_span(window, DSC_HEIGHT, h);
  for (int64_t x = 0; x < width + DSC_LINE_MARGIN; x++)
    piece.firsts[x] = x < width ? (int32_t)dsc_window_span(window, DSC_WIDTH, x).number : 0;
  const bool is_wide = pooling->lane == DSC_LANE_F64;
  if (backward)
    (is_wide ? DSC_DISPATCH(spread_lines_f64) : DSC_DISPATCH(spread_lines_f32))(&piece);
  else
    (is_wide ? DSC_DISPATCH(max_lines_f64) : DSC_DISPATCH(max_lines_f32))(&piece);
}

static void forward_piece(void *context, int64_t index) { run_piece(context, index, false); }
static void backward_piece(void *context, int64_t index) { run_piece(context, index, true); }

int dsc_window_lines(DscPooling *pooling, bool backward) {
  enum { ROW = 64 };  // what a row costs at least, in elements
  const DscWindow *window = &pooling->window;
  const int64_t *in = backward ? window->output : window->input;
  const int64_t *out = backward ? window->input : window->output;
  DscMaxLines plan = {.pooling = pooling, .source = dsc_window_extent(window, in, pooling->source)};
  plan.runs_on = runs_on(window, out, pooling->target);
  if (pooling->numbers) {
    plan.numbers = dsc_window_extent(window, window->output, pooling->numbers);
    plan.runs_on = plan.runs_on && (backward || runs_on(window, out, pooling->numbers));
  }
  group_columns(&plan);
  pooling->plan = &plan;
  const int64_t rows = window->batch * window->channels * out[0] * out[1];
  const int64_t row = out[2] > ROW ? out[2] : ROW;
  return dsc_window_run(pooling, rows, row * (backward ? 2 : dsc_window_volume(window)),
                        backward ? backward_piece : forward_piece);
}
