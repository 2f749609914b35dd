// Fills a channel's grid, and joins lines of its phases, in one element type DSC_T. No include
// guard.

// Writes zeros: whole vectors, then halves of what is left.
static inline void DSC_TYPED(fill_zeros)(DSC_T *out, int64_t count) {
  int64_t x = 0;
  for (; x + DSC_LANES_PER_VECTOR <= count; x += DSC_LANES_PER_VECTOR)
    memset(out + x, 0, DSC_VECTOR_BYTES);
#pragma clang loop unroll(full)
  for (int half = DSC_LANES_PER_VECTOR / 2; half > 0; half /= 2) {
    if (count - x < half) continue;
    memset(out + x, 0, (size_t)half * sizeof(DSC_T));
    x += half;
  }
}

// Every second element of a vector, and of one that begins before its last.
#if DSC_VECTOR_BYTES / DSC_T_BYTES == 16
#define DSC_EVERY_SECOND 0, 2, 4, 6, 8, 10, 12, 14, 17, 19, 21, 23, 25, 27, 29, 31
#elif DSC_VECTOR_BYTES / DSC_T_BYTES == 8
#define DSC_EVERY_SECOND 0, 2, 4, 6, 9, 11, 13, 15
#elif DSC_VECTOR_BYTES / DSC_T_BYTES == 4
#define DSC_EVERY_SECOND 0, 2, 5, 7
#else
#define DSC_EVERY_SECOND 0, 3
#endif

// out[x] = from[2 x], nothing behind the last read: `LANES` at a time, the last ones of at least as
// many a second time.
#define DSC_COPY_SECOND(LANES, ...)                                                     \
  {                                                                                     \
    typedef DSC_T Some __attribute__((ext_vector_type(LANES), aligned(sizeof(DSC_T)))); \
    for (; x < count && count >= LANES; x += LANES) {                                   \
      if (x + LANES > count) x = count - LANES;                                         \
      const Some low = *(const Some *)(from + 2 * x);                                   \
      const Some high = *(const Some *)(from + 2 * x + LANES - 1);                      \
      *(Some *)(out + x) = __builtin_shufflevector(low, high, __VA_ARGS__);             \
    }                                                                                   \
  }
static inline void DSC_TYPED(copy_second)(DSC_T *out, const DSC_T *from, int64_t count) {
  int64_t x = 0;
  DSC_COPY_SECOND(DSC_VECTOR_BYTES / DSC_T_BYTES, DSC_EVERY_SECOND)
#if DSC_VECTOR_BYTES / DSC_T_BYTES == 16
  DSC_COPY_SECOND(8, 0, 2, 4, 6, 9, 11, 13, 15)
#endif
#if DSC_VECTOR_BYTES / DSC_T_BYTES > 4
  DSC_COPY_SECOND(4, 0, 2, 5, 7)
#endif
#pragma clang loop vectorize(disable) unroll(disable)
  for (; x < count; x++) out[x] = from[2 * x];
}
#undef DSC_COPY_SECOND
#undef DSC_EVERY_SECOND

#if DSC_VECTOR_BYTES / DSC_T_BYTES == 16
#define DSC_FIRST_OF_BOTH 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define DSC_LAST_OF_BOTH  8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#elif DSC_VECTOR_BYTES / DSC_T_BYTES == 8
#define DSC_FIRST_OF_BOTH 0, 8, 1, 9, 2, 10, 3, 11
#define DSC_LAST_OF_BOTH  4, 12, 5, 13, 6, 14, 7, 15
#elif DSC_VECTOR_BYTES / DSC_T_BYTES == 4
#define DSC_FIRST_OF_BOTH 0, 4, 1, 5
#define DSC_LAST_OF_BOTH  2, 6, 3, 7
#else
#define DSC_FIRST_OF_BOTH 0, 2
#define DSC_LAST_OF_BOTH  1, 3
#endif

// out[x] = element x / step of line x % step; lines are `pitch` apart, and read by whole vectors.
static inline void DSC_TYPED(join_lines)(const DSC_T *lines, int64_t pitch, int64_t step,
                                         int64_t width, DSC_T *out) {
  enum { LANES = DSC_LANES_PER_VECTOR };
  typedef DSC_T Vector __attribute__((ext_vector_type(LANES), aligned(sizeof(DSC_T))));
  if (step != 2) {
    for (int64_t phase = 0; phase < step; phase++)
      for (int64_t x = phase, i = 0; x < width; x += step, i++) out[x] = lines[phase * pitch + i];
    return;
  }
  const int64_t paired = width / 2 * 2;
  int64_t x = 0;
  for (; x < paired && paired >= 2 * LANES; x += 2 * LANES) {
    if (x + 2 * LANES > paired) x = paired - 2 * LANES;  // some of them once more
    const Vector even = *(const Vector *)(lines + x / 2);
    const Vector odd = *(const Vector *)(lines + pitch + x / 2);
    *(Vector *)(out + x) = __builtin_shufflevector(even, odd, DSC_FIRST_OF_BOTH);
    *(Vector *)(out + x + LANES) = __builtin_shufflevector(even, odd, DSC_LAST_OF_BOTH);
  }
  if (x == width) return;
  const Vector even = *(const Vector *)(lines + x / 2);
  const Vector odd = *(const Vector *)(lines + pitch + x / 2);
  const Vector both[2] = {__builtin_shufflevector(even, odd, DSC_FIRST_OF_BOTH),
                          __builtin_shufflevector(even, odd, DSC_LAST_OF_BOTH)};
  DSC_TYPED(copy_row)(out + x, (const DSC_T *)both, width - x);
}
#undef DSC_FIRST_OF_BOTH
#undef DSC_LAST_OF_BOTH

// length / step: of the usual steps no division, which takes longer than the rest of a short line.
static inline int64_t DSC_TYPED(steps_in)(int64_t length, int64_t step) {
  return (step & (step - 1)) == 0 ? length >> __builtin_ctzll((uint64_t)step) : length / step;
}

// Fills a line of all phases of the last dim; those of a channel are `phase` elements apart. `from`
// is the line of the input, or NULL for zeros.
static inline void DSC_TYPED(fill_line)(const DscConvolution *call, const DscGrid *grid,
                                        const DSC_T *from, DSC_T *out) {
  const int64_t width = grid->size[2], step = grid->phases[2], size = call->in_size[2];
  for (int64_t phase = 0; phase < step; phase++, out += grid->size[0] * grid->size[1] * width) {
    if (from == NULL) {
      DSC_TYPED(fill_zeros)(out, width);
      continue;
    }
    const int64_t first = phase + grid->lowest[2];  // the input's column of place 0
    // The places from `low` to `high` have a column.
    int64_t low = first >= 0 ? 0 : DSC_TYPED(steps_in)(step - 1 - first, step);
    int64_t high = size - 1 < first ? 0 : DSC_TYPED(steps_in)(size - 1 - first, step) + 1;
    if (low > width) low = width;
    if (high > width) high = width;
    if (high < low) high = low;
    DSC_TYPED(fill_zeros)(out, low);
    if (step == 1) {
      DSC_TYPED(copy_row)(out + low, from + low + first, high - low);
    } else if (step == 2) {
      DSC_TYPED(copy_second)(out + low, from + 2 * low + first, high - low);
    } else {
      for (int64_t x = low; x < high; x++) out[x] = from[step * x + first];
    }
    DSC_TYPED(fill_zeros)(out + high, width - high);
  }
}

// Lines of the input are read in order, some asked for ahead: the processor does not go over the
// ends of pages by itself.
static void DSC_TYPED(fill_grid)(const DscConvolution *call, const DscGrid *grid,
                                 const DSC_T *channel, DSC_T *out) {
  enum { AHEAD = 4096, LINE = 64 / sizeof(DSC_T) };
  const int64_t *phases = grid->phases, *in = call->in_size, width = grid->size[2];
  const int64_t depth = grid->size[0] * phases[0], height = grid->size[1] * phases[1];
  for (int64_t i = 0; i < depth; i++) {
    const int64_t z = i + grid->lowest[0];
    for (int64_t j = 0; j < height; j++) {
      const int64_t y = j + grid->lowest[1], phase = i % phases[0] * phases[1] + j % phases[1];
      const int64_t line = i / phases[0] * grid->size[1] + j / phases[1];
      const bool inside = z >= 0 && z < in[0] && y >= 0 && y < in[1];
      const DSC_T *from = inside ? channel + (z * in[1] + y) * in[2] : NULL;
      for (int64_t x = 0; inside && x < in[2]; x += LINE)
        __builtin_prefetch((const char *)(from + x) + AHEAD);
      DSC_TYPED(fill_line)
      (call, grid, from, out + phase * phases[2] * grid->phase + line * width);
    }
  }
}
