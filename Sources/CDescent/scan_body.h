// One instruction set's scans of a block; see scan.c for the rows.
#define DSC_FREE_VECTOR \
  DSC_PRAGMA(clang loop vectorize(assume_safety) vectorize_width(DSC_STEP) interleave_count(1))

#define DEFINE_TOTAL(HINT, OP, L, T, A, ...)                                                \
  static inline A DSC_NAME(both_##OP##_##L)(A a, A b) { return __VA_ARGS__; }               \
  static void DSC_NAME(columns_##OP##_##L)(const Block *block, const void *in, void *state, \
                                           int64_t *place, void *out, int64_t *places) {    \
    A *total = state;                                                                       \
    const int64_t columns = block->columns;                                                 \
    (void)place, (void)places;                                                              \
    for (int64_t i = 0; i < block->rows; i++) {                                             \
      const T *x = (const T *)in + i * block->in_row;                                       \
      T *to = (T *)out + i * block->out_row;                                                \
      HINT for (int64_t c = 0; c < columns; c++) {                                          \
        total[c] = DSC_NAME(both_##OP##_##L)(total[c], (A)x[c]);                            \
        to[c] = (T)total[c];                                                                \
      }                                                                                     \
    }                                                                                       \
  }                                                                                         \
  static void DSC_NAME(rows_##OP##_##L)(const Block *block, const void *in, void *state,    \
                                        int64_t *place, void *out, int64_t *places) {       \
    A *total = state;                                                                       \
    const int64_t columns = block->columns;                                                 \
    (void)place, (void)places;                                                              \
    int64_t r = 0;                                                                          \
    for (; r + SIDE_BY_SIDE <= block->rows; r += SIDE_BY_SIDE) {                            \
      const T *x = (const T *)in + r * block->in_row;                                       \
      T *to = (T *)out + r * block->out_row;                                                \
      A sums[SIDE_BY_SIDE];                                                                 \
      memcpy(sums, total + r, sizeof(sums));                                                \
      for (int64_t i = 0; i < columns; i++) {                                               \
        DSC_UNROLL for (int k = 0; k < SIDE_BY_SIDE; k++) {                                 \
          sums[k] = DSC_NAME(both_##OP##_##L)(sums[k], (A)x[k * block->in_row + i]);        \
          to[k * block->out_row + i] = (T)sums[k];                                          \
        }                                                                                   \
      }                                                                                     \
      memcpy(total + r, sums, sizeof(sums));                                                \
    }                                                                                       \
    for (; r < block->rows; r++) {                                                          \
      const T *x = (const T *)in + r * block->in_row;                                       \
      T *to = (T *)out + r * block->out_row;                                                \
      A sum = total[r];                                                                     \
      for (int64_t i = 0; i < columns; i++) {                                               \
        sum = DSC_NAME(both_##OP##_##L)(sum, (A)x[i]);                                      \
        to[i] = (T)sum;                                                                     \
      }                                                                                     \
      total[r] = sum;                                                                       \
    }                                                                                       \
  }

// NaN takes the place of all, and gives it up to NaN only.
#define DEFINE_EXTREME(OP, L, T, COMPARE)                                                   \
  static inline bool DSC_NAME(any_##OP##_##L)(const T *x, T a) {                            \
    unsigned any = 0;                                                                       \
    for (int j = 0; j < TOGETHER; j++) any |= (x[j] COMPARE a) | (x[j] != x[j]);            \
    return any != 0;                                                                        \
  }                                                                                         \
  static void DSC_NAME(columns_##OP##_##L)(const Block *block, const void *in, void *state, \
                                           int64_t *place, void *out, int64_t *places) {    \
    T *extreme = state;                                                                     \
    const int64_t columns = block->columns;                                                 \
    for (int64_t i = 0; i < block->rows; i++) {                                             \
      const T *x = (const T *)in + i * block->in_row;                                       \
      T *to = (T *)out + i * block->out_row;                                                \
      int64_t *to_place = places + i * block->columns;                                      \
      const int64_t index = block->index + i;                                               \
      DSC_FREE_VECTOR for (int64_t c = 0; c < columns; c++) {                               \
        const T a = extreme[c], b = x[c];                                                   \
        const bool take = (b COMPARE a) | (b != b);                                         \
        extreme[c] = to[c] = take ? b : a;                                                  \
        place[c] = to_place[c] = take ? index : place[c];                                   \
      }                                                                                     \
    }                                                                                       \
  }                                                                                         \
  static void DSC_NAME(rows_##OP##_##L)(const Block *block, const void *in, void *state,    \
                                        int64_t *place, void *out, int64_t *places) {       \
    T *extreme = state;                                                                     \
    const int64_t columns = block->columns;                                                 \
    for (int64_t r = 0; r < block->rows; r++) {                                             \
      const T *x = (const T *)in + r * block->in_row;                                       \
      T *to = (T *)out + r * block->out_row;                                                \
      int64_t *to_place = places + r * block->columns;                                      \
      T a = extreme[r];                                                                     \
      int64_t at = place[r];                                                                \
      int64_t i = 0;                                                                        \
      while (i < columns) {                                                                 \
        const int64_t from = i, some = dsc_smaller(TOGETHER, columns - i);                  \
        /* New extremes are rare: most runs have none, and repeat the old one. */           \
        const bool whole = some == TOGETHER && !DSC_NAME(any_##OP##_##L)(x + i, a);         \
        if (whole) {                                                                        \
          for (int j = 0; j < TOGETHER; j++) to[i + j] = a;                                 \
          for (int j = 0; j < TOGETHER; j++) to_place[i + j] = at;                          \
          i += TOGETHER;                                                                    \
        }                                                                                   \
        for (; !whole && i < from + some; i++) {                                            \
          const T b = x[i];                                                                 \
          if (__builtin_expect((b COMPARE a) | (b != b), 0)) a = b, at = block->index + i;  \
          to[i] = a;                                                                        \
          to_place[i] = at;                                                                 \
        }                                                                                   \
      }                                                                                     \
      extreme[r] = a;                                                                       \
      place[r] = at;                                                                        \
    }                                                                                       \
  }

#define VECTOR_ROW(OP, L, T, A, ...) DEFINE_TOTAL(DSC_FREE_VECTOR, OP, L, T, A, __VA_ARGS__)
#define SCALAR_ROW(OP, L, T, A, ...) DEFINE_TOTAL(DSC_SCALAR, OP, L, T, A, __VA_ARGS__)
VECTOR_TOTALS(VECTOR_ROW)
SCALAR_TOTALS(SCALAR_ROW)
EXTREMES(DEFINE_EXTREME)

#define CELL(OP, L, ...) \
  [DSC_SCAN_##OP][DSC_LANE_##L] = {DSC_NAME(rows_##OP##_##L), DSC_NAME(columns_##OP##_##L)},
static const ScanLoops DSC_NAME(scan_loops)[DSC_SCAN_LOGSUMEXP + 1][DSC_LANE_COUNT] = {
    VECTOR_TOTALS(CELL) SCALAR_TOTALS(CELL) EXTREMES(CELL)};
#undef CELL

#undef DSC_FREE_VECTOR
#undef DEFINE_TOTAL
#undef DEFINE_EXTREME
#undef VECTOR_ROW
#undef SCALAR_ROW
