// The weights' gradient of a depthwise convolution. Part of conv_depthwise_body.h.

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
