// Depthwise convolution from lines where they lie. Part of conv_depthwise_body.h.

// Lines of an output whose inputs are read where they lie: square kernels of stride 1. Every input
// that is read serves some lines; the sum of each output goes over the taps in order.
//
// Vectors have at most 32 bytes: wider ones would all lie across two lines of the cache.
enum {
  DSC_TYPED(BYTES) = DSC_VECTOR_BYTES < 32 ? DSC_VECTOR_BYTES : 32,
  DSC_TYPED(LANES) = DSC_TYPED(BYTES) / (int)sizeof(DSC_T),
  DSC_TYPED(LINES) = 4,
  DSC_TYPED(SHORT_LINES) = 7,  // of few vectors: four would be too few chains of sums
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
  Vector sum[DSC_TYPED(SHORT_LINES)][DSC_TYPED(PAIR)];
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

// The same of lines of one vector or two.
static inline __attribute__((always_inline)) void DSC_TYPED(short_rows)(
    int size, const DSC_T *const *rows, const DSC_TYPED(Mask) (*masks)[DSC_TYPED(SIZE)],
    const DSC_T *weights, DSC_T bias, int64_t width, DSC_T *out) {
  enum { LANES = DSC_TYPED(LANES), LINES = DSC_TYPED(SHORT_LINES) };
  DSC_TYPED(block)(size, LINES, 1, rows, 0, masks[0], weights, bias, width, out);
  if (width > LANES)
    DSC_TYPED(block)(size, LINES, 1, rows, LANES, masks[1], weights, bias, width, out);
}

// Which lanes of a vector of outputs meet the image, whose `width` columns start at 0, for each
// column of taps; the first one's first lane meets column `x`. Not inlined, so that what the masks
// are stays unknown: as bits of vectors they cost less than in registers of masks.
static __attribute__((noinline)) void DSC_TYPED(find_masks)(int64_t x, int64_t width,
                                                            DSC_TYPED(Mask) * masks) {
  enum { LANES = DSC_TYPED(LANES) };
  DSC_TYPED(Part) place;
  for (int l = 0; l < LANES; l++) place[l] = (DSC_T)l;
  for (int q = 0; q < DSC_TYPED(SIZE); q++) {
    const int64_t before = -(x + q), inside = width - (x + q);
    const DSC_T first = (DSC_T)(before < LANES ? before : LANES);
    const DSC_T end = (DSC_T)(inside < LANES ? inside : LANES);
    masks[q] = (place >= (DSC_TYPED(Part))first) & (place < (DSC_TYPED(Part))end);
  }
}

// One output channel. `zeros` is a line of the image's width and what kernels read beyond it.
static inline __attribute__((always_inline)) void DSC_TYPED(plane)(
    int size, const DscConvolution *call, const DscGrid *g, const DSC_T *input, const DSC_T *zeros,
    const DSC_T *taps, DSC_T bias, DSC_T *out) {
  enum { LANES = DSC_TYPED(LANES), LINES = DSC_TYPED(LINES), SHORT_LINES = DSC_TYPED(SHORT_LINES) };
  // The next channel's lines: the processor's own prefetch stops at the ends of pages.
  const DscAhead next = {(const char *)(input + dsc_volume(call->in_size)), sizeof(DSC_T)};
  int64_t height = call->out_size[1], width = call->out_size[2], in_width = call->in_size[2];
  DSC_T weights[DSC_TYPED(SIZE) * DSC_TYPED(SIZE)];
#pragma clang loop unroll(full)
  for (int p = 0; p < size; p++) {
    const DSC_T *line = taps + (call->dilation[1] < 0 ? size - 1 - p : p) * size;
#pragma clang loop unroll(full)
    for (int q = 0; q < size; q++)
      weights[p * size + q] = line[call->dilation[2] < 0 ? size - 1 - q : q];
  }
  DSC_TYPED(Mask) masks[2][DSC_TYPED(SIZE)];
  DSC_TYPED(find_masks)(g->lowest[2], in_width, masks[0]);
  DSC_TYPED(find_masks)(g->lowest[2] + (width - 1) / LANES * LANES, in_width, masks[1]);
  const bool is_short = size == DSC_TYPED(SIZE) && width <= 2 * LANES && height >= SHORT_LINES &&
                        dsc_up_to(height, SHORT_LINES) <= dsc_up_to(height, LINES);
  for (int64_t at = 0, lines; at < height; at += lines) {
    const DSC_T *rows[SHORT_LINES + DSC_TYPED(SIZE) - 1];
    lines = is_short ? SHORT_LINES : height < LINES ? 1 : LINES;
    // The last lines go together with some that were made before: alone they would be few chains.
    const int64_t y = at + lines <= height ? at : height - lines;
    dsc_fetch(&next, 1, y * in_width, lines * in_width);
    // One by one: pointers that are stored as a vector would wait to be read.
#pragma clang loop unroll(disable) vectorize(disable)
    for (int i = 0; i < lines + size - 1; i++) {
      int64_t line = y + i + g->lowest[1];
      rows[i] =
          line < 0 || line >= call->in_size[1] ? zeros : input + line * in_width + g->lowest[2];
    }
    if (lines == SHORT_LINES)
      DSC_TYPED(short_rows)(size, rows, masks, weights, bias, width, out + y * width);
    else if (lines == LINES)
      DSC_TYPED(rows)(size, LINES, rows, masks, weights, bias, width, out + y * width);
    else
      DSC_TYPED(rows)(size, 1, rows, masks, weights, bias, width, out + y * width);
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
