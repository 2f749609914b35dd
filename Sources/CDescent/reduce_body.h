// One instruction set's loops of the reductions; see reduce_loops.c for the rows.
#define VECTOR_TYPES(T, M)                                                          \
  typedef T V __attribute__((vector_size(64)));                                     \
  typedef M W __attribute__((vector_size(64)));                                     \
  typedef T U __attribute__((vector_size(64), aligned(__alignof__(T)), may_alias)); \
  enum { LANES = 64 / sizeof(T), UNROLL = 4, BLOCK = UNROLL * LANES, CHAIN = 16 * BLOCK }
// Integers never ask for it.
#define NAN_OF(T) ((T)(((T)1 / 2 != 0) ? NAN : 0))
#define LOAD(p)   (*(const U *)(p))
#define ABSORB(vector, value, BOTH_VECTORS, NOTE) \
  do {                                            \
    const V a = vector, b = value;                \
    NOTE;                                         \
    vector = BOTH_VECTORS;                        \
  } while (0)
#define DSC_FREE_VECTOR \
  DSC_PRAGMA(clang loop vectorize(assume_safety) vectorize_width(DSC_STEP) interleave_count(1))

#define DEFINE_BOTH(OP, L, T, BOTH)                                                       \
  static inline T DSC_NAME(both_##OP##_##L)(T a, T b) { return (T)(BOTH); }               \
  /* values[0] = op over a power of two of them, by halving */                            \
  static inline T DSC_NAME(fold_##OP##_##L)(T * x, int count) {                           \
    for (int half = count / 2; half > 0; half /= 2)                                       \
      for (int k = 0; k < half; k++) x[k] = DSC_NAME(both_##OP##_##L)(x[k], x[k + half]); \
    return x[0];                                                                          \
  }

// Fewer values than a vector holds: four chains.
#define DEFINE_SHORT(OP, L, T)                                                                \
  static inline T DSC_NAME(short_##OP##_##L)(const T *x, int64_t count) {                     \
    T chains[4];                                                                              \
    if (count < 4) {                                                                          \
      T all = x[0];                                                                           \
      for (int64_t i = 1; i < count; i++) all = DSC_NAME(both_##OP##_##L)(all, x[i]);         \
      return all;                                                                             \
    }                                                                                         \
    for (int k = 0; k < 4; k++) chains[k] = x[k];                                             \
    int64_t i = 4;                                                                            \
    for (; i + 4 <= count; i += 4)                                                            \
      for (int k = 0; k < 4; k++) chains[k] = DSC_NAME(both_##OP##_##L)(chains[k], x[i + k]); \
    for (int k = 0; k < 3; k++)                                                               \
      if (i + k < count) chains[k] = DSC_NAME(both_##OP##_##L)(chains[k], x[i + k]);          \
    return DSC_NAME(fold_##OP##_##L)(chains, 4);                                              \
  }

// Four vectors side by side, and a second level of four after every sixteen steps. What is left
// over at the end is loaded together with the values before it, which are blended out.
#define DEFINE_LONG(OP, L, T, M, IDENTITY, BOTH_VECTORS, NOTE)                           \
  static inline T DSC_NAME(long_##OP##_##L)(const T *x, int64_t count) {                 \
    VECTOR_TYPES(T, M);                                                                  \
    W lost = {0};                                                                        \
    V sum = LOAD(x);                                                                     \
    int64_t i = LANES;                                                                   \
    if (count >= BLOCK) {                                                                \
      V sums[UNROLL];                                                                    \
      const int64_t whole = count - count % BLOCK;                                       \
      for (int64_t from = 0; from < whole; from += CHAIN) {                              \
        const int64_t end = whole - from < CHAIN ? whole : from + CHAIN;                 \
        V chains[UNROLL];                                                                \
        for (int k = 0; k < UNROLL; k++) chains[k] = LOAD(x + from + k * LANES);         \
        for (i = from + BLOCK; i < end; i += BLOCK)                                      \
          for (int k = 0; k < UNROLL; k++)                                               \
            ABSORB(chains[k], LOAD(x + i + k * LANES), BOTH_VECTORS, NOTE);              \
        for (int k = 0; k < UNROLL; k++) {                                               \
          if (from > 0) ABSORB(chains[k], sums[k], BOTH_VECTORS, NOTE);                  \
          sums[k] = chains[k];                                                           \
        }                                                                                \
      }                                                                                  \
      i = whole;                                                                         \
      ABSORB(sums[0], sums[2], BOTH_VECTORS, NOTE);                                      \
      ABSORB(sums[1], sums[3], BOTH_VECTORS, NOTE);                                      \
      ABSORB(sums[0], sums[1], BOTH_VECTORS, NOTE);                                      \
      sum = sums[0];                                                                     \
    }                                                                                    \
    for (; i + LANES <= count; i += LANES) ABSORB(sum, LOAD(x + i), BOTH_VECTORS, NOTE); \
    if (i < count) {                                                                     \
      W keep;                                                                            \
      V none;                                                                            \
      const int done = LANES - (int)(count - i);                                         \
      for (int k = 0; k < LANES; k++) keep[k] = (M)(k >= done ? -1 : 0);                 \
      for (int k = 0; k < LANES; k++) none[k] = (T)(IDENTITY);                           \
      const V last = LOAD(x + count - LANES);                                            \
      ABSORB(sum, (V)((keep & (W)last) | (~keep & (W)none)), BOTH_VECTORS, NOTE);        \
    }                                                                                    \
    T values[LANES];                                                                     \
    memcpy(values, &sum, sizeof(values));                                                \
    const T all = DSC_NAME(fold_##OP##_##L)(values, LANES);                              \
    M any = 0;                                                                           \
    for (int k = 0; k < LANES; k++) any |= lost[k];                                      \
    return any ? NAN_OF(T) : all;                                                        \
  }

#define DEFINE_ROWS(OP, L, T)                                                                      \
  static void DSC_NAME(rows_##OP##_##L)(const void *data, int64_t stride, int64_t rows,            \
                                        int64_t count, void *out) {                                \
    const T *x = data;                                                                             \
    T *to = out;                                                                                   \
    if (count < (int64_t)(64 / sizeof(T))) {                                                       \
      for (int64_t r = 0; r < rows; r++, x += stride)                                              \
        to[r] = DSC_NAME(short_##OP##_##L)(x, count);                                              \
    } else {                                                                                       \
      for (int64_t r = 0; r < rows; r++, x += stride) to[r] = DSC_NAME(long_##OP##_##L)(x, count); \
    }                                                                                              \
  }

// Eight rows meet in registers before they meet the sums.
#define DEFINE_COLUMNS(OP, L, T)                                                         \
  static void DSC_NAME(columns_##OP##_##L)(void *sums, const void *data, int64_t stride, \
                                           int64_t rows, int64_t columns, bool fresh) {  \
    T *to = sums;                                                                        \
    const T *x = data;                                                                   \
    for (; rows >= 8; rows -= 8, x += 8 * stride, fresh = false) {                       \
      const T *x1 = x + stride, *x2 = x1 + stride, *x3 = x2 + stride, *x4 = x3 + stride; \
      const T *x5 = x4 + stride, *x6 = x5 + stride, *x7 = x6 + stride;                   \
      DSC_FREE_VECTOR for (int64_t c = 0; c < columns; c++) {                            \
        T chains[8] = {x[c], x1[c], x2[c], x3[c], x4[c], x5[c], x6[c], x7[c]};           \
        const T all = DSC_NAME(fold_##OP##_##L)(chains, 8);                              \
        to[c] = fresh ? all : DSC_NAME(both_##OP##_##L)(to[c], all);                     \
      }                                                                                  \
    }                                                                                    \
    if (fresh && rows > 0) {                                                             \
      memcpy(to, x, (size_t)columns * sizeof(T));                                        \
      rows--, x += stride;                                                               \
    }                                                                                    \
    for (; rows >= 2; rows -= 2, x += 2 * stride) {                                      \
      const T *x1 = x + stride;                                                          \
      DSC_FREE_VECTOR for (int64_t c = 0; c < columns; c++) {                            \
        const T all = DSC_NAME(both_##OP##_##L)(x[c], x1[c]);                            \
        to[c] = DSC_NAME(both_##OP##_##L)(to[c], all);                                   \
      }                                                                                  \
    }                                                                                    \
    if (rows > 0) {                                                                      \
      DSC_FREE_VECTOR for (int64_t c = 0; c < columns; c++) to[c] =                      \
          DSC_NAME(both_##OP##_##L)(to[c], x[c]);                                        \
    }                                                                                    \
  }

#define ROW(OP, L, T, M, IDENTITY, BOTH, BOTH_VECTORS, NOTE) \
  DEFINE_BOTH(OP, L, T, BOTH)                                \
  DEFINE_SHORT(OP, L, T)                                     \
  DEFINE_LONG(OP, L, T, M, IDENTITY, BOTH_VECTORS, NOTE)     \
  DEFINE_ROWS(OP, L, T)                                      \
  DEFINE_COLUMNS(OP, L, T)
ROWS(ROW)
#undef ROW

#define ROW(OP, L, ...) \
  [DSC_REDUCE_##OP][DSC_LANE_##L] = {DSC_NAME(rows_##OP##_##L), DSC_NAME(columns_##OP##_##L)},
static const DscReduceLoops DSC_NAME(reduce_loops)[DSC_REDUCE_ALL + 1][DSC_LANE_COUNT] = {
    ROWS(ROW)};
#undef ROW

#undef VECTOR_TYPES
#undef NAN_OF
#undef LOAD
#undef ABSORB
#undef DSC_FREE_VECTOR
#undef DEFINE_BOTH
#undef DEFINE_SHORT
#undef DEFINE_LONG
#undef DEFINE_ROWS
#undef DEFINE_COLUMNS
