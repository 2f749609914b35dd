// Depthwise convolution in one element type DSC_T. No include guard.

#define DSC_TYPED(name) DSC_NAME(DSC_PASTE(name, DSC_T_NAME))
#define DSC_WIDTH       ((int)(DSC_VECTOR_BYTES / sizeof(DSC_T)))

typedef DSC_T DSC_TYPED(Vector)
    __attribute__((ext_vector_type(DSC_VECTOR_BYTES / sizeof(DSC_T)), aligned(sizeof(DSC_T))));

// Copies a channel into the planes of a call.
static void DSC_TYPED(fill_planes)(const DscConvolution *call, const DscPlanes *p,
                                   const DSC_T *channel, DSC_T *out) {
  memset(out, 0, (size_t)p->total * sizeof(DSC_T));
  int64_t first = p->lowest[2] < 0 ? -p->lowest[2] : 0;  // places of the line that are filled
  int64_t last = call->in_size[2] - p->lowest[2];
  if (last > p->phases * p->width) last = p->phases * p->width;
  for (int64_t z = 0; z < p->size[0]; z++) {
    int64_t from_z = z + p->lowest[0];
    if (from_z < 0 || from_z >= call->in_size[0]) continue;
    for (int64_t y = 0; y < p->size[1]; y++) {
      int64_t from_y = y + p->lowest[1];
      if (from_y < 0 || from_y >= call->in_size[1]) continue;
      const DSC_T *from =
          channel + (from_z * call->in_size[1] + from_y) * call->in_size[2] + p->lowest[2];
      DSC_T *line = out + z * p->plane + y * p->line;
      if (p->phases == 1) {
        for (int64_t x = first; x < last; x++) line[x] = from[x];
        continue;
      }
      for (int64_t phase = 0; phase < p->phases; phase++) {
        DSC_T *part = line + phase * p->width;
        int64_t x = first <= phase ? 0 : (first - phase + p->phases - 1) / p->phases;
        for (; x * p->phases + phase < last; x++) part[x] = from[x * p->phases + phase];
      }
    }
  }
}

// Where a tap meets the planes, from the place of output (0, 0, 0).
static int64_t DSC_TYPED(tap_offset)(const DscConvolution *call, const DscPlanes *p,
                                     int64_t index) {
  int64_t at[3];
  for (int d = 2; d >= 0; d--) {
    at[d] = index % call->taps[d] * call->dilation[d] - call->padding[d] - p->lowest[d];
    index /= call->taps[d];
  }
  return at[0] * p->plane + at[1] * p->line + at[2] % p->phases * p->width + at[2] / p->phases;
}

// out = bias + the sum of the taps, for a line of outputs; reads, and never writes, up to full
// vectors beyond its end.
static void DSC_TYPED(line)(const DSC_T *planes, int64_t taps, const int64_t *offsets,
                            const DSC_T *weights, DSC_T bias, int64_t count, DSC_T *out) {
  typedef DSC_TYPED(Vector) Vector;
  enum { VECTORS = 4 };
  for (int64_t x = 0; x < count;) {
    int64_t left = count - x;
    if (left >= VECTORS * DSC_WIDTH) {
      Vector sum[VECTORS];
      for (int v = 0; v < VECTORS; v++) sum[v] = (Vector)bias;
      for (int64_t t = 0; t < taps; t++) {
        const DSC_T *from = planes + offsets[t] + x;
        for (int v = 0; v < VECTORS; v++)
          sum[v] += weights[t] * *(const Vector *)(from + v * DSC_WIDTH);
      }
      for (int v = 0; v < VECTORS; v++) *(Vector *)(out + x + v * DSC_WIDTH) = sum[v];
      x += VECTORS * DSC_WIDTH;
      continue;
    }
    Vector sum = (Vector)bias;
    for (int64_t t = 0; t < taps; t++)
      sum += weights[t] * *(const Vector *)(planes + offsets[t] + x);
    if (left >= DSC_WIDTH) {
      *(Vector *)(out + x) = sum;
    } else {
      memcpy(out + x, &sum, (size_t)left * sizeof(DSC_T));
    }
    x += DSC_WIDTH;
  }
}

// One channel of one image.
static void DSC_TYPED(depthwise)(const DscConvolution *call, const DscPlanes *p, int64_t image,
                                 int64_t channel, void *scratch, int64_t *offsets) {
  int64_t taps = call->taps[0] * call->taps[1] * call->taps[2];
  int64_t size = call->in_size[0] * call->in_size[1] * call->in_size[2];
  int64_t outputs = call->out_channels / call->groups;
  DSC_T *planes = scratch;
  DSC_TYPED(fill_planes)
  (call, p, (const DSC_T *)call->input + (image * call->in_channels + channel) * size, planes);
  for (int64_t t = 0; t < taps; t++) offsets[t] = DSC_TYPED(tap_offset)(call, p, t);
  int64_t width = call->out_size[2], height = call->out_size[1];
  for (int64_t o = channel * outputs; o < (channel + 1) * outputs; o++) {
    const DSC_T *weights = (const DSC_T *)call->weight + o * taps;
    DSC_T bias = call->bias == NULL ? 0 : ((const DSC_T *)call->bias)[o];
    DSC_T *out = (DSC_T *)call->output +
                 (image * call->out_channels + o) * call->out_size[0] * height * width;
    for (int64_t z = 0; z < call->out_size[0]; z++)
      for (int64_t y = 0; y < height; y++, out += width)
        DSC_TYPED(line)
    (planes + z * call->stride[0] * p->plane + y * call->stride[1] * p->line, taps, offsets, weights,
     bias, width, out);
  }
}

// sums[lane] += the products of two lines.
static DSC_TYPED(Vector)
    DSC_TYPED(dot)(const DSC_T *a, const DSC_T *b, int64_t count, DSC_TYPED(Vector) sum) {
  typedef DSC_TYPED(Vector) Vector;
  int64_t x = 0;
  for (; x + DSC_WIDTH <= count; x += DSC_WIDTH)
    sum += *(const Vector *)(a + x) * *(const Vector *)(b + x);
  if (x < count) {
    Vector last = (Vector)(DSC_T)0, other = last;
    memcpy(&last, a + x, (size_t)(count - x) * sizeof(DSC_T));
    memcpy(&other, b + x, (size_t)(count - x) * sizeof(DSC_T));
    sum += last * other;
  }
  return sum;
}

// The weights' gradient of one channel: a sum over the images in their order.
static void DSC_TYPED(depthwise_weights)(const DscConvolution *call, const DscPlanes *p,
                                         int64_t channel, void *scratch, int64_t *offsets) {
  typedef DSC_TYPED(Vector) Vector;
  int64_t taps = call->taps[0] * call->taps[1] * call->taps[2];
  int64_t size = call->in_size[0] * call->in_size[1] * call->in_size[2];
  int64_t outputs = call->out_channels / call->groups;
  int64_t width = call->out_size[2], height = call->out_size[1];
  DSC_T *planes = scratch, *weights = (DSC_T *)call->weight + channel * outputs * taps;
  memset(weights, 0, (size_t)(outputs * taps) * sizeof(DSC_T));
  for (int64_t t = 0; t < taps; t++) offsets[t] = DSC_TYPED(tap_offset)(call, p, t);
  for (int64_t image = 0; image < call->batch; image++) {
    DSC_TYPED(fill_planes)
    (call, p, (const DSC_T *)call->input + (image * call->in_channels + channel) * size, planes);
    for (int64_t o = 0; o < outputs; o++) {
      const DSC_T *gradient = (const DSC_T *)call->output +
                              (image * call->out_channels + channel * outputs + o) *
                                  call->out_size[0] * height * width;
      for (int64_t t = 0; t < taps; t++) {
        Vector sum = (Vector)(DSC_T)0;
        for (int64_t z = 0; z < call->out_size[0]; z++)
          for (int64_t y = 0; y < height; y++)
            sum = DSC_TYPED(dot)(gradient + (z * height + y) * width,
                                 planes + offsets[t] + z * call->stride[0] * p->plane +
                                     y * call->stride[1] * p->line,
                                 width, sum);
        DSC_T total = 0;
        for (int l = 0; l < DSC_WIDTH; l++) total += sum[l];
        weights[o * taps + t] += total;
      }
    }
  }
}

#undef DSC_TYPED
#undef DSC_WIDTH
