// Depthwise convolution in one element type DSC_T: taps walk over lines where they lie
// (conv_depthwise_lines.h), or over the channel's grid. No include guard.

#define DSC_TYPED(name)      DSC_NAME(DSC_PASTE(name, DSC_T_NAME))
#define DSC_LANES_PER_VECTOR ((int)(DSC_VECTOR_BYTES / sizeof(DSC_T)))

#include "copy_row.h"
#include "conv_fill_body.h"

typedef DSC_T DSC_TYPED(Vector)
    __attribute__((ext_vector_type(DSC_VECTOR_BYTES / sizeof(DSC_T)), aligned(sizeof(DSC_T))));

// out = bias + the sum of the taps for up to `vectors` vectors of some lines, `count` elements of
// each; reads full vectors. `lines` and `vectors` are literals in every caller.
static inline __attribute__((always_inline)) void DSC_TYPED(part)(
    int lines, int vectors, const DSC_T *grid, int64_t pitch, int64_t taps, const int64_t *offsets,
    const DSC_T *weights, DSC_T bias, int64_t count, DSC_T *out, int64_t out_pitch) {
  typedef DSC_TYPED(Vector) Vector;
  Vector sum[4][4];
#pragma clang loop unroll(full)
  for (int l = 0; l < lines; l++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) sum[l][v] = (Vector)bias;
  for (int64_t t = 0; t < taps; t++) {
    const DSC_T *from = grid + offsets[t];
    Vector weight = (Vector)weights[t];
#pragma clang loop unroll(full)
    for (int l = 0; l < lines; l++)
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++)
        sum[l][v] += weight * *(const Vector *)(from + l * pitch + v * DSC_LANES_PER_VECTOR);
  }
#pragma clang loop unroll(full)
  for (int l = 0; l < lines; l++) {
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
      DSC_T *to = out + l * out_pitch + v * DSC_LANES_PER_VECTOR;
      const int64_t left = count - v * DSC_LANES_PER_VECTOR;
      if (left >= DSC_LANES_PER_VECTOR)
        *(Vector *)to = sum[l][v];
      else
        DSC_TYPED(copy_row)(to, (const DSC_T *)&sum[l][v], left);
    }
  }
}

// Some lines of a channel. Short ones go four at a time: a single one would be few chains of sums.
static void DSC_TYPED(some_lines)(const DSC_T *grid, int64_t pitch, int64_t lines, int64_t taps,
                                  const int64_t *offsets, const DSC_T *weights, DSC_T bias,
                                  int64_t count, DSC_T *out, int64_t out_pitch) {
  enum { LANES = DSC_LANES_PER_VECTOR };
  const bool is_short = count <= 2 * LANES && lines >= 4;
  for (int64_t first = 0; first < lines; first += is_short ? 4 : 1) {
    // The last four may have been made in part.
    const int64_t line = is_short && first + 4 > lines ? lines - 4 : first;
    const DSC_T *from = grid + line * pitch;
    DSC_T *to = out + line * out_pitch;
    for (int64_t x = 0; x < count; x += 4 * LANES) {
      const int64_t left = count - x;
#define DSC_PART(lines, vectors) \
  DSC_TYPED(part)                \
  (lines, vectors, from + x, pitch, taps, offsets, weights, bias, left, to + x, out_pitch)
      if (is_short && left > LANES)
        DSC_PART(4, 2);
      else if (is_short)
        DSC_PART(4, 1);
      else if (left > 3 * LANES)
        DSC_PART(1, 4);
      else if (left > 2 * LANES)
        DSC_PART(1, 3);
      else if (left > LANES)
        DSC_PART(1, 2);
      else
        DSC_PART(1, 1);
#undef DSC_PART
    }
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
      for (int64_t z = 0; z < call->out_size[0]; z++) DSC_TYPED(some_lines)
      ((const DSC_T *)memory + z * g->size[1] * g->size[2], g->size[2], height, taps, offsets,
       weights, bias, width, out + z * height * width, width);
    }
    if (out != result) dsc_stream(sizeof(DSC_T), out, plane, result, NULL, 0);
  }
}

#include "conv_depthwise_weights.h"
#include "conv_depthwise_input.h"

#undef DSC_TYPED
#undef DSC_LANES_PER_VECTOR
