// Depthwise convolution in one element type DSC_T. No include guard.

#define DSC_TYPED(name)      DSC_NAME(DSC_PASTE(name, DSC_T_NAME))
#define DSC_LANES_PER_VECTOR ((int)(DSC_VECTOR_BYTES / sizeof(DSC_T)))

#include "copy_row.h"
#include "conv_fill_body.h"

typedef DSC_T DSC_TYPED(Vector)
    __attribute__((ext_vector_type(DSC_VECTOR_BYTES / sizeof(DSC_T)), aligned(sizeof(DSC_T))));

// out = bias + the sum of the taps for up to `vectors` vectors of a line, `count` elements; reads
// full vectors. `vectors` is a literal in every caller.
static inline __attribute__((always_inline)) void DSC_TYPED(part)(int vectors, const DSC_T *grid,
                                                                  int64_t taps,
                                                                  const int64_t *offsets,
                                                                  const DSC_T *weights, DSC_T bias,
                                                                  int64_t count, DSC_T *out) {
  typedef DSC_TYPED(Vector) Vector;
  Vector sum[4];
#pragma clang loop unroll(full)
  for (int v = 0; v < vectors; v++) sum[v] = (Vector)bias;
  for (int64_t t = 0; t < taps; t++) {
    const DSC_T *from = grid + offsets[t];
    Vector weight = (Vector)weights[t];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++)
      sum[v] += weight * *(const Vector *)(from + v * DSC_LANES_PER_VECTOR);
  }
#pragma clang loop unroll(full)
  for (int v = 0; v < vectors; v++) {
    int64_t left = count - v * DSC_LANES_PER_VECTOR;
    if (left >= DSC_LANES_PER_VECTOR) {
      *(Vector *)(out + v * DSC_LANES_PER_VECTOR) = sum[v];
    } else {
      DSC_TYPED(copy_row)(out + v * DSC_LANES_PER_VECTOR, (const DSC_T *)&sum[v], left);
    }
  }
}

static void DSC_TYPED(line)(const DSC_T *grid, int64_t taps, const int64_t *offsets,
                            const DSC_T *weights, DSC_T bias, int64_t count, DSC_T *out) {
  for (int64_t x = 0; x < count; x += 4 * DSC_LANES_PER_VECTOR) {
    int64_t left = count - x;
    if (left > 3 * DSC_LANES_PER_VECTOR)
      DSC_TYPED(part)(4, grid + x, taps, offsets, weights, bias, left, out + x);
    else if (left > 2 * DSC_LANES_PER_VECTOR)
      DSC_TYPED(part)(3, grid + x, taps, offsets, weights, bias, left, out + x);
    else if (left > DSC_LANES_PER_VECTOR)
      DSC_TYPED(part)(2, grid + x, taps, offsets, weights, bias, left, out + x);
    else
      DSC_TYPED(part)(1, grid + x, taps, offsets, weights, bias, left, out + x);
  }
}

// Lines of an output whose inputs are read where they lie: square kernels of stride 1. Every input
// that is read serves up to four lines; the sum of each output goes over the taps in order.
//
// Vectors have at most 32 bytes: wider ones would all lie across two lines of the cache.
enum {
  DSC_TYPED(BYTES) = DSC_VECTOR_BYTES < 32 ? DSC_VECTOR_BYTES : 32,
  DSC_TYPED(LANES) = DSC_TYPED(BYTES) / (int)sizeof(DSC_T),
  DSC_TYPED(LINES) = 4,
  DSC_TYPED(PAIR) = DSC_VECTOR_BYTES == 64 ? 2 : 1,      // vectors whose sums registers hold
  DSC_TYPED(SIZE) = 5,                                   // the largest kernel
  DSC_TYPED(TOGETHER) = DSC_VECTOR_BYTES == 64 ? 4 : 2,  // outputs that share what is read
};

typedef DSC_T DSC_TYPED(Part)
    __attribute__((ext_vector_type(DSC_TYPED(BYTES) / sizeof(DSC_T)), aligned(sizeof(DSC_T))));
typedef __typeof__((DSC_TYPED(Part))(DSC_T)0 < (DSC_TYPED(Part))(DSC_T)0) DSC_TYPED(Mask);

// `vectors` vectors of `lines` lines: `rows` are the inputs' lines from the first column that the
// outputs meet. With `masks`, one a column of taps, only inputs inside of the image count. `size`,
// `lines` and `vectors` are literals in every caller.
static inline __attribute__((always_inline)) void DSC_TYPED(block)(
    int size, int lines, int vectors, const DSC_T *const *rows, int64_t x,
    const DSC_TYPED(Mask) * masks, const DSC_T *weights, DSC_T bias, int64_t width, DSC_T *out) {
  typedef DSC_TYPED(Part) Vector;
  typedef DSC_TYPED(Mask) Mask;
  Vector sum[DSC_TYPED(LINES)][DSC_TYPED(PAIR)];
#pragma clang loop unroll(full)
  for (int l = 0; l < lines; l++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) sum[l][v] = (Vector)bias;
#pragma clang loop unroll(full)
  for (int i = 0; i < lines + size - 1; i++) {
#pragma clang loop unroll(full)
    for (int q = 0; q < size; q++) {
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++) {
        Vector value = *(const Vector *)(rows[i] + x + q + v * DSC_TYPED(LANES));
        if (masks != NULL) value = (Vector)((Mask)value & masks[q]);
#pragma clang loop unroll(full)
        for (int l = 0; l < lines; l++)
          if (i - l >= 0 && i - l < size) sum[l][v] += (Vector)weights[(i - l) * size + q] * value;
      }
    }
  }
#pragma clang loop unroll(full)
  for (int l = 0; l < lines; l++) {
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
      DSC_T *to = out + l * width + x + v * DSC_TYPED(LANES);
      if (masks == NULL || width - x >= DSC_TYPED(LANES))
        *(Vector *)to = sum[l][v];
      else
        DSC_TYPED(copy_row)(to, (const DSC_T *)&sum[l][v], width - x);
    }
  }
}

// `masks`: of the first vector and of the last one, which may be the same.
static inline __attribute__((always_inline)) void DSC_TYPED(rows)(
    int size, int lines, const DSC_T *const *rows, const DSC_TYPED(Mask) (*masks)[DSC_TYPED(SIZE)],
    const DSC_T *weights, DSC_T bias, int64_t width, DSC_T *out) {
  enum { LANES = DSC_TYPED(LANES), PAIR = DSC_TYPED(PAIR) };
  int64_t last = (width - 1) / LANES * LANES, x = LANES;
  DSC_TYPED(block)(size, lines, 1, rows, 0, masks[0], weights, bias, width, out);
  for (; x + PAIR * LANES <= last; x += PAIR * LANES)
    DSC_TYPED(block)(size, lines, PAIR, rows, x, NULL, weights, bias, width, out);
  for (; x < last; x += LANES)
    DSC_TYPED(block)(size, lines, 1, rows, x, NULL, weights, bias, width, out);
  if (last > 0) DSC_TYPED(block)(size, lines, 1, rows, last, masks[1], weights, bias, width, out);
}

// Which lanes of a vector of outputs meet the image, whose `width` columns start at 0, for each
// column of taps; the first one's first lane meets column `x`. Not inlined, so that what the masks
// are stays unknown: as bits of vectors they cost less than in registers of masks.
static __attribute__((noinline)) void DSC_TYPED(find_masks)(int64_t x, int64_t width,
                                                            DSC_TYPED(Mask) * masks) {
  for (int q = 0; q < DSC_TYPED(SIZE); q++)
    for (int l = 0; l < DSC_TYPED(LANES); l++)
      masks[q][l] = x + q + l >= 0 && x + q + l < width ? -1 : 0;
}

// One output channel. `zeros` is a line of the image's width and what kernels read beyond it.
static inline __attribute__((always_inline)) void DSC_TYPED(plane)(
    int size, const DscConvolution *call, const DscGrid *g, const DSC_T *input, const DSC_T *zeros,
    const DSC_T *taps, DSC_T bias, DSC_T *out) {
  enum { LANES = DSC_TYPED(LANES), LINES = DSC_TYPED(LINES) };
  // The next channel's lines: the processor's own prefetch stops at the ends of pages.
  const DscAhead next = {(const char *)(input + dsc_volume(call->in_size)), sizeof(DSC_T)};
  int64_t height = call->out_size[1], width = call->out_size[2], in_width = call->in_size[2];
  DSC_T weights[DSC_TYPED(SIZE) * DSC_TYPED(SIZE)];
  for (int t = 0; t < size * size; t++) {
    int p = call->dilation[1] < 0 ? size - 1 - t / size : t / size;
    weights[t] = taps[p * size + (call->dilation[2] < 0 ? size - 1 - t % size : t % size)];
  }
  DSC_TYPED(Mask) masks[2][DSC_TYPED(SIZE)];
  DSC_TYPED(find_masks)(g->lowest[2], in_width, masks[0]);
  DSC_TYPED(find_masks)(g->lowest[2] + (width - 1) / LANES * LANES, in_width, masks[1]);
  for (int64_t y = 0, lines; y < height; y += lines, out += lines * width) {
    const DSC_T *rows[DSC_TYPED(LINES) + DSC_TYPED(SIZE) - 1];
    lines = height - y < LINES ? 1 : LINES;
    dsc_fetch(&next, 1, y * in_width, lines * in_width);
    // One by one: pointers that are stored as a vector would wait to be read.
#pragma clang loop unroll(disable) vectorize(disable)
    for (int i = 0; i < lines + size - 1; i++) {
      int64_t line = y + i + g->lowest[1];
      rows[i] =
          line < 0 || line >= call->in_size[1] ? zeros : input + line * in_width + g->lowest[2];
    }
    if (lines == LINES)
      DSC_TYPED(rows)(size, LINES, rows, masks, weights, bias, width, out);
    else
      DSC_TYPED(rows)(size, 1, rows, masks, weights, bias, width, out);
  }
}

static void DSC_TYPED(plane_3)(const DscConvolution *call, const DscGrid *g, const DSC_T *input,
                               const DSC_T *zeros, const DSC_T *taps, DSC_T bias, DSC_T *out) {
  DSC_TYPED(plane)(3, call, g, input, zeros, taps, bias, out);
}

static void DSC_TYPED(plane_5)(const DscConvolution *call, const DscGrid *g, const DSC_T *input,
                               const DSC_T *zeros, const DSC_T *taps, DSC_T bias, DSC_T *out) {
  DSC_TYPED(plane)(5, call, g, input, zeros, taps, bias, out);
}

// Whether a channel's lines can be read where they lie: full vectors beyond their ends stay in the
// input, and all but the first and the last vector of a line meet the image only.
static bool DSC_TYPED(reads_in_place)(const DscConvolution *call, const DscGrid *g, int64_t index) {
  enum { LANES = DSC_TYPED(LANES) };
  int64_t size = call->taps[1], channels = call->batch * call->in_channels;
  bool fits = call->taps[0] == 1 && call->in_size[0] == 1 && call->out_size[0] == 1 &&
              g->lowest[0] == 0 && (size == 3 || size == 5) && call->taps[2] == size;
  for (int d = 1; d < DSC_CONV_DIMS; d++)
    fits = fits && call->stride[d] == 1 && (call->dilation[d] == 1 || call->dilation[d] == -1);
  int64_t last = (call->out_size[2] - 1) / LANES * LANES;
  int64_t reach = size - 1 + g->lowest[2];  // right of an output's own column
  int64_t before = -g->lowest[2], behind = last + LANES + reach - call->in_size[2];
  int64_t image = dsc_volume(call->in_size);
  return fits && before <= LANES && last + reach <= call->in_size[2] && index * image >= before &&
         (channels - 1 - index) * image >= behind;
}

// `memory` holds the channel's grid, or a line of zeros.
static void DSC_TYPED(depthwise)(const DscConvolution *call, const DscGrid *g,
                                 const DscDepthwise *work, void *memory, const int64_t *offsets) {
  int64_t taps = dsc_volume(call->taps);
  int64_t size = dsc_volume(call->in_size), image = work->image, channel = work->channel;
  int64_t first = channel * (call->out_channels / call->groups) + work->output;
  const DSC_T *input = (const DSC_T *)call->input + (image * call->in_channels + channel) * size;
  bool in_place = DSC_TYPED(reads_in_place)(call, g, image * call->in_channels + channel);
  if (in_place)
    memset(memory, 0, (size_t)(g->size[2] + DSC_GRID_SLACK) * sizeof(DSC_T));
  else
    DSC_TYPED(fill_grid)(call, g, input, memory);
  int64_t width = call->out_size[2], height = call->out_size[1];
  int64_t plane = dsc_volume(call->out_size);
  for (int64_t o = first; o < first + work->outputs; o++) {
    const DSC_T *weights = (const DSC_T *)call->weight + o * taps;
    DSC_T bias = call->bias == NULL ? 0 : ((const DSC_T *)call->bias)[o];
    DSC_T *result = (DSC_T *)call->output + (image * call->out_channels + o) * plane;
    DSC_T *out = work->plane != NULL ? work->plane : result;
    if (in_place && call->taps[1] == 3) {
      DSC_TYPED(plane_3)(call, g, input, memory, weights, bias, out);
    } else if (in_place) {
      DSC_TYPED(plane_5)(call, g, input, memory, weights, bias, out);
    } else {
      for (int64_t z = 0; z < call->out_size[0]; z++) {
        for (int64_t y = 0; y < height; y++) {
          const DSC_T *from = (const DSC_T *)memory + (z * g->size[1] + y) * g->size[2];
          DSC_TYPED(line)
          (from, taps, offsets, weights, bias, width, out + (z * height + y) * width);
        }
      }
    }
    if (out != result) dsc_stream(sizeof(DSC_T), out, plane, result, NULL, 0);
  }
}

// sums[t] += gradient * what tap t meets, for up to 9 taps and a line; `taps` is a literal in every
// caller.
static inline __attribute__((always_inline)) void DSC_TYPED(correlate)(
    int taps, const DSC_T *gradient, const DSC_T *grid, const int64_t *offsets, int64_t lines,
    int64_t width, int64_t pitch, DSC_T *totals) {
  typedef DSC_TYPED(Part) Vector;
  typedef DSC_TYPED(Mask) Mask;
  Vector sum[9];
  const DSC_T *tap[9];
  // What lies beyond a line is no factor, not even of zero: it may be NaN.
  Vector place;
  for (int l = 0; l < DSC_TYPED(LANES); l++) place[l] = (DSC_T)l;
  Mask inside = place < (Vector)(DSC_T)(width % DSC_TYPED(LANES));
#pragma clang loop unroll(full)
  for (int t = 0; t < taps; t++) sum[t] = (Vector)(DSC_T)0, tap[t] = grid + offsets[t];
  for (int64_t line = 0; line < lines; line++, gradient += width) {
    int64_t x = line * pitch, end = x + width;
    const DSC_T *g = gradient - x;
    for (; x + DSC_TYPED(LANES) <= end; x += DSC_TYPED(LANES)) {
      Vector value = *(const Vector *)(g + x);
#pragma clang loop unroll(full)
      for (int t = 0; t < taps; t++) sum[t] += value * *(const Vector *)(tap[t] + x);
    }
    if (x == end) continue;
    Vector value = (Vector)(DSC_T)0;
    if ((lines - line) * width - (x - line * pitch) >= DSC_TYPED(LANES)) {
      value = (Vector)((Mask) * (const Vector *)(g + x) & inside);
    } else {  // nothing may lie behind
      DSC_TYPED(copy_row)((DSC_T *)&value, g + x, end - x);
    }
#pragma clang loop unroll(full)
    for (int t = 0; t < taps; t++) {
      Mask other = (Mask) * (const Vector *)(tap[t] + x) & inside;
      sum[t] += value * (Vector)other;
    }
  }
#pragma clang loop unroll(full)
  for (int t = 0; t < taps; t++)
    for (int l = 0; l < DSC_TYPED(LANES); l++) totals[t] += sum[t][l];
}

// sums[o][t] += gradient of output o * what tap t meets, for a few outputs and taps of one line of
// taps and all lines of the image: every input that is read serves all outputs. Gradients of
// outputs are `plane` apart, their totals `taps_apart`. `outputs` and `taps` are literals in every
// caller.
static inline __attribute__((always_inline)) void DSC_TYPED(correlate_outputs)(
    int outputs, int taps, const DSC_T *gradient, int64_t plane, const DSC_T *grid, int64_t step,
    int64_t lines, int64_t width, int64_t pitch, DSC_T *totals, int64_t taps_apart) {
  typedef DSC_TYPED(Vector) Vector;
  typedef __typeof__((Vector)(DSC_T)0 < (Vector)(DSC_T)0) Mask;
  enum { LANES = DSC_LANES_PER_VECTOR };
  Vector sum[DSC_TYPED(TOGETHER)][DSC_TYPED(SIZE)], place;
  for (int l = 0; l < LANES; l++) place[l] = (DSC_T)l;
  const Mask inside = place < (Vector)(DSC_T)(width % LANES);
  DSC_T last[DSC_TYPED(TOGETHER)][LANES] = {0};
#pragma clang loop unroll(full)
  for (int o = 0; o < outputs; o++)
#pragma clang loop unroll(full)
    for (int t = 0; t < taps; t++) sum[o][t] = (Vector)(DSC_T)0;
  for (int64_t line = 0; line < lines; line++) {
    const DSC_T *from = gradient + line * width, *at = grid + line * pitch;
    Vector value[DSC_TYPED(TOGETHER)];
    int64_t x = 0;
    for (; x + LANES <= width; x += LANES) {
#pragma clang loop unroll(full)
      for (int o = 0; o < outputs; o++) value[o] = *(const Vector *)(from + o * plane + x);
#pragma clang loop unroll(full)
      for (int t = 0; t < taps; t++) {
        const Vector other = *(const Vector *)(at + t * step + x);
#pragma clang loop unroll(full)
        for (int o = 0; o < outputs; o++) sum[o][t] += value[o] * other;
      }
    }
    if (x == width) continue;
    const DSC_T *rest = from + x;
    int64_t apart = plane;
    if ((lines - line) * width - x < LANES) {  // behind the last line nothing may be read
      for (int o = 0; o < outputs; o++) DSC_TYPED(copy_row)(last[o], rest + o * plane, width - x);
      rest = last[0], apart = LANES;
    }
#pragma clang loop unroll(full)
    for (int o = 0; o < outputs; o++)
      value[o] = (Vector)((Mask) * (const Vector *)(rest + o * apart) & inside);
#pragma clang loop unroll(full)
    for (int t = 0; t < taps; t++) {
      // No factor, not even of zero: it may be NaN.
      const Vector other = (Vector)((Mask) * (const Vector *)(at + t * step + x) & inside);
#pragma clang loop unroll(full)
      for (int o = 0; o < outputs; o++) sum[o][t] += value[o] * other;
    }
  }
#pragma clang loop unroll(full)
  for (int o = 0; o < outputs; o++) {
#pragma clang loop unroll(full)
    for (int t = 0; t < taps; t++) {
      DSC_T part[LANES];
      memcpy(part, &sum[o][t], sizeof(part));
#pragma clang loop unroll(full)
      for (int half = LANES / 2; half > 0; half /= 2)
#pragma clang loop unroll(full)
        for (int l = 0; l < half; l++) part[l] += part[l + half];
      totals[o * taps_apart + t] += part[0];
    }
  }
}

// The same for all outputs of a channel and a line of `taps` taps, `step` apart in the grid.
static inline __attribute__((always_inline)) void DSC_TYPED(correlate_line)(
    int taps, const DscConvolution *call, int64_t outputs, const DSC_T *gradient, const DSC_T *grid,
    int64_t step, int64_t pitch, DSC_T *totals) {
  int64_t lines = call->out_size[1], width = call->out_size[2], all = dsc_volume(call->taps);
  int64_t plane = dsc_volume(call->out_size);
  int64_t parts = (outputs + DSC_TYPED(TOGETHER) - 1) / DSC_TYPED(TOGETHER);
  for (int64_t part = 0, o = 0, some; part < parts; part++, o += some) {
    some = (outputs - o + parts - part - 1) / (parts - part);
    const DSC_T *from = gradient + o * plane;
    DSC_T *to = totals + o * all;
    if (some == 1) DSC_TYPED(correlate_outputs)
    (1, taps, from, plane, grid, step, lines, width, pitch, to, all);
    else if (some == 2) DSC_TYPED(correlate_outputs)(2, taps, from, plane, grid, step, lines, width,
                                                     pitch, to, all);
#if DSC_VECTOR_BYTES == 64
    else if (some == 3) DSC_TYPED(correlate_outputs)(3, taps, from, plane, grid, step, lines, width,
                                                     pitch, to, all);
    else DSC_TYPED(correlate_outputs)(4, taps, from, plane, grid, step, lines, width, pitch, to,
                                      all);
#endif
  }
}

// Adds one image's part to the weights' gradients of several outputs of a channel.
static void DSC_TYPED(weights_of_outputs)(const DscConvolution *call, const DscGrid *g,
                                          int64_t outputs, const DSC_T *gradient,
                                          const DSC_T *memory, const int64_t *offsets,
                                          DSC_T *weights) {
  const int64_t in_line = call->taps[2], rows = dsc_volume(call->taps) / in_line;
  for (int64_t z = 0; z < call->out_size[0]; z++) {
    const DSC_T *grid = memory + z * g->size[1] * g->size[2];
    const DSC_T *from = gradient + z * call->out_size[1] * call->out_size[2];
    for (int64_t row = 0; row < rows; row++) {
      const int64_t *at = offsets + row * in_line;
      DSC_T *totals = weights + row * in_line;
      // Taps of one phase lie `dilation` apart; others are taken one by one.
      const bool even = call->dilation[2] % call->stride[2] == 0;
      const int64_t step = call->dilation[2] / call->stride[2];
      int64_t t = 0;
      for (; even && t + 5 <= in_line; t += 5) DSC_TYPED(correlate_line)
      (5, call, outputs, from, grid + at[t], step, g->size[2], totals + t);
      for (; even && t + 3 <= in_line; t += 3) DSC_TYPED(correlate_line)
      (3, call, outputs, from, grid + at[t], step, g->size[2], totals + t);
      for (; t < in_line; t++) DSC_TYPED(correlate_line)
      (1, call, outputs, from, grid + at[t], step, g->size[2], totals + t);
    }
  }
}

// Adds one image's part to the weights' gradient of a channel.
static void DSC_TYPED(depthwise_weights)(const DscConvolution *call, const DscGrid *g,
                                         const DscDepthwise *work, void *memory,
                                         const int64_t *offsets) {
  int64_t taps = dsc_volume(call->taps), size = dsc_volume(call->in_size);
  int64_t image = work->image, channel = work->channel, outputs = work->outputs;
  int64_t first = channel * (call->out_channels / call->groups) + work->output;
  int64_t width = call->out_size[2], height = call->out_size[1], depth = call->out_size[0];
  DSC_T *weights = (DSC_T *)call->weight + first * taps;
  if (image == 0) memset(weights, 0, (size_t)(outputs * taps) * sizeof(DSC_T));
  DSC_TYPED(fill_grid)
  (call, g, (const DSC_T *)call->input + (image * call->in_channels + channel) * size, memory);
  const DSC_T *gradients =
      (const DSC_T *)call->output + (image * call->out_channels + first) * depth * height * width;
  if (outputs > 1) {
    DSC_TYPED(weights_of_outputs)(call, g, outputs, gradients, memory, offsets, weights);
    return;
  }
  for (int64_t o = 0; o < outputs * depth; o++) {
    const DSC_T *gradient = gradients + o * height * width;
    const DSC_T *grid = (const DSC_T *)memory + o % depth * g->size[1] * g->size[2];
    DSC_T *totals = weights + o / depth * taps;
    int64_t t = 0;
    for (; t + 9 <= taps; t += 9) DSC_TYPED(correlate)
    (9, gradient, grid, offsets + t, height, width, g->size[2], totals + t);
    for (; t + 3 <= taps; t += 3) DSC_TYPED(correlate)
    (3, gradient, grid, offsets + t, height, width, g->size[2], totals + t);
    for (; t < taps; t++) DSC_TYPED(correlate)
    (1, gradient, grid, offsets + t, height, width, g->size[2], totals + t);
  }
}

#undef DSC_TYPED
#undef DSC_LANES_PER_VECTOR
