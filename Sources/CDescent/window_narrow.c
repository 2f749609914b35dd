// Pooling to few columns, or by windows of several sizes: the rows of a window are joined column by
// column over the input's whole width, then each window's columns.
#include <stdlib.h>
#include <string.h>

#include "dsc_evaluate.h"
#include "dsc_windows.h"

typedef struct {
  const DscPooling *pooling;
  char *joined;   // one value a column of the input
  int32_t *rows;  // the row (of the plane) in which a largest one was found
  char *loaded;   // a row of the input in the lane, where that is not what memory holds
  char *outputs;
  char *divisors;
  DscSpan *spans;  // of the output's columns
  int32_t *numbers;
  int taps;
  const void *values[DSC_MAX_TAPS];
  int32_t tap_rows[DSC_MAX_TAPS];
} Scratch;

static void flush(Scratch *scratch) {
  const DscPooling *pooling = scratch->pooling;
  const int64_t count = pooling->window.input[DSC_WIDTH];
  if (!pooling->is_max) {
    pooling->loops->sum(count, scratch->taps, scratch->values, scratch->joined);
  } else if (scratch->rows) {
    pooling->loops->max_numbers(count, scratch->taps, scratch->values, scratch->tap_rows,
                                scratch->joined, scratch->rows);
  }
  scratch->taps = 0;
}

static void add_row(Scratch *scratch, const DscWindowRow *row, bool direct) {
  const DscPooling *pooling = scratch->pooling;
  const DscView *view = pooling->source;
  const void *values = dsc_window_row_at(view, row, 0);
  if (!direct) {
    dsc_load_lane(view->dtype, values, view->strides[4], pooling->window.input[DSC_WIDTH],
                  scratch->loaded);
    values = scratch->loaded;
  }
  scratch->values[scratch->taps] = values;
  scratch->tap_rows[scratch->taps++] = (int32_t)(row->d * pooling->window.input[1] + row->h);
  if (!direct || scratch->taps == DSC_MAX_TAPS) flush(scratch);
}

static void store_places(const Scratch *scratch, const DscWindowRow *row) {
  const DscView *view = scratch->pooling->indices;
  int64_t *to = (int64_t *)(void *)dsc_window_row_at(view, row, 0);
  for (int64_t w = 0; w < scratch->pooling->window.output[DSC_WIDTH]; w++)
    to[w * view->strides[4]] = scratch->numbers[w];
}

// The number, in its window, of a place of the plane.
static int32_t number_of(const DscWindow *window, const DscWindowRow *row, int64_t w,
                         int64_t plane_row, int64_t column) {
  const int64_t d = dsc_window_number(window, DSC_DEPTH, row->d, plane_row / window->input[1]);
  const int64_t h = dsc_window_number(window, DSC_HEIGHT, row->h, plane_row % window->input[1]);
  const int64_t x = dsc_window_number(window, DSC_WIDTH, w, column);
  return (int32_t)((d * window->size[1] + h) * window->size[2] + x);
}

static void pool_row(Scratch *scratch, const DscWindowRow *row) {
  const DscPooling *pooling = scratch->pooling;
  const DscWindow *window = &pooling->window;
  const DscView *to = pooling->target;
  const int64_t columns = window->input[DSC_WIDTH], size = pooling->size;
  const DscSpan depth = dsc_window_span(window, DSC_DEPTH, row->d);
  const DscSpan height = dsc_window_span(window, DSC_HEIGHT, row->h);
  // All elements of a dilated window may lie in the padding.
  const bool has_no_row = depth.from >= depth.to || height.from >= height.to;
  const bool direct =
      pooling->source->strides[4] == 1 && dsc_is_native(pooling->source->dtype, pooling->lane);
  if (pooling->is_max) {
    pooling->loops->fill_lowest(columns, scratch->joined);
    for (int64_t x = 0; x < columns; x++)
      scratch->rows[x] = (int32_t)(depth.from * window->input[1] + height.from);
  } else {
    memset(scratch->joined, 0, (size_t)(columns * size));
  }
  for (int64_t d = depth.from; d < depth.to; d += depth.step)
    for (int64_t h = height.from; h < height.to; h += height.step) {
      const DscWindowRow from = {row->n, row->c, d, h};
      add_row(scratch, &from, direct);
    }
  flush(scratch);
  for (int64_t w = 0; w < window->output[DSC_WIDTH]; w++) {
    const DscSpan span = scratch->spans[w];
    char *out = scratch->outputs + w * size;
    if (!pooling->is_max) {
      pooling->loops->sum_of_row(span.from, span.to, scratch->joined, out);
      continue;
    }
    if (has_no_row || span.from >= span.to) {
      const int64_t *count = window->size;
      pooling->loops->fill_lowest(1, out);
      scratch->numbers[w] =
          (int32_t)((depth.number * count[1] + height.number) * count[2] + span.number);
      continue;
    }
    const int64_t x = pooling->loops->max_of_row(span.from, span.to, span.step, scratch->joined,
                                                 scratch->rows, out);
    scratch->numbers[w] = window->adaptive ? (int32_t)(scratch->rows[x] * columns + x)
                                           : number_of(window, row, w, scratch->rows[x], x);
  }
  if (!pooling->is_max)
    pooling->loops->divide(window->output[DSC_WIDTH], scratch->outputs, scratch->divisors,
                           dsc_window_row_count(pooling, row->d, row->h));
  dsc_store_lane(pooling->lane, scratch->outputs, window->output[DSC_WIDTH], to->dtype,
                 dsc_window_row_at(to, row, 0), to->strides[4]);
  if (pooling->indices && window->adaptive) {
    store_places(scratch, row);
  } else if (pooling->indices || pooling->numbers) {
    dsc_window_store_numbers(pooling, scratch->numbers, window->output[DSC_WIDTH], row, 0, false);
  }
}

static void piece(void *context, int64_t index) {
  DscPooling *pooling = context;
  const DscWindow *window = &pooling->window;
  const size_t size = (size_t)pooling->size, in = (size_t)window->input[DSC_WIDTH],
               out = (size_t)window->output[DSC_WIDTH];
  char *memory =
      malloc(out * sizeof(DscSpan) + 2 * (in + out) * size + (in + out) * sizeof(int32_t));
  if (!memory) {
    atomic_fetch_or(&pooling->status, DSC_OUT_OF_MEMORY);
    return;
  }
  Scratch scratch = {.pooling = pooling, .spans = (DscSpan *)(void *)memory};
  scratch.joined = memory + out * sizeof(DscSpan);
  scratch.loaded = scratch.joined + in * size;
  scratch.outputs = scratch.loaded + in * size;
  scratch.divisors = scratch.outputs + out * size;
  scratch.rows = (int32_t *)(void *)(scratch.divisors + out * size);
  scratch.numbers = scratch.rows + in;
  for (int64_t w = 0; w < (int64_t)out; w++)
    scratch.spans[w] = dsc_window_span(window, DSC_WIDTH, w);
  if (!pooling->is_max) dsc_window_divisors(pooling, 0, (int64_t)out, scratch.divisors);
  const int64_t begin = index * pooling->group;
  const int64_t end = dsc_smaller(begin + pooling->group, pooling->units);
  DscWindowRow row = dsc_window_row(window, window->output, begin);
  for (int64_t unit = begin; unit < end; unit++) {
    pool_row(&scratch, &row);
    dsc_window_next_row(window, window->output, &row);
  }
  free(memory);
}

int dsc_window_narrow(DscPooling *pooling) {
  const DscWindow *window = &pooling->window;
  const int64_t *in = window->input, *out = window->output;
  const int64_t height = window->adaptive ? dsc_parts(in[1], out[1]) : window->size[1];
  const int64_t depth = window->adaptive ? dsc_parts(in[0], out[0]) : window->size[0];
  return dsc_window_run(pooling, window->batch * window->channels * out[0] * out[1],
                        in[2] * height * depth, piece);
}
