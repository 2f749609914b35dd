// One instruction set's scans of a block; see scan.c for the rows.
#define DSC_FREE_VECTOR \
  DSC_PRAGMA(clang loop vectorize(assume_safety) vectorize_width(DSC_STEP) interleave_count(1))

#define DEFINE_COLUMNS(HINT, OP, L, T, A, ...)                                              \
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
  }

#define DEFINE_ROWS(OP, L, T, A)                                                         \
  static void DSC_NAME(rows_##OP##_##L)(const Block *block, const void *in, void *state, \
                                        int64_t *place, void *out, int64_t *places) {    \
    A *total = state;                                                                    \
    const int64_t columns = block->columns;                                              \
    (void)place, (void)places;                                                           \
    int64_t r = 0;                                                                       \
    for (; r + SIDE_BY_SIDE <= block->rows; r += SIDE_BY_SIDE) {                         \
      const T *x = (const T *)in + r * block->in_row;                                    \
      T *to = (T *)out + r * block->out_row;                                             \
      A sums[SIDE_BY_SIDE];                                                              \
      memcpy(sums, total + r, sizeof(sums));                                             \
      for (int64_t i = 0; i < columns; i++) {                                            \
        DSC_UNROLL for (int k = 0; k < SIDE_BY_SIDE; k++) {                              \
          sums[k] = DSC_NAME(both_##OP##_##L)(sums[k], (A)x[k * block->in_row + i]);     \
          to[k * block->out_row + i] = (T)sums[k];                                       \
        }                                                                                \
      }                                                                                  \
      memcpy(total + r, sums, sizeof(sums));                                             \
    }                                                                                    \
    for (; r < block->rows; r++) {                                                       \
      const T *x = (const T *)in + r * block->in_row;                                    \
      T *to = (T *)out + r * block->out_row;                                             \
      A sum = total[r];                                                                  \
      for (int64_t i = 0; i < columns; i++) {                                            \
        sum = DSC_NAME(both_##OP##_##L)(sum, (A)x[i]);                                   \
        to[i] = (T)sum;                                                                  \
      }                                                                                  \
      total[r] = sum;                                                                    \
    }                                                                                    \
  }

// Sums of integers: those within a vector by doubling the steps, to which the sum before is added.
#if DSC_VECTOR_BYTES == 64
#define STEPPED(x, zero)                                              \
  x += __builtin_shufflevector(zero, x, 7, 8, 9, 10, 11, 12, 13, 14); \
  x += __builtin_shufflevector(zero, x, 6, 7, 8, 9, 10, 11, 12, 13);  \
  x += __builtin_shufflevector(zero, x, 4, 5, 6, 7, 8, 9, 10, 11)
#define LAST(x) __builtin_shufflevector(x, x, 7, 7, 7, 7, 7, 7, 7, 7)
#elif DSC_VECTOR_BYTES == 32
#define STEPPED(x, zero)                             \
  x += __builtin_shufflevector(zero, x, 3, 4, 5, 6); \
  x += __builtin_shufflevector(zero, x, 2, 3, 4, 5)
#define LAST(x) __builtin_shufflevector(x, x, 3, 3, 3, 3)
#else
#define STEPPED(x, zero) x += __builtin_shufflevector(zero, x, 1, 2)
#define LAST(x)          __builtin_shufflevector(x, x, 1, 1)
#endif
static void DSC_NAME(rows_SUM_I64)(const Block *block, const void *in, void *state, int64_t *place,
                                   void *out, int64_t *places) {
  typedef uint64_t Vector __attribute__((vector_size(DSC_VECTOR_BYTES)));
  enum { LANES = DSC_VECTOR_BYTES / sizeof(uint64_t) };
  uint64_t *total = state;
  (void)place, (void)places;
  for (int64_t r = 0; r < block->rows; r++) {
    const uint64_t *x = (const uint64_t *)in + r * block->in_row;
    uint64_t *to = (uint64_t *)out + r * block->out_row;
    const Vector zero = {0};
    Vector before = zero + total[r];
    int64_t i = 0;
    for (; i + LANES <= block->columns; i += LANES) {
      Vector sums;
      memcpy(&sums, x + i, sizeof(sums));
      STEPPED(sums, zero);
      const Vector here = sums + before;
      memcpy(to + i, &here, sizeof(here));
      before += LAST(sums);
    }
    uint64_t sum = before[0];
    for (; i < block->columns; i++) to[i] = sum += x[i];
    total[r] = sum;
  }
}
#undef STEPPED
#undef LAST

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

#define VECTOR_COLUMNS(OP, L, T, A, ...) DEFINE_COLUMNS(DSC_FREE_VECTOR, OP, L, T, A, __VA_ARGS__)
#define VECTOR_ROW(OP, L, T, A, ...) \
  VECTOR_COLUMNS(OP, L, T, A, __VA_ARGS__) DEFINE_ROWS(OP, L, T, A)
#define SCALAR_ROW(OP, L, T, A, ...) \
  DEFINE_COLUMNS(DSC_SCALAR, OP, L, T, A, __VA_ARGS__) DEFINE_ROWS(OP, L, T, A)
INTEGER_SUMS(VECTOR_COLUMNS)
VECTOR_TOTALS(VECTOR_ROW)
SCALAR_TOTALS(SCALAR_ROW)
EXTREMES(DEFINE_EXTREME)

#define CELL(OP, L, ...) \
  [DSC_SCAN_##OP][DSC_LANE_##L] = {DSC_NAME(rows_##OP##_##L), DSC_NAME(columns_##OP##_##L)},
static const ScanLoops DSC_NAME(scan_loops)[DSC_SCAN_LOGSUMEXP + 1][DSC_LANE_COUNT] = {
    INTEGER_SUMS(CELL) VECTOR_TOTALS(CELL) SCALAR_TOTALS(CELL) EXTREMES(CELL)};
#undef CELL

#undef DSC_FREE_VECTOR
#undef DEFINE_COLUMNS
#undef DEFINE_ROWS
#undef DEFINE_EXTREME
#undef VECTOR_COLUMNS
#undef VECTOR_ROW
#undef SCALAR_ROW
