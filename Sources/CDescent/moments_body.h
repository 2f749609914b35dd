// One instruction set's loops of the moments; see moments.c for the lanes.
#define DSC_FREE_VECTOR \
  DSC_PRAGMA(clang loop vectorize(assume_safety) vectorize_width(DSC_STEP) interleave_count(1))

// sums[0] and sums[1] = the sum of x - shift and of its square.
#define DEFINE_ROW(L, T)                                                                       \
  static void DSC_NAME(row_##L)(const void *data, int64_t count, double shift, double *sums) { \
    typedef T V __attribute__((vector_size(64)));                                              \
    typedef T U __attribute__((vector_size(64), aligned(__alignof__(T)), may_alias));          \
    enum { LANES = 64 / sizeof(T) };                                                           \
    const T *x = data, mean = (T)shift;                                                        \
    V once[2] = {{0}, {0}}, twice[2] = {{0}, {0}};                                             \
    int64_t i = 0;                                                                             \
    for (; i + 2 * LANES <= count; i += 2 * LANES) {                                           \
      for (int k = 0; k < 2; k++) {                                                            \
        const V away = *(const U *)(x + i + k * LANES) - mean;                                 \
        once[k] += away;                                                                       \
        twice[k] += away * away;                                                               \
      }                                                                                        \
    }                                                                                          \
    once[0] += once[1];                                                                        \
    twice[0] += twice[1];                                                                      \
    double first = 0, second = 0;                                                              \
    for (; i < count; i++) {                                                                   \
      const T away = x[i] - mean;                                                              \
      first += away;                                                                           \
      second += away * away;                                                                   \
    }                                                                                          \
    if (count >= 2 * LANES) {                                                                  \
      for (int k = 0; k < LANES; k++) {                                                        \
        first += once[0][k];                                                                   \
        second += twice[0][k];                                                                 \
      }                                                                                        \
    }                                                                                          \
    sums[0] = first;                                                                           \
    sums[1] = second;                                                                          \
  }

// Means and squared deviations of short rows, in double.
#define DEFINE_SHORT(L, T)                                                                       \
  static void DSC_NAME(short_##L)(const void *data, int64_t stride, int64_t rows, int64_t count, \
                                  double *means, double *squares) {                              \
    const T *x = data;                                                                           \
    const double each = 1 / (double)count;                                                       \
    for (int64_t r = 0; r < rows; r++, x += stride) {                                            \
      double sum = 0, square = 0;                                                                \
      for (int64_t i = 0; i < count; i++) sum += x[i];                                           \
      const double mean = sum * each;                                                            \
      for (int64_t i = 0; i < count; i++) square += (x[i] - mean) * (x[i] - mean);               \
      means[r] = mean;                                                                           \
      squares[r] = square;                                                                       \
    }                                                                                            \
  }

// Sums as of a row for each column of some rows, with a shift of its own.
#define DEFINE_COLUMNS(L, T)                                                          \
  static void DSC_NAME(columns_##L)(const void *data, int64_t stride, int64_t rows,   \
                                    int64_t columns, const void *shifts, void *first, \
                                    void *second) {                                   \
    const T *x = data, *mean = shifts;                                                \
    T *once = first, *twice = second;                                                 \
    for (int64_t c = 0; c < columns; c++) once[c] = twice[c] = 0;                     \
    for (; rows >= 4; rows -= 4, x += 4 * stride) {                                   \
      const T *x1 = x + stride, *x2 = x1 + stride, *x3 = x2 + stride;                 \
      DSC_FREE_VECTOR for (int64_t c = 0; c < columns; c++) {                         \
        const T a = x[c] - mean[c], b = x1[c] - mean[c];                              \
        const T d = x2[c] - mean[c], e = x3[c] - mean[c];                             \
        once[c] += (a + b) + (d + e);                                                 \
        twice[c] += (a * a + b * b) + (d * d + e * e);                                \
      }                                                                               \
    }                                                                                 \
    for (; rows > 0; rows--, x += stride) {                                           \
      DSC_FREE_VECTOR for (int64_t c = 0; c < columns; c++) {                         \
        const T a = x[c] - mean[c];                                                   \
        once[c] += a;                                                                 \
        twice[c] += a * a;                                                            \
      }                                                                               \
    }                                                                                 \
  }

// Joins `joining` values of each column, by their sums around `shifts`, to the `seen` before them.
#define DEFINE_JOIN(L, T)                                                                          \
  static void DSC_NAME(join_##L)(int64_t columns, double seen, double joining, const void *shifts, \
                                 const void *first, const void *second, double *means,             \
                                 double *squares) {                                                \
    const T *shift = shifts, *once = first, *twice = second;                                       \
    const double each = 1 / joining, all = seen + joining;                                         \
    const double share = joining / all, weight = seen * share;                                     \
    DSC_FREE_VECTOR for (int64_t c = 0; c < columns; c++) {                                        \
      const double away = (double)once[c] * each, mean = (double)shift[c] + away;                  \
      const double square = (double)twice[c] - (double)once[c] * away;                             \
      const double apart = seen > 0 ? mean - means[c] : 0;                                         \
      means[c] = seen > 0 ? means[c] + apart * share : mean;                                       \
      squares[c] = (seen > 0 ? squares[c] : 0) + square + apart * apart * weight;                  \
    }                                                                                              \
  }

#define ROW(L, T)      \
  DEFINE_ROW(L, T)     \
  DEFINE_SHORT(L, T)   \
  DEFINE_COLUMNS(L, T) \
  DEFINE_JOIN(L, T)
LANE_ROWS(ROW)
#undef ROW

#define ROW(L, T) \
  [DSC_LANE_##    \
      L] = {DSC_NAME(row_##L), DSC_NAME(short_##L), DSC_NAME(columns_##L), DSC_NAME(join_##L)},
static const MomentLoops DSC_NAME(moment_loops)[DSC_LANE_COUNT] = {LANE_ROWS(ROW)};
#undef ROW

#undef DSC_FREE_VECTOR
#undef DEFINE_ROW
#undef DEFINE_SHORT
#undef DEFINE_COLUMNS
#undef DEFINE_JOIN
