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

// One channel of one image; `memory` holds its grid unless the input is its own.
static void DSC_TYPED(depthwise)(const DscConvolution *call, const DscGrid *g, int64_t image,
                                 int64_t channel, void *memory, const int64_t *offsets) {
  int64_t taps = dsc_volume(call->taps);
  int64_t size = dsc_volume(call->in_size);
  int64_t outputs = call->out_channels / call->groups;
  const DSC_T *input = (const DSC_T *)call->input + (image * call->in_channels + channel) * size;
  DSC_TYPED(fill_grid)(call, g, input, memory);
  int64_t width = call->out_size[2], height = call->out_size[1];
  for (int64_t o = channel * outputs; o < (channel + 1) * outputs; o++) {
    const DSC_T *weights = (const DSC_T *)call->weight + o * taps;
    DSC_T bias = call->bias == NULL ? 0 : ((const DSC_T *)call->bias)[o];
    DSC_T *out = (DSC_T *)call->output +
                 (image * call->out_channels + o) * call->out_size[0] * height * width;
    for (int64_t z = 0; z < call->out_size[0]; z++) {
      for (int64_t y = 0; y < height; y++, out += width) {
        const DSC_T *from = (const DSC_T *)memory + (z * g->size[1] + y) * g->size[2];
        DSC_TYPED(line)(from, taps, offsets, weights, bias, width, out);
      }
    }
  }
}

// sums[t] += gradient * what tap t meets, for up to 9 taps and a line; `taps` is a literal in every
// caller.
static inline __attribute__((always_inline)) void DSC_TYPED(correlate)(
    int taps, const DSC_T *gradient, const DSC_T *grid, const int64_t *offsets, int64_t lines,
    int64_t width, int64_t pitch, DSC_T *totals) {
  typedef DSC_TYPED(Vector) Vector;
  typedef __typeof__((Vector)(DSC_T)0 < (Vector)(DSC_T)0) Mask;
  Vector sum[9];
  const DSC_T *tap[9];
  // What lies beyond a line is no factor, not even of zero: it may be NaN.
  Vector place;
  for (int l = 0; l < DSC_LANES_PER_VECTOR; l++) place[l] = (DSC_T)l;
  Mask inside = place < (Vector)(DSC_T)(width % DSC_LANES_PER_VECTOR);
#pragma clang loop unroll(full)
  for (int t = 0; t < taps; t++) sum[t] = (Vector)(DSC_T)0, tap[t] = grid + offsets[t];
  for (int64_t line = 0; line < lines; line++, gradient += width) {
    int64_t x = line * pitch, end = x + width;
    const DSC_T *g = gradient - x;
    for (; x + DSC_LANES_PER_VECTOR <= end; x += DSC_LANES_PER_VECTOR) {
      Vector value = *(const Vector *)(g + x);
#pragma clang loop unroll(full)
      for (int t = 0; t < taps; t++) sum[t] += value * *(const Vector *)(tap[t] + x);
    }
    if (x == end) continue;
    Vector value = (Vector)(DSC_T)0;
    if (line + 1 < lines) {
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
    for (int l = 0; l < DSC_LANES_PER_VECTOR; l++) totals[t] += sum[t][l];
}

// Adds one image's part to the weights' gradient of a channel.
static void DSC_TYPED(depthwise_weights)(const DscConvolution *call, const DscGrid *g,
                                         int64_t image, int64_t channel, void *memory,
                                         const int64_t *offsets) {
  int64_t taps = dsc_volume(call->taps);
  int64_t size = dsc_volume(call->in_size);
  int64_t outputs = call->out_channels / call->groups;
  int64_t width = call->out_size[2], height = call->out_size[1], depth = call->out_size[0];
  DSC_T *weights = (DSC_T *)call->weight + channel * outputs * taps;
  if (image == 0) memset(weights, 0, (size_t)(outputs * taps) * sizeof(DSC_T));
  DSC_TYPED(fill_grid)
  (call, g, (const DSC_T *)call->input + (image * call->in_channels + channel) * size, memory);
  for (int64_t o = 0; o < outputs * depth; o++) {
    const DSC_T *gradient =
        (const DSC_T *)call->output +
        ((image * call->out_channels + channel * outputs) * depth + o) * height * width;
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
