// One instruction set's loops that look for places; see arg_reduce.c for the rows.
#define DSC_FREE_VECTOR \
  DSC_PRAGMA(clang loop vectorize(assume_safety) vectorize_width(DSC_STEP) interleave_count(1))

// The first place of a value that is there; NaN finds NaN.
#define DEFINE_FIND(L, T)                                                                 \
  static int64_t DSC_NAME(find_##L)(const void *data, int64_t count, const void *value) { \
    const T *x = data, wanted = *(const T *)value;                                        \
    const bool nan = wanted != wanted;                                                    \
    int64_t block = 0;                                                                    \
    for (; block + 64 <= count; block += 64) {                                            \
      int found = 0;                                                                      \
      if (nan) {                                                                          \
        for (int i = 0; i < 64; i++) found |= x[block + i] != x[block + i];               \
      } else {                                                                            \
        for (int i = 0; i < 64; i++) found |= x[block + i] == wanted;                     \
      }                                                                                   \
      if (found) break;                                                                   \
    }                                                                                     \
    int64_t i = block;                                                                    \
    while (!(nan ? x[i] != x[i] : x[i] == wanted)) i++;                                   \
    return i;                                                                             \
  }

// Whether `x` takes the place of the best so far.
#define BEATS(x, best, COMPARE) (((x)COMPARE(best)) | (((x) != (x)) & ((best) == (best))))

#define DEFINE_COLUMNS(NAME, L, T, COMPARE)                                                        \
  static void DSC_NAME(NAME##_##L)(void *best_values, int32_t *best_rows, const void *data,        \
                                   int64_t stride, int64_t rows, int64_t columns, int32_t first) { \
    T *best = best_values;                                                                         \
    const T *x = data;                                                                             \
    for (; rows >= 4; rows -= 4, x += 4 * stride, first += 4) {                                    \
      const T *x1 = x + stride, *x2 = x1 + stride, *x3 = x2 + stride;                              \
      DSC_FREE_VECTOR for (int64_t c = 0; c < columns; c++) {                                      \
        const bool b = BEATS(x1[c], x[c], COMPARE), d = BEATS(x3[c], x2[c], COMPARE);              \
        const T low = b ? x1[c] : x[c], high = d ? x3[c] : x2[c];                                  \
        const int32_t low_row = b ? first + 1 : first, high_row = d ? first + 3 : first + 2;       \
        const bool e = BEATS(high, low, COMPARE);                                                  \
        const T four = e ? high : low, old = best[c];                                              \
        const int32_t four_row = e ? high_row : low_row;                                           \
        const bool f = BEATS(four, old, COMPARE);                                                  \
        best[c] = f ? four : old;                                                                  \
        best_rows[c] = f ? four_row : best_rows[c];                                                \
      }                                                                                            \
    }                                                                                              \
    for (; rows > 0; rows--, x += stride, first++) {                                               \
      DSC_FREE_VECTOR for (int64_t c = 0; c < columns; c++) {                                      \
        const bool b = BEATS(x[c], best[c], COMPARE);                                              \
        best[c] = b ? x[c] : best[c];                                                              \
        best_rows[c] = b ? first : best_rows[c];                                                   \
      }                                                                                            \
    }                                                                                              \
  }

// Places of values that are there, of short rows. Without branches: what they would depend on is
// random.
#define DEFINE_ROWS(L, T)                                                                       \
  static void DSC_NAME(rows_##L)(const void *data, int64_t stride, int64_t rows, int64_t count, \
                                 const void *values, int64_t *places) {                         \
    const T *x = data, *wanted = values;                                                        \
    for (int64_t r = 0; r < rows; r++, x += stride) {                                           \
      const T value = wanted[r];                                                                \
      int64_t place = 0;                                                                        \
      for (int64_t i = count - 1; i >= 0; i--) {                                                \
        const bool here = (x[i] == value) | ((x[i] != x[i]) & (value != value));                \
        place = here ? i : place;                                                               \
      }                                                                                         \
      places[r] = place;                                                                        \
    }                                                                                           \
  }                                                                                             \
  static bool DSC_NAME(beats_##L)(bool largest, const void *a, const void *b) {                 \
    const T x = *(const T *)a, y = *(const T *)b;                                               \
    return largest ? BEATS(x, y, >) : BEATS(x, y, <);                                           \
  }

#define ROW(L, T)                           \
  DEFINE_FIND(L, T)                         \
  DEFINE_COLUMNS(columns_largest, L, T, >)  \
  DEFINE_COLUMNS(columns_smallest, L, T, <) \
  DEFINE_ROWS(L, T)
LANE_ROWS(ROW)
#undef ROW

#define ROW(L, T)                                                                    \
  [DSC_LANE_##L] = {DSC_NAME(find_##L),                                              \
                    {DSC_NAME(columns_smallest_##L), DSC_NAME(columns_largest_##L)}, \
                    DSC_NAME(rows_##L),                                              \
                    DSC_NAME(beats_##L)},
static const ArgLoops DSC_NAME(arg_loops)[DSC_LANE_COUNT] = {LANE_ROWS(ROW)};
#undef ROW

#undef DSC_FREE_VECTOR
#undef DEFINE_FIND
#undef BEATS
#undef DEFINE_COLUMNS
#undef DEFINE_ROWS
