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
  DscSpan *spans;             // of the output's columns
  DscSpan *depths, *heights;  // the windows that hold each of the input's
  // What the last row was made from: shares of an average are the same for the whole window.
  DscWindowRow plane;
  DscSpan depth, height;
  bool has_row;
} Scratch;

static inline bool are_same(const DscSpan *a, const DscSpan *b) {
  return a->from == b->from && a->to == b->to;
}

// The number, or with adaptive windows the place, of what an output found.
static int64_t number_at(const DscView *view, const DscWindowRow *row, int64_t w) {
  const void *at = dsc_window_row_at(view, row, w);
  if (view->dtype == DSC_INT64) return *(const int64_t *)at;
  return view->dtype == DSC_UINT8 ? *(const uint8_t *)at : *(const int32_t *)at;
}

// `first` is the number, or the place, that stands for the first column.
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
    DscSpan span = scratch->spans[w];
    if (pooling->is_max) {
      const int64_t at = number_at(pooling->numbers, from, w) - first;
      const int64_t count = window->adaptive ? window->input[DSC_WIDTH] : window->size[DSC_WIDTH];
      if (at < 0 || at >= count) continue;
      span.from = window->adaptive ? at : span.from + (at - span.number) * span.step;
      span.to = dsc_smaller(span.from + 1, window->input[DSC_WIDTH]);
    }
    pooling->loops->add_to_row(span.from, span.to, scratch->gradients + w * pooling->size,
                               scratch->sums);
  }
}

static void sum_row(Scratch *scratch, const DscWindowRow *row) {
  const DscPooling *pooling = scratch->pooling;
  const DscWindow *window = &pooling->window;
  const int64_t columns = window->input[DSC_WIDTH];
  const DscSpan depth = scratch->depths[row->d], height = scratch->heights[row->h];
  if (scratch->has_row && !pooling->is_max && are_same(&depth, &scratch->depth) &&
      are_same(&height, &scratch->height) && row->c == scratch->plane.c &&
      row->n == scratch->plane.n)
    return;
  scratch->has_row = true;
  scratch->plane = *row;
  scratch->depth = depth;
  scratch->height = height;
  memset(scratch->sums, 0, (size_t)(columns * pooling->size));
  for (int64_t d = depth.from; d < depth.to; d++) {
    const int64_t slice = dsc_window_number(window, DSC_DEPTH, d, row->d);
    for (int64_t h = height.from; h < height.to; h++) {
      const int64_t line = dsc_window_number(window, DSC_HEIGHT, h, row->h);
      if (slice < 0 || line < 0) continue;
      const DscWindowRow from = {row->n, row->c, d, h};
      const int64_t first = window->adaptive ? (row->d * window->input[1] + row->h) * columns
                                             : (slice * window->size[1] + line) * window->size[2];
      add_windows(scratch, &from, first);
    }
  }
}

// How many of the next `most` rows have the same gradient: those of a plane that the same windows
// hold. A maximum gives to single places.
static int64_t rows_alike(const Scratch *scratch, const DscWindowRow *row, int64_t most) {
  const DscPooling *pooling = scratch->pooling;
  const DscSpan *own = &scratch->heights[row->h];
  most = dsc_smaller(most, pooling->window.input[DSC_HEIGHT] - row->h);
  int64_t count = 1;
  while (count < most && !pooling->is_max && are_same(own, own + count)) count++;
  return count;
}

// Whether a large gradient goes past the cache: rows are whole lines of it.
static bool streams(const DscPooling *pooling) {
  const DscWindow *window = &pooling->window;
  const DscView *to = pooling->target;
  const int64_t *in = window->input, row = in[2] * pooling->size;
  return !pooling->is_max && to->strides[4] == 1 && dsc_is_native(to->dtype, pooling->lane) &&
         row % DSC_LINE == 0 && to->strides[3] * pooling->size % DSC_LINE == 0 &&
         dsc_streams(window->batch * window->channels * in[0] * in[1] * row);
}

static void store_rows(const Scratch *scratch, const DscWindowRow *row, int64_t count,
                       bool goes_past) {
  enum { PAGE = 4096 };
  const DscPooling *pooling = scratch->pooling;
  const DscView *to = pooling->target;
  const int64_t columns = pooling->window.input[DSC_WIDTH], bytes = columns * pooling->size;
  for (int64_t h = row->h; h < row->h + count; h++) {
    char *at = dsc_window_at(to, row->n, row->c, row->d, h, 0);
    for (int64_t b = 0; !goes_past && b < bytes; b += DSC_LINE)
      __builtin_prefetch(at + PAGE + b, 1);
    if (goes_past)
      dsc_stream((size_t)pooling->size, scratch->sums, columns, at, NULL, 0);
    else
      dsc_store_lane(pooling->lane, scratch->sums, columns, to->dtype, at, to->strides[4]);
  }
}

static void piece(void *context, int64_t index) {
  DscPooling *pooling = context;
  const DscWindow *window = &pooling->window;
  const size_t size = (size_t)pooling->size, in = (size_t)window->input[DSC_WIDTH],
               out = (size_t)window->output[DSC_WIDTH];
  const int64_t *sizes = window->input;
  const size_t spans = out + (size_t)(sizes[DSC_DEPTH] + sizes[DSC_HEIGHT]);
  char *memory = malloc(spans * sizeof(DscSpan) + (in + 2 * out) * size);
  if (!memory) {
    atomic_fetch_or(&pooling->status, DSC_OUT_OF_MEMORY);
    return;
  }
  Scratch scratch = {.pooling = pooling, .spans = (DscSpan *)(void *)memory};
  scratch.depths = scratch.spans + out;
  scratch.heights = scratch.depths + sizes[DSC_DEPTH];
  scratch.sums = memory + spans * sizeof(DscSpan);
  scratch.gradients = scratch.sums + in * size;
  scratch.divisors = scratch.gradients + out * size;
  for (int64_t w = 0; w < (int64_t)out; w++)
    scratch.spans[w] = dsc_window_span(window, DSC_WIDTH, w);
  for (int64_t d = 0; d < sizes[DSC_DEPTH]; d++)
    scratch.depths[d] = dsc_window_owners(window, DSC_DEPTH, d);
  for (int64_t h = 0; h < sizes[DSC_HEIGHT]; h++)
    scratch.heights[h] = dsc_window_owners(window, DSC_HEIGHT, h);
  if (!pooling->is_max) dsc_window_divisors(pooling, 0, (int64_t)out, scratch.divisors);
  const bool goes_past = streams(pooling);
  const int64_t begin = index * pooling->group;
  const int64_t end = dsc_smaller(begin + pooling->group, pooling->units);
  DscWindowRow row = dsc_window_row(window, window->input, begin);
  for (int64_t unit = begin; unit < end;) {
    sum_row(&scratch, &row);
    const int64_t count = rows_alike(&scratch, &row, end - unit);
    store_rows(&scratch, &row, count, goes_past);
    unit += count;
    row.h += count - 1;
    dsc_window_next_row(window, window->input, &row);
  }
  if (goes_past) dsc_stream_finish();
  free(memory);
}

// Adaptive windows name the places that they found: many planes of few outputs are zeroed and added
// to, in the order in which rows would be made.
static bool scatters(const DscPooling *pooling) {
  enum { PLANES = 8 };
  const DscWindow *window = &pooling->window;
  const int64_t *in = window->input, *steps = pooling->target->strides;
  const DscDType dtype = pooling->source->dtype;
  return pooling->is_max && window->adaptive && pooling->numbers->dtype == DSC_INT64 &&
         (dtype == DSC_FLOAT32 || dtype == DSC_FLOAT64) &&
         window->batch * window->channels >= PLANES && (in[2] == 1 || steps[4] == 1) &&
         (in[1] == 1 || steps[3] == in[2]) && (in[0] == 1 || steps[2] == in[1] * in[2]);
}

static void scatter_plane(const DscPooling *pooling, int64_t n, int64_t c) {
  const DscWindow *window = &pooling->window;
  const int64_t *in = window->input, *out = window->output, places = in[0] * in[1] * in[2];
  const int64_t step = pooling->source->strides[4], number_step = pooling->numbers->strides[4];
  char *plane = dsc_window_at(pooling->target, n, c, 0, 0, 0);
  memset(plane, 0, (size_t)(places * pooling->size));
  for (int64_t row = 0; row < out[0] * out[1]; row++) {
    const void *from = dsc_window_at(pooling->source, n, c, row / out[1], row % out[1], 0);
    const int64_t *number =
        (const void *)dsc_window_at(pooling->numbers, n, c, row / out[1], row % out[1], 0);
    for (int64_t w = 0; w < out[2]; w++) {
      const int64_t place = number[w * number_step];
      if (place < 0 || place >= places) continue;
      if (pooling->lane == DSC_LANE_F32)
        ((float *)(void *)plane)[place] += ((const float *)from)[w * step];
      else
        ((double *)(void *)plane)[place] += ((const double *)from)[w * step];
    }
  }
}

static void scatter_piece(void *context, int64_t index) {
  const DscPooling *pooling = context;
  const int64_t channels = pooling->window.channels, begin = index * pooling->group;
  const int64_t end = dsc_smaller(begin + pooling->group, pooling->units);
  for (int64_t plane = begin; plane < end; plane++)
    scatter_plane(pooling, plane / channels, plane % channels);
}

int dsc_window_narrow_backward(DscPooling *pooling) {
  const DscWindow *window = &pooling->window;
  const int64_t *in = window->input;
  if (scatters(pooling))
    return dsc_window_run(pooling, window->batch * window->channels, in[0] * in[1] * in[2],
                          scatter_piece);
  return dsc_window_run(pooling, window->batch * window->channels * in[0] * in[1], in[2] * 4,
                        piece);
}
