// Gradients of pooling where the channels of a place lie next to each other.
#include <stdlib.h>
#include <string.h>

#include "dsc_windows.h"

typedef struct {
  const DscPooling *pooling;
  int taps;
  const void *values[DSC_MAX_TAPS];
  const int32_t *words[DSC_MAX_TAPS];  // where numbers are int32
  const uint8_t *bytes[DSC_MAX_TAPS];  // where they are uint8
  int32_t tap_numbers[DSC_MAX_TAPS];
  void *sum;
  // Averages: what the outputs collected are divided by, and room for their share.
  int64_t divisor;
  char *share;
  bool is_first;  // nothing is in the sum
} Scratch;

static void flush(Scratch *scratch) {
  const DscPooling *pooling = scratch->pooling;
  const int64_t count = pooling->window.channels;
  if (pooling->numbers->dtype == DSC_UINT8) {
    pooling->loops->sum_chosen_bytes(count, scratch->taps, scratch->values, scratch->bytes,
                                     scratch->tap_numbers, scratch->sum);
  } else {
    pooling->loops->sum_chosen(count, scratch->taps, scratch->values, scratch->words,
                               scratch->tap_numbers, scratch->sum);
  }
  scratch->taps = 0;
}

static void flush_shares(Scratch *scratch) {
  const DscPooling *pooling = scratch->pooling;
  const int64_t count = pooling->window.channels;
  if (scratch->taps == 0) return;
  if (scratch->is_first) {
    pooling->loops->mean(count, scratch->taps, scratch->values, scratch->divisor, scratch->sum);
  } else {
    const void *share = scratch->share;
    memset(scratch->share, 0, (size_t)(count * pooling->size));
    pooling->loops->mean(count, scratch->taps, scratch->values, scratch->divisor, scratch->share);
    pooling->loops->sum(count, 1, &share, scratch->sum);
  }
  scratch->is_first = false;
  scratch->taps = 0;
}

static void add_chosen(Scratch *scratch, const DscWindowRow *from, int64_t column, int64_t number) {
  const DscPooling *pooling = scratch->pooling;
  if (scratch->taps == DSC_MAX_TAPS) flush(scratch);
  const int tap = scratch->taps++;
  const char *chosen = dsc_window_row_at(pooling->numbers, from, column);
  scratch->values[tap] = dsc_window_row_at(pooling->source, from, column);
  scratch->bytes[tap] = (const uint8_t *)chosen;
  scratch->words[tap] = (const int32_t *)(const void *)chosen;
  scratch->tap_numbers[tap] = (int32_t)number;
}

// Outputs that are divided by the same number are added up first.
static void add_share(Scratch *scratch, const DscWindowRow *from, int64_t column) {
  const DscPooling *pooling = scratch->pooling;
  const int64_t divisor = dsc_window_divisor(pooling, from->d, from->h, column);
  if (scratch->taps == DSC_MAX_TAPS || divisor != scratch->divisor) flush_shares(scratch);
  scratch->divisor = divisor;
  scratch->values[scratch->taps++] = dsc_window_row_at(pooling->source, from, column);
}

// What the windows around a place of the input give to its gradient.
static void make_place(Scratch *scratch, const DscWindowRow *row, int64_t column) {
  const DscPooling *pooling = scratch->pooling;
  const DscWindow *window = &pooling->window;
  const DscSpan depth = dsc_window_owners(window, DSC_DEPTH, row->d);
  const DscSpan height = dsc_window_owners(window, DSC_HEIGHT, row->h);
  const DscSpan width = dsc_window_owners(window, DSC_WIDTH, column);
  const int64_t *size = window->size;
  scratch->sum = dsc_window_row_at(pooling->target, row, column);
  scratch->is_first = true;
  memset(scratch->sum, 0, (size_t)(window->channels * pooling->size));
  for (int64_t d = depth.from; d < depth.to; d++) {
    const int64_t slice = dsc_window_number(window, DSC_DEPTH, d, row->d);
    for (int64_t h = height.from; h < height.to; h++) {
      const int64_t line = dsc_window_number(window, DSC_HEIGHT, h, row->h);
      const DscWindowRow from = {row->n, 0, d, h};
      if (slice < 0 || line < 0) continue;
      for (int64_t w = width.from; w < width.to; w++) {
        const int64_t at = dsc_window_number(window, DSC_WIDTH, w, column);
        if (!pooling->is_max) {
          add_share(scratch, &from, w);
        } else if (at >= 0) {
          add_chosen(scratch, &from, w, (slice * size[1] + line) * size[2] + at);
        }
      }
    }
  }
  if (pooling->is_max) {
    flush(scratch);
  } else {
    flush_shares(scratch);
  }
}

static void piece(void *context, int64_t index) {
  DscPooling *pooling = context;
  const DscWindow *window = &pooling->window;
  Scratch scratch = {.pooling = pooling};
  if (!pooling->is_max) {
    scratch.share = malloc((size_t)(window->channels * pooling->size));
    if (!scratch.share) {
      atomic_fetch_or(&pooling->status, DSC_OUT_OF_MEMORY);
      return;
    }
  }
  const int64_t end = dsc_smaller((index + 1) * pooling->group, pooling->units);
  for (int64_t unit = index * pooling->group; unit < end; unit++) {
    const DscWindowRow row = dsc_window_line(window->input, unit);
    for (int64_t w = 0; w < window->input[DSC_WIDTH]; w++) make_place(&scratch, &row, w);
  }
  free(scratch.share);
}

int dsc_window_channels_backward(DscPooling *pooling) {
  const DscWindow *window = &pooling->window;
  const int64_t *in = window->input;
  return dsc_window_run(pooling, window->batch * in[0] * in[1], in[2] * window->channels * 4,
                        piece);
}
