// Gradients of pooling to few columns, or by windows of several sizes: each row of the input's
// gradient is made from the windows that reach it.
#include <stdlib.h>
#include <string.h>

#include "dsc_evaluate.h"
#include "dsc_windows.h"

typedef struct {
  const DscPooling *pooling;
  char *sums;       // one row of the input's gradient
  char *gradients;  // one row of the output's
  char *divisors;
} Scratch;

static int64_t number_at(const DscView *view, const DscWindowRow *row, int64_t w) {
  const char *at = dsc_window_row_at(view, row, w);
  return view->dtype == DSC_UINT8 ? *(const uint8_t *)at : *(const int32_t *)(const void *)at;
}

static void add_windows(Scratch *scratch, const DscWindowRow *from, int64_t first) {
  const DscPooling *pooling = scratch->pooling;
  const DscWindow *window = &pooling->window;
  const DscView *view = pooling->source;
  const int64_t columns = window->output[DSC_WIDTH];
  dsc_load_lane(view->dtype, dsc_window_row_at(view, from, 0), view->strides[4], columns,
                scratch->gradients);
  if (!pooling->is_max)
    pooling->loops->divide(columns, scratch->gradients, scratch->divisors,
                           dsc_window_row_count(pooling, from->d, from->h));
  for (int64_t w = 0; w < columns; w++) {
    DscSpan span = dsc_window_span(window, DSC_WIDTH, w);
    if (pooling->is_max) {
      const int64_t at = number_at(pooling->numbers, from, w) - first;
      if (at < 0 || at >= window->size[DSC_WIDTH]) continue;
      span.from += (at - span.number) * span.step;
      span.to = dsc_smaller(span.from + 1, window->input[DSC_WIDTH]);
    }
    pooling->loops->add_to_row(span.from, span.to, scratch->gradients + w * pooling->size,
                               scratch->sums);
  }
}

static void make_row(Scratch *scratch, const DscWindowRow *row) {
  const DscPooling *pooling = scratch->pooling;
  const DscWindow *window = &pooling->window;
  const DscView *to = pooling->target;
  const int64_t columns = window->input[DSC_WIDTH];
  const DscSpan depth = dsc_window_owners(window, DSC_DEPTH, row->d);
  const DscSpan height = dsc_window_owners(window, DSC_HEIGHT, row->h);
  memset(scratch->sums, 0, (size_t)(columns * pooling->size));
  for (int64_t d = depth.from; d < depth.to; d++) {
    const int64_t slice = dsc_window_number(window, DSC_DEPTH, d, row->d);
    for (int64_t h = height.from; h < height.to; h++) {
      const int64_t line = dsc_window_number(window, DSC_HEIGHT, h, row->h);
      if (slice < 0 || line < 0) continue;
      const DscWindowRow from = {row->n, row->c, d, h};
      add_windows(scratch, &from, (slice * window->size[1] + line) * window->size[2]);
    }
  }
  dsc_store_lane(pooling->lane, scratch->sums, columns, to->dtype, dsc_window_row_at(to, row, 0),
                 to->strides[4]);
}

static void piece(void *context, int64_t index) {
  DscPooling *pooling = context;
  const DscWindow *window = &pooling->window;
  const size_t size = (size_t)pooling->size, in = (size_t)window->input[DSC_WIDTH],
               out = (size_t)window->output[DSC_WIDTH];
  char *memory = malloc((in + 2 * out) * size);
  if (!memory) {
    atomic_fetch_or(&pooling->status, DSC_OUT_OF_MEMORY);
    return;
  }
  Scratch scratch = {.pooling = pooling, .sums = memory, .gradients = memory + in * size};
  scratch.divisors = scratch.gradients + out * size;
  if (!pooling->is_max) dsc_window_divisors(pooling, 0, (int64_t)out, scratch.divisors);
  const int64_t end = dsc_smaller((index + 1) * pooling->group, pooling->units);
  for (int64_t unit = index * pooling->group; unit < end; unit++) {
    const DscWindowRow row = dsc_window_row(window, window->input, unit);
    make_row(&scratch, &row);
  }
  free(memory);
}

int dsc_window_narrow_backward(DscPooling *pooling) {
  const DscWindow *window = &pooling->window;
  const int64_t *in = window->input;
  return dsc_window_run(pooling, window->batch * window->channels * in[0] * in[1], in[2] * 4,
                        piece);
}
