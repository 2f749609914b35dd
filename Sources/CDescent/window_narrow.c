// Pooling to few columns, or by windows of several sizes: the rows of a window are joined column by
// column over the input's whole width, then each window's columns.
#include <stdlib.h>
#include <string.h>

#include "dsc_evaluate.h"
#include "dsc_windows.h"

static const int32_t NOWHERE = -1;

typedef struct {
  const DscPooling *pooling;
  const char *readable;  // up to here memory may be read
  bool has_gaps;         // between the elements of a window
  char *joined;          // one value a column of the input
  int32_t *rows;         // the row (of the plane) in which a largest one was found
  char *loaded;          // a row of the input in the lane, where that is not what memory holds
  char *outputs;
  char *divisors;
  DscSpan *spans;   // of the output's columns
  int32_t *places;  // in the plane, of largest elements
} Scratch;

static void join(const Scratch *scratch, DscWindowRows *rows, bool numbered) {
  const DscPooling *pooling = scratch->pooling;
  if (!pooling->is_max)
    dsc_window_sum_rows(pooling->lane, rows, scratch->joined);
  else
    dsc_window_max_rows(pooling->lane, rows, scratch->joined, numbered ? scratch->rows : NULL);
  rows->continues = true;
}

// Joins the rows of a window: those of a slice at once where they can be read in place.
static void join_rows(const Scratch *scratch, const DscWindowRow *row, const DscSpan *depth,
                      const DscSpan *height, bool numbered) {
  const DscPooling *pooling = scratch->pooling;
  const DscView *view = pooling->source;
  const int64_t columns = pooling->window.input[DSC_WIDTH];
  const int64_t count = dsc_parts(height->to - height->from, height->step);
  const bool direct = view->strides[4] == 1 && dsc_is_native(view->dtype, pooling->lane);
  DscWindowRows rows = {.count = columns, .number_step = (int32_t)height->step};
  for (int64_t d = depth->from; d < depth->to; d += depth->step) {
    const char *values = dsc_window_at(view, row->n, row->c, d, height->from, 0);
    const int64_t pitch = height->step * view->strides[3] * (int64_t)dsc_dtype_size(view->dtype);
    const char *last = values + (pitch > 0 ? (count - 1) * pitch : 0);
    const bool in_place =
        direct && last + dsc_up_to_step(columns) * pooling->size <= scratch->readable;
    rows.number = (int32_t)(d * pooling->window.input[DSC_HEIGHT] + height->from);
    rows.values = in_place ? values : scratch->loaded;
    rows.pitch = pitch;
    rows.rows = in_place ? count : 1;
    for (int64_t k = 0; k < count; k += rows.rows, values += pitch) {
      if (!in_place) dsc_load_lane(view->dtype, values, view->strides[4], columns, scratch->loaded);
      join(scratch, &rows, numbered);
      rows.number += rows.number_step;
    }
  }
}

static void store_places(const Scratch *scratch, const DscWindowRow *row) {
  const DscView *view = scratch->pooling->indices;
  int64_t *to = (int64_t *)(void *)dsc_window_row_at(view, row, 0);
  for (int64_t w = 0; w < scratch->pooling->window.output[DSC_WIDTH]; w++)
    to[w * view->strides[4]] = scratch->places[w];
}

// The number, in its window, of a place of the plane.
static int32_t number_of(const DscWindow *window, const DscWindowRow *row, int64_t w,
                         int64_t place) {
  const int64_t plane_row = place / window->input[2], column = place % window->input[2];
  const int64_t d = dsc_window_number(window, DSC_DEPTH, row->d, plane_row / window->input[1]);
  const int64_t h = dsc_window_number(window, DSC_HEIGHT, row->h, plane_row % window->input[1]);
  const int64_t x = dsc_window_number(window, DSC_WIDTH, w, column);
  return (int32_t)((d * window->size[1] + h) * window->size[2] + x);
}

// The largest elements of a row of windows and, in numbers or as indices, their places.
static void find_largest(const Scratch *scratch, const DscWindowRow *row) {
  const DscPooling *pooling = scratch->pooling;
  const DscWindow *window = &pooling->window;
  const int64_t windows = window->output[DSC_WIDTH], columns = window->input[DSC_WIDTH];
  const DscSpan depth = dsc_window_span(window, DSC_DEPTH, row->d);
  const DscSpan height = dsc_window_span(window, DSC_HEIGHT, row->h);
  const bool numbered = pooling->indices || pooling->numbers;
  if (!numbered && !scratch->has_gaps) {
    join_rows(scratch, row, &depth, &height, false);
    if (dsc_window_max_columns(pooling->lane, scratch->spans, windows, scratch->joined,
                               scratch->outputs))
      return;
  }
  join_rows(scratch, row, &depth, &height, true);
  if (scratch->has_gaps ||
      !dsc_window_max_places(pooling->lane, scratch->spans, windows, columns, scratch->joined,
                             scratch->rows, scratch->outputs, scratch->places)) {
    // All elements of a dilated window may lie in the padding.
    const bool has_no_row = depth.from >= depth.to || height.from >= height.to;
    for (int64_t w = 0; w < windows; w++) {
      const DscSpan *span = &scratch->spans[w];
      char *out = scratch->outputs + w * pooling->size;
      const bool is_empty = has_no_row || span->from >= span->to;
      if (is_empty) pooling->loops->fill_lowest(1, out);
      scratch->places[w] = is_empty
                               ? NOWHERE
                               : (int32_t)dsc_window_max_place(pooling->lane, span, columns,
                                                               scratch->joined, scratch->rows, out);
    }
  }
  if (!numbered || window->adaptive) return;
  const int64_t *size = window->size;
  for (int64_t w = 0; w < windows; w++) {
    const int64_t place = scratch->places[w], first = scratch->spans[w].number;
    scratch->places[w] = place == NOWHERE
                             ? (int32_t)((depth.number * size[1] + height.number) * size[2] + first)
                             : number_of(window, row, w, place);
  }
}

static void find_averages(const Scratch *scratch, const DscWindowRow *row) {
  const DscPooling *pooling = scratch->pooling;
  const DscWindow *window = &pooling->window;
  const int64_t windows = window->output[DSC_WIDTH];
  const DscSpan depth = dsc_window_span(window, DSC_DEPTH, row->d);
  const DscSpan height = dsc_window_span(window, DSC_HEIGHT, row->h);
  join_rows(scratch, row, &depth, &height, false);
  dsc_window_sum_columns(pooling->lane, scratch->spans, windows, scratch->joined, scratch->outputs);
  pooling->loops->divide(dsc_up_to_step(windows), scratch->outputs, scratch->divisors,
                         dsc_window_row_count(pooling, row->d, row->h));
}

static void pool_row(const Scratch *scratch, const DscWindowRow *row) {
  const DscPooling *pooling = scratch->pooling;
  const DscView *to = pooling->target;
  const int64_t windows = pooling->window.output[DSC_WIDTH];
  if (pooling->is_max)
    find_largest(scratch, row);
  else
    find_averages(scratch, row);
  dsc_store_lane(pooling->lane, scratch->outputs, windows, to->dtype, dsc_window_row_at(to, row, 0),
                 to->strides[4]);
  if (pooling->indices && pooling->window.adaptive)
    store_places(scratch, row);
  else if (pooling->indices || pooling->numbers)
    dsc_window_store_numbers(pooling, scratch->places, windows, row, 0, false);
}

static void piece(void *context, int64_t index) {
  DscPooling *pooling = context;
  const DscWindow *window = &pooling->window;
  const int64_t windows = window->output[DSC_WIDTH];
  // Loops read and write whole steps, and a step behind the last column.
  const size_t size = (size_t)pooling->size, out = (size_t)dsc_up_to_step(windows),
               in = (size_t)dsc_up_to_step(window->input[DSC_WIDTH]) + DSC_STEP;
  const size_t bytes = out * sizeof(DscSpan) + 2 * (in + out) * size + (in + out) * sizeof(int32_t);
  char *memory = calloc(bytes, 1);
  if (!memory) {
    atomic_fetch_or(&pooling->status, DSC_OUT_OF_MEMORY);
    return;
  }
  const DscExtent *extent = pooling->plan;
  const int64_t *gaps = window->dilation;
  Scratch scratch = {.pooling = pooling,
                     .readable = extent->end,
                     .has_gaps = !window->adaptive && (gaps[0] > 1 || gaps[1] > 1 || gaps[2] > 1),
                     .spans = (DscSpan *)(void *)memory};
  scratch.joined = memory + out * sizeof(DscSpan);
  scratch.loaded = scratch.joined + in * size;
  scratch.outputs = scratch.loaded + in * size;
  scratch.divisors = scratch.outputs + out * size;
  scratch.rows = (int32_t *)(void *)(scratch.divisors + out * size);
  scratch.places = scratch.rows + in;
  for (int64_t w = 0; w < windows; w++) scratch.spans[w] = dsc_window_span(window, DSC_WIDTH, w);
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
  const DscExtent extent = dsc_window_extent(window, in, pooling->source);
  pooling->plan = &extent;
  return dsc_window_run(pooling, window->batch * window->channels * out[0] * out[1],
                        in[2] * height * depth, piece);
}
