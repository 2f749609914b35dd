// Depthwise convolution in one element type DSC_T: taps walk over lines where they lie
// (conv_depthwise_lines.h), or over the channel's grid. No include guard.

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

#include "conv_depthwise_lines.h"

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

#include "conv_depthwise_weights.h"

#undef DSC_TYPED
#undef DSC_LANES_PER_VECTOR
