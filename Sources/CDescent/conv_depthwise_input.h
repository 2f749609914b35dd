// The gradient of a strided depthwise convolution by the input. Part of conv_depthwise_body.h.

// Lines of a phase that are made before they are joined.
static int64_t DSC_TYPED(at_once)(const DscConvolution *call) {
  return call->in_size[2] <= 2 * DSC_LANES_PER_VECTOR * call->stride[2] ? 4 : 1;
}

// Elements of a line of a phase, with what vectors write beyond it.
static int64_t DSC_TYPED(phase_line)(const DscConvolution *call) {
  enum { LANES = DSC_LANES_PER_VECTOR };
  const int64_t width = (call->in_size[2] + call->stride[2] - 1) / call->stride[2];
  return (width + LANES - 1) / LANES * LANES;
}

static int64_t DSC_TYPED(input_memory)(const DscConvolution *call, const DscPhases *phases) {
  const int64_t outputs = call->out_channels / call->groups;
  const int64_t lines = DSC_TYPED(at_once)(call) * call->stride[2] * DSC_TYPED(phase_line)(call);
  return lines + outputs * (dsc_volume(phases->size) + dsc_volume(call->taps)) + DSC_GRID_SLACK;
}

// An output with the zeros around it.
static void DSC_TYPED(pad_output)(const DscConvolution *call, const DscPhases *phases,
                                  const DSC_T *output, DSC_T *to) {
  const int64_t *size = phases->size, *lowest = phases->lowest, *out = call->out_size;
  const int64_t before = -lowest[2] < size[2] ? -lowest[2] : size[2];
  const int64_t room = size[2] - before, inside = out[2] < room ? out[2] : room;
  for (int64_t i = 0; i < size[0]; i++) {
    for (int64_t j = 0; j < size[1]; j++, to += size[2]) {
      const int64_t z = i + lowest[0], y = j + lowest[1];
      if (z < 0 || z >= out[0] || y < 0 || y >= out[1]) {
        DSC_TYPED(fill_zeros)(to, size[2]);
        continue;
      }
      DSC_TYPED(fill_zeros)(to, before);
      DSC_TYPED(copy_row)(to + before, output + (z * out[1] + y) * out[2], inside);
      DSC_TYPED(fill_zeros)(to + before + inside, room - inside);
    }
  }
}

// Lines of the input that are `stride` apart, from line y on: each is a line of each phase of the
// last dim, which is the sum of its taps. `lines` holds them until they are joined.
static void DSC_TYPED(input_lines)(const DscConvolution *call, const DscPhases *phases, int64_t z,
                                   int64_t y, const DSC_T *grid, const DSC_T *weights, DSC_T *lines,
                                   DSC_T *out) {
  const int64_t *in = call->in_size, *stride = call->stride, *size = phases->size;
  const int64_t pitch = DSC_TYPED(phase_line)(call), left = (in[1] - y + stride[1] - 1) / stride[1];
  const int64_t count = left < DSC_TYPED(at_once)(call) ? left : DSC_TYPED(at_once)(call);
  const DSC_T *at = grid + (z / stride[0] * size[1] + y / stride[1]) * size[2];
  const int64_t phase = (z % stride[0] * stride[1] + y % stride[1]) * stride[2];
  for (int64_t x = 0; x < stride[2] && x < in[2]; x++) {
    const int64_t first = phases->starts[phase + x], end = phases->starts[phase + x + 1];
    DSC_TYPED(some_lines)
    (at, size[2], count, end - first, phases->offsets + first, weights + first, 0, pitch,
     lines + x * pitch, stride[2] * pitch);
  }
  for (int64_t l = 0; l < count; l++) DSC_TYPED(join_lines)
  (lines + l * stride[2] * pitch, pitch, stride[2], in[2],
   out + (z * in[1] + y + l * stride[1]) * in[2]);
}

static void DSC_TYPED(depthwise_input)(const DscConvolution *call, const DscPhases *phases,
                                       int64_t image, int64_t channel, void *memory) {
  const int64_t outputs = call->out_channels / call->groups, taps = dsc_volume(call->taps);
  const int64_t *in = call->in_size, *stride = call->stride;
  const int64_t plane = dsc_volume(call->out_size), padded = dsc_volume(phases->size);
  DSC_T *lines = memory;
  DSC_T *weights = lines + DSC_TYPED(at_once)(call) * stride[2] * DSC_TYPED(phase_line)(call);
  DSC_T *grid = weights + outputs * taps;
  const DSC_T *from = (const DSC_T *)call->weight + channel * outputs * taps;
  for (int64_t i = 0; i < outputs * taps; i++) weights[i] = from[phases->taps[i]];
  const DSC_T *gradient =
      (const DSC_T *)call->output + (image * call->out_channels + channel * outputs) * plane;
  for (int64_t o = 0; o < outputs; o++)
    DSC_TYPED(pad_output)(call, phases, gradient + o * plane, grid + o * padded);
  DSC_T *out = (DSC_T *)call->input + (image * call->in_channels + channel) * dsc_volume(in);
  for (int64_t z = 0; z < in[0]; z++)
    for (int64_t block = 0; block < in[1]; block += DSC_TYPED(at_once)(call) * stride[1])
      for (int64_t y = block; y < block + stride[1] && y < in[1]; y++)
        DSC_TYPED(input_lines)(call, phases, z, y, grid, weights, lines, out);
}
