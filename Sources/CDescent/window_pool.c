// Pooling: which way each call takes, and what the ways share.
#include <math.h>
#include <string.h>

#include "dsc_loop_macros.h"
#include "dsc_windows.h"
#include "include/dsc_pool.h"

#define DSC_BODY "window_pool_body.h"
#include "dsc_for_each_target.h"

static const DscWindowLoops *const tables[DSC_TARGET_COUNT] = DSC_PER_TARGET(window_loops);

const DscWindowLoops *dsc_window_loops(DscLane lane) {
  return lane == DSC_LANE_BOOL ? NULL : &tables[dsc_target()][lane];
}

void dsc_window_divisors(const DscPooling *pooling, int64_t first, int64_t count, void *out) {
  const int64_t columns = pooling->window.output[DSC_WIDTH];
  for (int64_t i = 0; i < count; i++) {
    const int64_t w = first + i;
    const int64_t divisor = w >= 0 && w < columns ? dsc_window_column_count(pooling, w) : 1;
    switch (pooling->lane) {
      case DSC_LANE_F32:
        ((float *)out)[i] = (float)divisor;
        break;
      case DSC_LANE_F64:
        ((double *)out)[i] = (double)divisor;
        break;
      default:
        ((int64_t *)out)[i] = divisor;
        break;
    }
  }
}

// Where the numbers of a window lie, counted from the window's start.
static void places_of_numbers(const DscWindow *window, int64_t count, int64_t *places) {
  const int64_t *size = window->size, *in = window->input, *step = window->dilation;
  for (int64_t i = 0; i < count; i++) {
    const int64_t w = i % size[2], h = i / size[2] % size[1], d = i / size[2] / size[1];
    places[i] = (d * step[0] * in[1] + h * step[1]) * in[2] + w * step[2];
  }
}

static int64_t window_start(const DscWindow *window, const DscWindowRow *row, int64_t w) {
  const int64_t *stride = window->stride, *padding = window->padding, *in = window->input;
  const int64_t d = row->d * stride[0] - padding[0], h = row->h * stride[1] - padding[1];
  return (d * in[1] + h) * in[2] + w * stride[2] - padding[2];
}

static void store_indices(const DscPooling *pooling, const int32_t *numbers, int64_t count,
                          const DscWindowRow *row, int64_t column, bool by_channel) {
  const DscView *view = pooling->indices;
  const DscWindow *window = &pooling->window;
  int64_t *to = (int64_t *)(void *)dsc_window_row_at(view, row, column);
  const int64_t stride = view->strides[by_channel ? 1 : 4];
  const int64_t start = window_start(window, row, column);
  const int64_t step = by_channel ? 0 : window->stride[DSC_WIDTH];
  int64_t places[DSC_WINDOW_BYTE_NUMBERS], place;
  const bool small = dsc_window_volume(window) <= DSC_WINDOW_BYTE_NUMBERS;
  if (small) places_of_numbers(window, dsc_window_volume(window), places);
  for (int64_t i = 0; i < count; i++) {
    const int64_t *size = window->size, *dilation = window->dilation;
    if (small) {
      place = places[numbers[i]];
    } else {
      const int64_t w = numbers[i] % size[2], h = numbers[i] / size[2] % size[1];
      const int64_t d = numbers[i] / size[2] / size[1];
      place = (d * dilation[0] * window->input[1] + h * dilation[1]) * window->input[2] +
              w * dilation[2];
    }
    to[i * stride] = start + i * step + place;
  }
}

void dsc_window_store_numbers(const DscPooling *pooling, const int32_t *numbers, int64_t count,
                              const DscWindowRow *row, int64_t column, bool by_channel) {
  const DscView *view = pooling->numbers;
  if (pooling->indices) store_indices(pooling, numbers, count, row, column, by_channel);
  if (!view) return;
  const int64_t stride = view->strides[by_channel ? 1 : 4];
  char *to = dsc_window_row_at(view, row, column);
  if (view->dtype == DSC_INT32) {
    for (int64_t i = 0; i < count; i++) ((int32_t *)(void *)to)[i * stride] = numbers[i];
  } else if (stride == 1) {
    for (int64_t i = 0; i < count; i++) ((uint8_t *)to)[i] = (uint8_t)numbers[i];
  } else {
    for (int64_t i = 0; i < count; i++) ((uint8_t *)to)[i * stride] = (uint8_t)numbers[i];
  }
}

DscExtent dsc_window_extent(const DscWindow *window, const int64_t sizes[3], const DscView *view) {
  const int64_t shape[] = {window->batch, window->channels, sizes[0], sizes[1], sizes[2]};
  const int64_t size = (int64_t)dsc_dtype_size(view->dtype);
  const char *begin = view->data, *end = begin + size;
  for (int d = 0; d < 5; d++) {
    const int64_t reach = (shape[d] - 1) * view->strides[d] * size;
    if (reach < 0) begin += reach;
    if (reach > 0) end += reach;
  }
  return (DscExtent){begin, end};
}

int dsc_window_run(DscPooling *pooling, int64_t units, int64_t work,
                   void (*piece)(void *context, int64_t index)) {
  enum { MOST_PIECES = 128 };  // long runs: memory is fetched ahead within them
  pooling->units = units;
  pooling->group = work < DSC_WINDOW_PIECE ? DSC_WINDOW_PIECE / (work > 0 ? work : 1) : 1;
  if (pooling->group < units / MOST_PIECES) pooling->group = units / MOST_PIECES;
  dsc_parallel(dsc_parts(units, pooling->group), piece, pooling);
  return atomic_load(&pooling->status);
}

// Whether values of all operands lie next to each other from channel to channel.
static bool goes_by_channel(const DscPooling *pooling) {
  const DscView *views[] = {pooling->source, pooling->target, pooling->numbers};
  const int64_t *strides = pooling->source->strides;
  if (pooling->window.channels < 8 || strides[1] != 1) return false;
  if (pooling->numbers && pooling->window.adaptive) return false;
  for (int i = 0; i < 3; i++)
    if (views[i] && views[i]->strides[1] != 1) return false;
  return dsc_is_native(pooling->source->dtype, pooling->lane) &&
         dsc_is_native(pooling->target->dtype, pooling->lane);
}

static bool is_narrow(const DscPooling *pooling, bool backward) {
  const DscWindow *window = &pooling->window;
  if (window->adaptive || window->output[DSC_WIDTH] < DSC_NARROW) return true;
  // From these strides on it takes longer to sort columns than to join them.
  const int64_t least = pooling->numbers || pooling->indices ? 4 : 3, *gaps = window->dilation;
  return !backward && window->stride[DSC_WIDTH] >= least && gaps[0] * gaps[1] * gaps[2] == 1;
}

// Windows that divide the input evenly in ones and twos are those of an ordinary pooling.
static void take_as_plain(DscWindow *window) {
  for (int d = 0; d < 3; d++)
    if (window->output[d] == 0 || window->input[d] % window->output[d] != 0 ||
        window->input[d] / window->output[d] > 2)
      return;
  for (int d = 0; d < 3; d++) {
    window->size[d] = window->stride[d] = window->input[d] / window->output[d];
    window->padding[d] = 0;
    window->dilation[d] = 1;
  }
  window->adaptive = false;
}

static int run(DscPooling *pooling, bool backward) {
  const DscWindow *window = &pooling->window;
  if (window->adaptive && !backward) take_as_plain(&pooling->window);
  const DscDType dtype = pooling->source->dtype;
  pooling->lane = dsc_dtype_lane(dtype);
  pooling->size = (int64_t)dsc_lane_size(pooling->lane);
  pooling->loops = dsc_window_loops(pooling->lane);
  if (!pooling->loops || pooling->target->dtype != dtype) return DSC_UNSUPPORTED;
  const int64_t plane = window->input[0] * window->input[1] * window->input[2];
  if (plane > INT32_MAX || (!window->adaptive && dsc_window_volume(window) > INT32_MAX))
    return DSC_UNSUPPORTED;
  const int64_t *sizes = backward ? window->input : window->output;
  if (window->batch * window->channels * sizes[0] * sizes[1] * sizes[2] == 0) return DSC_OK;
  if (goes_by_channel(pooling))
    return backward ? dsc_window_channels_backward(pooling) : dsc_window_channels(pooling);
  if (dsc_window_lines_serve(pooling)) return dsc_window_lines(pooling, backward);
  if (is_narrow(pooling, backward))
    return backward ? dsc_window_narrow_backward(pooling) : dsc_window_narrow(pooling);
  return backward ? dsc_window_rows_backward(pooling) : dsc_window_rows(pooling);
}

int dsc_max_pool(const DscWindow *window, const DscView *input, const DscView *output,
                 const DscView *numbers, const DscView *indices) {
  DscPooling pooling = {.window = *window,
                        .is_max = true,
                        .source = input,
                        .target = output,
                        .numbers = numbers,
                        .indices = indices};
  return run(&pooling, false);
}

int dsc_max_pool_backward(const DscWindow *window, const DscView *gradient, const DscView *numbers,
                          const DscView *output) {
  DscPooling pooling = {
      .window = *window, .is_max = true, .source = gradient, .target = output, .numbers = numbers};
  return run(&pooling, true);
}

int dsc_avg_pool(const DscWindow *window, bool counts_padding, int64_t divisor,
                 const DscView *input, const DscView *output) {
  DscPooling pooling = {.window = *window,
                        .counts_padding = counts_padding,
                        .divisor = divisor,
                        .source = input,
                        .target = output};
  return run(&pooling, false);
}

int dsc_avg_pool_backward(const DscWindow *window, bool counts_padding, int64_t divisor,
                          const DscView *gradient, const DscView *output) {
  DscPooling pooling = {.window = *window,
                        .counts_padding = counts_padding,
                        .divisor = divisor,
                        .source = gradient,
                        .target = output};
  return run(&pooling, true);
}
