// One instruction set's loops of normalisation; see dsc_norm_loops.h. Sums run in 64-byte vectors
// whatever the set, so that their order is the same.
#define FREE_VECTOR \
  DSC_PRAGMA(clang loop vectorize(assume_safety) vectorize_width(DSC_STEP) interleave_count(1))

// The sum of a vector's values, pairwise, as its first one.
#define HALVE(V, ...) V += __builtin_shufflevector(V, V, __VA_ARGS__)
#define FOLD_F32(V)                                               \
  HALVE(V, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7); \
  HALVE(V, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3);       \
  HALVE(V, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1);       \
  HALVE(V, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0)
#define FOLD_F64(V)                 \
  HALVE(V, 4, 5, 6, 7, 0, 1, 2, 3); \
  HALVE(V, 2, 3, 0, 1, 2, 3, 0, 1); \
  HALVE(V, 1, 0, 1, 0, 1, 0, 1, 0)

#define DEFINE_SUMS(L, T)                                                                        \
  typedef T DSC_NAME(V##L) __attribute__((vector_size(64)));                                     \
  typedef T DSC_NAME(U##L) __attribute__((vector_size(64), aligned(__alignof__(T)), may_alias)); \
  static inline double DSC_NAME(total_##L)(const DSC_NAME(V##L) * sums, T tail) {                \
    DSC_NAME(V##L) all = (sums[0] + sums[1]) + (sums[2] + sums[3]);                              \
    FOLD_##L(all);                                                                               \
    return (double)all[0] + (double)tail;                                                        \
  }                                                                                              \
  static double DSC_NAME(sum_##L)(const DscNormBlock *block, const void *px) {                   \
    typedef DSC_NAME(V##L) V;                                                                    \
    typedef DSC_NAME(U##L) U;                                                                    \
    enum { LANES = 64 / sizeof(T), UNROLL = 4 };                                                 \
    const T *x = px;                                                                             \
    const int64_t columns = block->columns;                                                      \
    V sums[UNROLL] = {{0}};                                                                      \
    T tail = 0;                                                                                  \
    for (int64_t r = 0; r < block->rows; r++, x += block->x) {                                   \
      int64_t i = 0;                                                                             \
      for (; i + UNROLL * LANES <= columns; i += UNROLL * LANES)                                 \
        for (int k = 0; k < UNROLL; k++) sums[k] += *(const U *)(x + i + k * LANES);             \
      for (; i + LANES <= columns; i += LANES) sums[0] += *(const U *)(x + i);                   \
      for (; i < columns; i++) tail += x[i];                                                     \
    }                                                                                            \
    return DSC_NAME(total_##L)(sums, tail);                                                      \
  }                                                                                              \
  static void DSC_NAME(deviations_##L)(const DscNormBlock *block, const void *px, double center, \
                                       double *out) {                                            \
    typedef DSC_NAME(V##L) V;                                                                    \
    typedef DSC_NAME(U##L) U;                                                                    \
    enum { LANES = 64 / sizeof(T), UNROLL = 4 };                                                 \
    const T *x = px, mean = (T)center;                                                           \
    const int64_t columns = block->columns;                                                      \
    V once[UNROLL] = {{0}}, twice[UNROLL] = {{0}};                                               \
    T tail = 0, tail_twice = 0;                                                                  \
    for (int64_t r = 0; r < block->rows; r++, x += block->x) {                                   \
      int64_t i = 0;                                                                             \
      for (; i + UNROLL * LANES <= columns; i += UNROLL * LANES) {                               \
        for (int k = 0; k < UNROLL; k++) {                                                       \
          const V d = *(const U *)(x + i + k * LANES) - mean;                                    \
          once[k] += d;                                                                          \
          twice[k] += d * d;                                                                     \
        }                                                                                        \
      }                                                                                          \
      for (; i + LANES <= columns; i += LANES) {                                                 \
        const V d = *(const U *)(x + i) - mean;                                                  \
        once[0] += d;                                                                            \
        twice[0] += d * d;                                                                       \
      }                                                                                          \
      for (; i < columns; i++) {                                                                 \
        const T d = x[i] - mean;                                                                 \
        tail += d;                                                                               \
        tail_twice += d * d;                                                                     \
      }                                                                                          \
    }                                                                                            \
    out[0] = DSC_NAME(total_##L)(once, tail);                                                    \
    out[1] = DSC_NAME(total_##L)(twice, tail_twice);                                             \
  }                                                                                              \
  static void DSC_NAME(products_##L)(const DscNormBlock *block, const void *pg, const void *px,  \
                                     const void *pw, double center, double *out) {               \
    typedef DSC_NAME(V##L) V;                                                                    \
    typedef DSC_NAME(U##L) U;                                                                    \
    enum { LANES = 64 / sizeof(T), UNROLL = 4 };                                                 \
    const T *g = pg, *x = px, *w = pw, mean = (T)center;                                         \
    const int64_t columns = block->columns;                                                      \
    V sums[UNROLL] = {{0}}, products[UNROLL] = {{0}};                                            \
    T tail = 0, tail_products = 0;                                                               \
    for (int64_t r = 0; r < block->rows; r++, g += block->grad, x += block->x) {                 \
      int64_t i = 0;                                                                             \
      for (; i + UNROLL * LANES <= columns; i += UNROLL * LANES) {                               \
        for (int k = 0; k < UNROLL; k++) {                                                       \
          const int64_t at = i + k * LANES;                                                      \
          V v = *(const U *)(g + at);                                                            \
          if (w) v *= *(const U *)(w + at);                                                      \
          sums[k] += v;                                                                          \
          products[k] += v * (*(const U *)(x + at) - mean);                                      \
        }                                                                                        \
      }                                                                                          \
      for (; i + LANES <= columns; i += LANES) {                                                 \
        V v = *(const U *)(g + i);                                                               \
        if (w) v *= *(const U *)(w + i);                                                         \
        sums[0] += v;                                                                            \
        products[0] += v * (*(const U *)(x + i) - mean);                                         \
      }                                                                                          \
      for (; i < columns; i++) {                                                                 \
        const T v = w ? g[i] * w[i] : g[i];                                                      \
        tail += v;                                                                               \
        tail_products += v * (x[i] - mean);                                                      \
      }                                                                                          \
    }                                                                                            \
    out[0] = DSC_NAME(total_##L)(sums, tail);                                                    \
    out[1] = DSC_NAME(total_##L)(products, tail_products);                                       \
  }

// Sums over short segments that follow each other: the last values of one are loaded together with
// those before them, which are blended out.
#define DEFINE_SEGMENTS(L, T, M)                                                                \
  static void DSC_NAME(products_segments_##L)(const void *pg, const void *px, int64_t segments, \
                                              int64_t length, double center, double *out) {     \
    typedef DSC_NAME(V##L) V;                                                                   \
    typedef DSC_NAME(U##L) U;                                                                   \
    typedef M W __attribute__((vector_size(64)));                                               \
    enum { LANES = 64 / sizeof(T) };                                                            \
    const T *g = pg, *x = px, mean = (T)center;                                                 \
    const int64_t whole = length / LANES * LANES;                                               \
    W keep;                                                                                     \
    for (int k = 0; k < LANES; k++) keep[k] = (M)(k >= LANES - (length - whole) ? -1 : 0);      \
    for (int64_t s = 0; s < segments; s++, g += length, x += length) {                          \
      V sums = {0}, products = {0};                                                             \
      T tail = 0, tail_products = 0;                                                            \
      for (int64_t i = 0; i < whole; i += LANES) {                                              \
        const V v = *(const U *)(g + i);                                                        \
        sums += v;                                                                              \
        products += v * (*(const U *)(x + i) - mean);                                           \
      }                                                                                         \
      if (whole > 0 && whole < length) {                                                        \
        const V v = (V)((W) * (const U *)(g + length - LANES) & keep);                          \
        const V d = (V)((W)(*(const U *)(x + length - LANES) - mean) & keep);                   \
        sums += v;                                                                              \
        products += v * d;                                                                      \
      } else {                                                                                  \
        for (int64_t i = whole; i < length; i++) {                                              \
          tail += g[i];                                                                         \
          tail_products += g[i] * (x[i] - mean);                                                \
        }                                                                                       \
      }                                                                                         \
      FOLD_##L(sums);                                                                           \
      FOLD_##L(products);                                                                       \
      out[2 * s] = (double)sums[0] + (double)tail;                                              \
      out[2 * s + 1] = (double)products[0] + (double)tail_products;                             \
    }                                                                                           \
  }

#define DEFINE_MAPS(L, T)                                                                          \
  static void DSC_NAME(apply_##L)(const DscNormBlock *block, const void *px, double center,        \
                                  double factor, double addend, void *py) {                        \
    const T *x = px, mean = (T)center, scale = (T)factor, shift = (T)addend;                       \
    T *y = py;                                                                                     \
    const int64_t columns = block->columns;                                                        \
    for (int64_t r = 0; r < block->rows; r++, x += block->x, y += block->out) {                    \
      FREE_VECTOR for (int64_t i = 0; i < columns; i++) y[i] = (x[i] - mean) * scale + shift;      \
    }                                                                                              \
  }                                                                                                \
  static void DSC_NAME(apply_each_##L)(const void *px, int64_t count, double center,               \
                                       double factor, const void *weight, const void *bias,        \
                                       void *py) {                                                 \
    const T *x = px, *w = weight, *b = bias, mean = (T)center, scale = (T)factor;                  \
    T *y = py;                                                                                     \
    if (w && b) {                                                                                  \
      FREE_VECTOR for (int64_t i = 0; i < count; i++) y[i] = (x[i] - mean) * scale * w[i] + b[i];  \
    } else if (w) {                                                                                \
      FREE_VECTOR for (int64_t i = 0; i < count; i++) y[i] = (x[i] - mean) * scale * w[i];         \
    } else {                                                                                       \
      FREE_VECTOR for (int64_t i = 0; i < count; i++) y[i] = (x[i] - mean) * scale + b[i];         \
    }                                                                                              \
  }                                                                                                \
  static void DSC_NAME(gradient_##L)(const DscNormBlock *block, const void *pg, const void *px,    \
                                     double center, double factor, double steepness,               \
                                     double addend, void *out) {                                   \
    const T *g = pg, *x = px, mean = (T)center, scale = (T)factor, slope = (T)steepness;           \
    const T offset = (T)addend;                                                                    \
    T *dx = out;                                                                                   \
    const int64_t columns = block->columns;                                                        \
    for (int64_t r = 0; r < block->rows; r++, g += block->grad, x += block->x, dx += block->out) { \
      FREE_VECTOR for (int64_t i = 0; i < columns; i++) dx[i] =                                    \
          g[i] * scale + ((x[i] - mean) * slope + offset);                                         \
    }                                                                                              \
  }                                                                                                \
  static inline __attribute__((always_inline)) void DSC_NAME(sets_##L)(                            \
      const int SETS, const bool has_dx, const bool has_sums, const DscNormRun *sets,              \
      int64_t from, const T *g, const T *x, const T *w, T *dx, T *dw, T *db) {                     \
    T mean[4], scale[4], slope[4], offset[4];                                                      \
    for (int r = 0; r < SETS; r++) {                                                               \
      mean[r] = ((const T *)sets->mean)[from + r];                                                 \
      scale[r] = (T)sets->scale[from + r];                                                         \
      slope[r] = (T)sets->slope[from + r];                                                         \
      offset[r] = (T)sets->offset[from + r];                                                       \
    }                                                                                              \
    const int64_t stride = sets->stride;                                                           \
    /* Read where there is none, too: the compiler would load it from NULL with a mask of zeros,   \
       which takes the processor an exception each. */                                             \
    const T *weights = w ? w : g;                                                                  \
    FREE_VECTOR for (int64_t i = 0; i < sets->count; i++) {                                        \
      const T weight = weights[i], factor = w ? weight : 1;                                        \
      T sum = 0, product = 0;                                                                      \
      for (int r = 0; r < SETS; r++) {                                                             \
        const T v = g[i + r * stride], d = x[i + r * stride] - mean[r], scaled = v * scale[r];     \
        if (has_dx) dx[i + r * stride] = scaled * factor + (d * slope[r] + offset[r]);             \
        sum += v;                                                                                  \
        product += scaled * d;                                                                     \
      }                                                                                            \
      if (has_sums) {                                                                              \
        dw[i] += product;                                                                          \
        db[i] += sum;                                                                              \
      }                                                                                            \
    }                                                                                              \
  }                                                                                                \
  static void DSC_NAME(gradient_each_##L)(const DscNormRun *sets, const void *pg, const void *px,  \
                                          const void *weight, void *out, void *dweight,            \
                                          void *dbias) {                                           \
    const T *g = pg, *x = px, *w = weight;                                                         \
    T *dx = out, *dw = dweight, *db = dbias;                                                       \
    for (int64_t from = 0; from < sets->sets;) {                                                   \
      const bool four = from + 4 <= sets->sets;                                                    \
      const int64_t at = from * sets->stride;                                                      \
      T *to = dx ? dx + at : NULL;                                                                 \
      if (four && dx && dw) {                                                                      \
        DSC_NAME(sets_##L)(4, true, true, sets, from, g + at, x + at, w, to, dw, db);              \
      } else if (four && dx) {                                                                     \
        DSC_NAME(sets_##L)(4, true, false, sets, from, g + at, x + at, w, to, NULL, NULL);         \
      } else if (four) {                                                                           \
        DSC_NAME(sets_##L)(4, false, true, sets, from, g + at, x + at, w, NULL, dw, db);           \
      } else if (dx && dw) {                                                                       \
        DSC_NAME(sets_##L)(1, true, true, sets, from, g + at, x + at, w, to, dw, db);              \
      } else if (dx) {                                                                             \
        DSC_NAME(sets_##L)(1, true, false, sets, from, g + at, x + at, w, to, NULL, NULL);         \
      } else {                                                                                     \
        DSC_NAME(sets_##L)(1, false, true, sets, from, g + at, x + at, w, NULL, dw, db);           \
      }                                                                                            \
      from += four ? 4 : 1;                                                                        \
    }                                                                                              \
  }                                                                                                \
  static void DSC_NAME(add_##L)(const void *pa, int64_t count, void *out) {                        \
    const T *from = pa;                                                                            \
    T *to = out;                                                                                   \
    FREE_VECTOR for (int64_t i = 0; i < count; i++) to[i] += from[i];                              \
  }

#define DEFINE_COLUMNS(L, T)                                                                  \
  static void DSC_NAME(apply_columns_##L)(const void *px, int64_t rows, int64_t columns,      \
                                          const void *pm, const void *ps, const void *pt,     \
                                          void *py) {                                         \
    const T *x = px, *mean = pm, *scale = ps, *shift = pt;                                    \
    T *y = py;                                                                                \
    for (int64_t r = 0; r < rows; r++, x += columns, y += columns) {                          \
      FREE_VECTOR for (int64_t c = 0; c < columns; c++) y[c] =                                \
          (x[c] - mean[c]) * scale[c] + shift[c];                                             \
    }                                                                                         \
  }                                                                                           \
  static void DSC_NAME(products_columns_##L)(const void *pg, const void *px, int64_t rows,    \
                                             int64_t columns, const void *pm, void *ps,       \
                                             void *pp) {                                      \
    const T *g = pg, *x = px, *mean = pm;                                                     \
    T *sums = ps, *products = pp;                                                             \
    int64_t r = 0;                                                                            \
    for (; r + 4 <= rows; r += 4, g += 4 * columns, x += 4 * columns) {                       \
      FREE_VECTOR for (int64_t c = 0; c < columns; c++) {                                     \
        const T m = mean[c], g0 = g[c], g1 = g[c + columns], g2 = g[c + 2 * columns];         \
        const T g3 = g[c + 3 * columns];                                                      \
        sums[c] += (g0 + g1) + (g2 + g3);                                                     \
        products[c] += g0 * (x[c] - m) + g1 * (x[c + columns] - m) +                          \
                       g2 * (x[c + 2 * columns] - m) + g3 * (x[c + 3 * columns] - m);         \
      }                                                                                       \
    }                                                                                         \
    for (; r < rows; r++, g += columns, x += columns) {                                       \
      FREE_VECTOR for (int64_t c = 0; c < columns; c++) {                                     \
        sums[c] += g[c];                                                                      \
        products[c] += g[c] * (x[c] - mean[c]);                                               \
      }                                                                                       \
    }                                                                                         \
  }                                                                                           \
  static void DSC_NAME(gradient_columns_##L)(const void *pg, const void *px, int64_t rows,    \
                                             int64_t columns, const void *pm, const void *pa, \
                                             const void *pb, const void *pc, void *out) {     \
    const T *g = pg, *x = px, *mean = pm, *scale = pa, *slope = pb, *offset = pc;             \
    T *dx = out;                                                                              \
    for (int64_t r = 0; r < rows; r++, g += columns, x += columns, dx += columns) {           \
      FREE_VECTOR for (int64_t c = 0; c < columns; c++) dx[c] =                               \
          g[c] * scale[c] + ((x[c] - mean[c]) * slope[c] + offset[c]);                        \
    }                                                                                         \
  }

#define ROW(L, T)   \
  DEFINE_SUMS(L, T) \
  DEFINE_MAPS(L, T) \
  DEFINE_COLUMNS(L, T)
LANE_ROWS(ROW)
#undef ROW
DEFINE_SEGMENTS(F32, float, int32_t)
DEFINE_SEGMENTS(F64, double, int64_t)

#define ROW(L, T)                                        \
  {.sum = DSC_NAME(sum_##L),                             \
   .deviations = DSC_NAME(deviations_##L),               \
   .apply = DSC_NAME(apply_##L),                         \
   .apply_each = DSC_NAME(apply_each_##L),               \
   .products = DSC_NAME(products_##L),                   \
   .products_segments = DSC_NAME(products_segments_##L), \
   .gradient = DSC_NAME(gradient_##L),                   \
   .gradient_each = DSC_NAME(gradient_each_##L),         \
   .apply_columns = DSC_NAME(apply_columns_##L),         \
   .products_columns = DSC_NAME(products_columns_##L),   \
   .gradient_columns = DSC_NAME(gradient_columns_##L),   \
   .add = DSC_NAME(add_##L)},
static const DscNormLoops DSC_NAME(norm_loops)[2] = {LANE_ROWS(ROW)};
#undef ROW

#undef FREE_VECTOR
#undef HALVE
#undef FOLD_F32
#undef FOLD_F64
#undef DEFINE_SUMS
#undef DEFINE_SEGMENTS
#undef DEFINE_MAPS
#undef DEFINE_COLUMNS
