// The weights' gradient of few outputs: vectors of outputs along lines of the grid. Part of
// conv_lines_body.h.

// out += A B for lines of `width` places `pitch` apart: row i of A is the grid from `rows_at[i]`
// on, B a vector of outputs each `step` elements.
static inline __attribute__((always_inline)) void DSC_TYPED(weight_vector)(
    int rows, int64_t lines, int64_t width, int64_t pitch, const DSC_T *const *rows_at,
    const DSC_T *b, int64_t step, DSC_T *out, int64_t out_row) {
  typedef DSC_TYPED(Vector) Vector;
  Vector sum[DSC_LINE_ROWS];
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++) sum[i] = (Vector)((DSC_T)0);
  for (int64_t line = 0; line < lines; line++) {
    int64_t end = line * pitch + width;
    for (int64_t p = line * pitch; p < end; p++, b += step) {
      const Vector value = *(const Vector *)b;
#pragma clang loop unroll(full)
      for (int i = 0; i < rows; i++)
        sum[i] = DSC_MULTIPLY_ADD((Vector)(rows_at[i][p]), value, sum[i]);
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++) *(Vector *)(out + i * out_row) += sum[i];
}

#define DSC_WEIGHT_VECTOR(rows)                                                            \
  static void DSC_TYPED(weight_vector_##rows)(int64_t lines, int64_t width, int64_t pitch, \
                                              const DSC_T *const *rows_at, const DSC_T *b, \
                                              int64_t step, DSC_T *out, int64_t out_row) { \
    DSC_TYPED(weight_vector)(rows, lines, width, pitch, rows_at, b, step, out, out_row);   \
  }
#define DSC_WEIGHT_ENTRY(rows) DSC_TYPED(weight_vector_##rows),
DSC_FOR_LINE_ROWS(DSC_WEIGHT_VECTOR)
typedef void (*DSC_TYPED(WeightVector))(int64_t lines, int64_t width, int64_t pitch,
                                        const DSC_T *const *rows_at, const DSC_T *b, int64_t step,
                                        DSC_T *out, int64_t out_row);
static const DSC_TYPED(WeightVector)
    DSC_TYPED(weight_vectors)[DSC_LINE_ROWS] = {DSC_FOR_LINE_ROWS(DSC_WEIGHT_ENTRY)};

static bool DSC_TYPED(fit_vector)(int64_t outputs) { return outputs <= DSC_LANES_PER_VECTOR; }

// Adds some images' part to the weights' gradient of up to a vector of outputs, whose gradients lie
// `step` elements from place to place.
static void DSC_TYPED(few_weight_rows)(const DscWeightRows *w, int64_t step) {
  enum { PLACES = 256 };  // about as many are summed at a time: their panel is near then
  const DscConvolution *call = w->call;
  const DscGrid *g = &w->grid;
  int64_t channels = call->in_channels / call->groups, size = dsc_volume(call->in_size);
  int64_t taps = dsc_volume(call->taps), rows = w->channels * taps;
  int64_t width = call->out_size[2], height = call->out_size[1], pitch = g->size[2];
  int64_t most = (PLACES + width - 1) / width;
  DSC_T *sums = (DSC_T *)w->sums + w->channel * taps * step;
  for (int64_t n = 0; n < w->images; n++) {
    const DSC_T *input =
        (const DSC_T *)call->input +
        ((w->image + n) * call->in_channels + w->group * channels + w->channel) * size;
    for (int64_t c = 0; c < w->channels && !g->is_input; c++)
      DSC_TYPED(fill_grid)(call, g, input + c * size, (DSC_T *)w->memory + c * g->channel);
    const DSC_T *grid = g->is_input ? input : w->memory;
    const DSC_T *b = (const DSC_T *)w->gradients + n * dsc_volume(call->out_size) * step;
    for (int64_t z = 0; z < call->out_size[0]; z++) {
      for (int64_t y = 0, lines; y < height; y += lines, b += lines * width * step) {
        lines = height - y < most ? height - y : most;
        const DSC_T *at = grid + (z * g->size[1] + y) * pitch;
        int64_t channel = 0, tap = 0;
        for (int64_t i = 0, count; i < rows; i += count) {
          count = DSC_TYPED(height)(rows - i);
          const DSC_T *rows_at[DSC_LINE_ROWS];
          for (int64_t r = 0; r < count; r++) {
            rows_at[r] = at + channel * g->channel + w->offsets[tap];
            if (++tap == taps) tap = 0, channel++;
          }
          DSC_TYPED(weight_vectors)
          [count - 1](lines, width, pitch, rows_at, b, step, sums + i * step, step);
        }
      }
    }
  }
}

#undef DSC_WEIGHT_VECTOR
#undef DSC_WEIGHT_ENTRY
