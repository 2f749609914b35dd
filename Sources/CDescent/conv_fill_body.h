// Fills a channel's grid, in one element type DSC_T. No include guard.

// Writes zeros, whole vectors: what lies behind is written later, or the grid's slack.
static inline void DSC_TYPED(fill_zeros)(DSC_T *out, int64_t count) {
  for (int64_t x = 0; x < count; x += DSC_LANES_PER_VECTOR) memset(out + x, 0, DSC_VECTOR_BYTES);
}

static void DSC_TYPED(fill_grid)(const DscConvolution *call, const DscGrid *grid,
                                 const DSC_T *channel, DSC_T *out) {
  int64_t width = grid->size[2], step = grid->phases[2];
  int64_t lines = grid->phases[0] * grid->phases[1] * grid->phases[2] * grid->size[0];
  for (int64_t outer = 0; outer < lines; outer++) {
    int64_t z = outer % grid->size[0], phase = outer / grid->size[0];
    int64_t first = phase % step + grid->lowest[2];  // the input's column of place 0
    int64_t from_y = phase / step % grid->phases[1] + grid->lowest[1];
    z = z * grid->phases[0] + phase / step / grid->phases[1] + grid->lowest[0];
    // The places from `low` to `high` have a column.
    int64_t low = first >= 0 ? 0 : (step - 1 - first) / step;
    int64_t high = call->in_size[2] - 1 < first ? 0 : (call->in_size[2] - 1 - first) / step + 1;
    if (low > width) low = width;
    if (high > width) high = width;
    if (high < low) high = low;
    for (int64_t line = 0; line < grid->size[1]; line++, out += width) {
      int64_t y = line * grid->phases[1] + from_y;
      if (z < 0 || z >= call->in_size[0] || y < 0 || y >= call->in_size[1]) {
        DSC_TYPED(fill_zeros)(out, width);
        continue;
      }
      const DSC_T *from = channel + (z * call->in_size[1] + y) * call->in_size[2] + first;
      DSC_TYPED(fill_zeros)(out, low);
      if (step == 1) {
        DSC_TYPED(copy_row)(out + low, from + low, high - low);
      } else if (step == 2) {
        for (int64_t x = low; x < high; x++) out[x] = from[2 * x];
      } else {
        for (int64_t x = low; x < high; x++) out[x] = from[step * x];
      }
      DSC_TYPED(fill_zeros)(out + high, width - high);
    }
  }
}
