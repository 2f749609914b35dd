// Pooling where the channels of a place lie next to each other: a vector holds channels.
#include <stdlib.h>
#include <string.h>

#include "dsc_windows.h"

typedef struct {
  const DscPooling *pooling;
  int taps;
  const void *values[DSC_MAX_TAPS];
  int32_t tap_numbers[DSC_MAX_TAPS];
  void *result;
  int32_t *numbers;  // NULL where nobody asks for them
} Scratch;

static void flush(Scratch *scratch) {
  const DscPooling *pooling = scratch->pooling;
  const int64_t count = pooling->window.channels;
  if (!pooling->is_max) {
    pooling->loops->sum(count, scratch->taps, scratch->values, scratch->result);
  } else if (scratch->numbers) {
    pooling->loops->max_numbers(count, scratch->taps, scratch->values, scratch->tap_numbers,
                                scratch->result, scratch->numbers);
  } else {
    pooling->loops->max(count, scratch->taps, scratch->values, scratch->result);
  }
  scratch->taps = 0;
}

static void add_tap(Scratch *scratch, const void *values, int64_t number) {
  if (scratch->taps == DSC_MAX_TAPS) flush(scratch);
  scratch->values[scratch->taps] = values;
  scratch->tap_numbers[scratch->taps++] = (int32_t)number;
}

static void pool_place(Scratch *scratch, const DscWindowRow *row, int64_t column) {
  const DscPooling *pooling = scratch->pooling;
  const DscWindow *window = &pooling->window;
  const DscSpan depth = dsc_window_span(window, DSC_DEPTH, row->d);
  const DscSpan height = dsc_window_span(window, DSC_HEIGHT, row->h);
  const DscSpan width = dsc_window_span(window, DSC_WIDTH, column);
  const int64_t *size = window->size, channels = window->channels;
  scratch->result = dsc_window_row_at(pooling->target, row, column);
  if (pooling->is_max) {
    pooling->loops->fill_lowest(channels, scratch->result);
  } else {
    memset(scratch->result, 0, (size_t)(channels * pooling->size));
  }
  // Adaptive windows have places in the plane for numbers.
  const int64_t *in = window->input;
  const int64_t first = window->adaptive
                            ? (depth.from * in[1] + height.from) * in[2] + width.from
                            : (depth.number * size[1] + height.number) * size[2] + width.number;
  if (scratch->numbers)
    for (int64_t c = 0; c < channels; c++) scratch->numbers[c] = (int32_t)first;
  const DscView *source = pooling->source;
  const int64_t step = width.step * source->strides[4] * pooling->size;
  int64_t slice = depth.number;
  for (int64_t d = depth.from; d < depth.to; d += depth.step, slice++) {
    int64_t line = height.number;
    for (int64_t h = height.from; h < height.to; h += height.step, line++) {
      int64_t number = window->adaptive ? (d * in[1] + h) * in[2] + width.from
                                        : (slice * size[1] + line) * size[2] + width.number;
      const char *values = dsc_window_at(source, row->n, 0, d, h, width.from);
      for (int64_t w = width.from; w < width.to; w += width.step, number++, values += step)
        add_tap(scratch, values, number);
    }
  }
  if (pooling->is_max) {
    flush(scratch);
  } else {
    pooling->loops->mean(channels, scratch->taps, scratch->values,
                         dsc_window_divisor(pooling, row->d, row->h, column), scratch->result);
    scratch->taps = 0;
  }
}

// The columns of the output, `from` to `to`, whose windows lie inside of the input along the width.
static DscSpan inner_columns(const DscWindow *window) {
  const int64_t stride = window->stride[DSC_WIDTH], padding = window->padding[DSC_WIDTH];
  const int64_t reach = (window->size[DSC_WIDTH] - 1) * window->dilation[DSC_WIDTH];
  const int64_t room = window->input[DSC_WIDTH] - 1 + padding - reach;
  const int64_t to = room < 0 ? 0 : dsc_smaller(room / stride + 1, window->output[DSC_WIDTH]);
  return (DscSpan){dsc_smaller(dsc_parts(padding, stride), to), to, 1, 0};
}

// Whether the windows of a line from `out` on are written past the cache: a large result, whose
// places are whole lines of the cache.
static bool streams(const DscPooling *pooling, const void *out) {
  const DscWindow *window = &pooling->window;
  const int64_t *sizes = window->output, place = window->channels * pooling->size;
  return dsc_streams(window->batch * sizes[0] * sizes[1] * sizes[2] * place) &&
         place % DSC_LINE == 0 && pooling->target->strides[4] * pooling->size % DSC_LINE == 0 &&
         (uintptr_t)out % DSC_LINE == 0;
}

// How far ahead elements are asked for, if not of those that are read next: most processors stop
// fetching at the ends of pages.
static int64_t bytes_ahead(void) { return dsc_fetches_alone() ? 0 : 2048; }

// Pools the windows of a line: those inside in one go, those that reach into the padding one by
// one.
static void pool_line(Scratch *scratch, const DscWindowRow *row, const DscSpan *inner) {
  const DscPooling *pooling = scratch->pooling;
  const DscWindow *window = &pooling->window;
  const DscSpan depth = dsc_window_span(window, DSC_DEPTH, row->d);
  const DscSpan height = dsc_window_span(window, DSC_HEIGHT, row->h);
  const char *lines[DSC_MAX_TAPS];
  int count = 0;
  for (int64_t d = depth.from; d < depth.to; d += depth.step)
    for (int64_t h = height.from; h < height.to; h += height.step, count++)
      if (count < DSC_MAX_TAPS) lines[count] = dsc_window_at(pooling->source, row->n, 0, d, h, 0);
  const int64_t step = pooling->source->strides[4];
  DscWindowRun run = {.streams = streams(pooling, dsc_window_row_at(pooling->target, row, 0)),
                      .count = window->channels,
                      .step = window->stride[DSC_WIDTH] * step,
                      .out_step = pooling->target->strides[4],
                      .ahead = bytes_ahead(),
                      .column_step = window->dilation[DSC_WIDTH] * step,
                      .line_count = count};
  for (int64_t w = 0; w < window->output[DSC_WIDTH]; w += run.places) {
    const DscSpan width = dsc_window_span(window, DSC_WIDTH, w);
    run.places = w == inner->from && w < inner->to ? inner->to - w : 1;
    run.columns = (int)dsc_parts(width.to - width.from, width.step);
    if (count == 0 || count > DSC_MAX_TAPS || run.columns <= 0) {
      run.places = 1;
      pool_place(scratch, row, w);
      continue;
    }
    for (int k = 0; k < count; k++) run.lines[k] = lines[k] + width.from * step * pooling->size;
    void *out = dsc_window_row_at(pooling->target, row, w);
    if (pooling->is_max)
      dsc_window_max_run(pooling->lane, &run, out);
    else
      dsc_window_mean_run(pooling->lane, &run, dsc_window_divisor(pooling, row->d, row->h, w), out);
  }
}

// Adaptive windows, which hold many elements: a line of the input is added to all of them while the
// next is fetched.
static void join_line(const DscPooling *pooling, const DscWindowRow *row) {
  const DscWindow *window = &pooling->window;
  const DscSpan depth = dsc_window_span(window, DSC_DEPTH, row->d);
  const DscSpan height = dsc_window_span(window, DSC_HEIGHT, row->h);
  DscWindowPart part = {
      .count = window->channels, .step = pooling->source->strides[4], .ahead = bytes_ahead()};
  for (int64_t d = depth.from; d < depth.to; d++)
    for (int64_t h = height.from; h < height.to; h++) {
      const bool is_last = d + 1 == depth.to && h + 1 == height.to;
      part.continues = d != depth.from || h != height.from;
      for (int64_t w = 0; w < window->output[DSC_WIDTH]; w++) {
        const DscSpan width = dsc_window_span(window, DSC_WIDTH, w);
        void *out = dsc_window_row_at(pooling->target, row, w);
        part.columns = width.to - width.from;
        part.values = dsc_window_at(pooling->source, row->n, 0, d, h, width.from);
        part.divisor = is_last ? dsc_window_divisor(pooling, row->d, row->h, w) : 1;
        if (pooling->is_max)
          dsc_window_max_part(pooling->lane, &part, out);
        else
          dsc_window_mean_part(pooling->lane, &part, out);
      }
    }
}

static void store_indices(const DscPooling *pooling, const int32_t *places, const DscWindowRow *row,
                          int64_t column) {
  const DscView *view = pooling->indices;
  int64_t *to = (int64_t *)(void *)dsc_window_row_at(view, row, column);
  for (int64_t c = 0; c < pooling->window.channels; c++) to[c * view->strides[1]] = places[c];
}

static void piece(void *context, int64_t index) {
  DscPooling *pooling = context;
  const DscWindow *window = &pooling->window;
  Scratch scratch = {.pooling = pooling};
  if (pooling->numbers || pooling->indices) {
    scratch.numbers = malloc((size_t)window->channels * sizeof(int32_t));
    if (!scratch.numbers) {
      atomic_fetch_or(&pooling->status, DSC_OUT_OF_MEMORY);
      return;
    }
  }
  const DscSpan inner = window->adaptive ? (DscSpan){0} : inner_columns(window);
  const int64_t end = dsc_smaller((index + 1) * pooling->group, pooling->units);
  for (int64_t unit = index * pooling->group; unit < end; unit++) {
    const DscWindowRow row = dsc_window_line(window->output, unit);
    if (!scratch.numbers && window->adaptive) {
      join_line(pooling, &row);
      continue;
    }
    if (!scratch.numbers) {
      pool_line(&scratch, &row, &inner);
      continue;
    }
    for (int64_t w = 0; w < window->output[DSC_WIDTH]; w++) {
      pool_place(&scratch, &row, w);
      if (window->adaptive)
        store_indices(pooling, scratch.numbers, &row, w);
      else
        dsc_window_store_numbers(pooling, scratch.numbers, window->channels, &row, w, true);
    }
  }
  free(scratch.numbers);
  dsc_stream_finish();
}

int dsc_window_channels(DscPooling *pooling) {
  const DscWindow *window = &pooling->window;
  const int64_t *out = window->output;
  int64_t volume = 1;
  for (int d = 0; d < 3; d++)
    volume *= window->adaptive ? dsc_parts(window->input[d], out[d]) : window->size[d];
  return dsc_window_run(pooling, window->batch * out[0] * out[1],
                        out[2] * window->channels * volume, piece);
}
