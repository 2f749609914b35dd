// One instruction set's extremes of narrow integers; see reduce_narrow.c for the rows.
#define WIDTH(T) (DSC_VECTOR_BYTES / sizeof(T))
#define FREE(T) \
  DSC_PRAGMA(clang loop vectorize(assume_safety) vectorize_width(WIDTH(T)) interleave_count(1))
#define FOUR_STEPS (4 * DSC_STEP)
#define FOUR       DSC_PRAGMA(clang loop vectorize_width(DSC_STEP) interleave_count(4))

// Four rows meet before they meet the extremes so far.
#define ROW(OP, L, T, WINS)                                                                    \
  static inline T DSC_NAME(both_##OP##_##L)(T a, T b) { return b WINS a ? b : a; }             \
  static void DSC_NAME(rows_##OP##_##L)(const void *data, int64_t stride, int64_t rows,        \
                                        int64_t count, void *out) {                            \
    const T *x = data;                                                                         \
    for (int64_t r = 0; r < rows; r++, x += stride) {                                          \
      const int64_t blocks = count & -FOUR_STEPS, steps = count & -DSC_STEP;                   \
      T best = x[0];                                                                           \
      FOUR for (int64_t i = 0; i < blocks; i++) best = x[i] WINS best ? x[i] : best;           \
      DSC_VECTOR for (int64_t i = blocks; i < steps; i++) best = x[i] WINS best ? x[i] : best; \
      DSC_SCALAR for (int64_t i = steps; i < count; i++) best = x[i] WINS best ? x[i] : best;  \
      ((T *)out)[r] = best;                                                                    \
    }                                                                                          \
  }                                                                                            \
  static void DSC_NAME(columns_##OP##_##L)(void *sums, const void *data, int64_t stride,       \
                                           int64_t rows, int64_t columns, bool fresh) {        \
    T *to = sums;                                                                              \
    const T *x = data;                                                                         \
    if (fresh) memcpy(to, x, (size_t)columns * sizeof(T)), rows--, x += stride;                \
    for (; rows >= 4; rows -= 4, x += 4 * stride) {                                            \
      const T *x1 = x + stride, *x2 = x1 + stride, *x3 = x2 + stride;                          \
      FREE(T) for (int64_t c = 0; c < columns; c++) {                                          \
        const T low = DSC_NAME(both_##OP##_##L)(x[c], x1[c]);                                  \
        const T high = DSC_NAME(both_##OP##_##L)(x2[c], x3[c]);                                \
        to[c] = DSC_NAME(both_##OP##_##L)(to[c], DSC_NAME(both_##OP##_##L)(low, high));        \
      }                                                                                        \
    }                                                                                          \
    for (; rows > 0; rows--, x += stride) FREE(T)                                              \
    for (int64_t c = 0; c < columns; c++) to[c] = DSC_NAME(both_##OP##_##L)(to[c], x[c]);      \
  }
NARROW_ROWS(ROW)
#undef ROW

#define ROW(OP, L, ...)                                                  \
  [DSC_REDUCE_##OP == DSC_REDUCE_MIN][DSC_LANE_##L - DSC_LANE_COUNT] = { \
      DSC_NAME(rows_##OP##_##L), DSC_NAME(columns_##OP##_##L)},
static const DscReduceLoops DSC_NAME(narrow_extremes)[2][DSC_NARROW_COUNT] = {NARROW_ROWS(ROW)};
#undef ROW

#undef WIDTH
#undef FREE
#undef FOUR_STEPS
#undef FOUR
