// One instruction set's loops over a block of the softmax; see softmax.c for the rows.
#define DSC_FREE_VECTOR \
  DSC_PRAGMA(clang loop vectorize(assume_safety) vectorize_width(DSC_STEP) interleave_count(1))

#define DEFINE_STEP(NAME, L, T, ...)                                                          \
  static void DSC_NAME(NAME##_##L)(const Block *block, const void *pa, const void *pb,        \
                                   const void *pp, const void *pq, void *out) {               \
    const int64_t columns = block->columns;                                                   \
    for (int64_t r = 0; r < block->rows; r++) {                                               \
      const T *va = (const T *)pa + r * block->a_row, *vb = (const T *)pb + r * block->b_row; \
      const T *vp = pp, *vq = pq;                                                             \
      T *to = (T *)out + r * block->out_row;                                                  \
      if (block->by_column) {                                                                 \
        DSC_FREE_VECTOR for (int64_t c = 0; c < columns; c++) {                               \
          const T a = va[c], b = vb[c], p = vp[c], q = vq[c];                                 \
          (void)b, (void)p, (void)q;                                                          \
          to[c] = __VA_ARGS__;                                                                \
        }                                                                                     \
      } else {                                                                                \
        const T p = vp[r], q = vq[r];                                                         \
        (void)p, (void)q;                                                                     \
        DSC_FREE_VECTOR for (int64_t c = 0; c < columns; c++) {                               \
          const T a = va[c], b = vb[c];                                                       \
          (void)b;                                                                            \
          to[c] = __VA_ARGS__;                                                                \
        }                                                                                     \
      }                                                                                       \
    }                                                                                         \
  }

#define ROW(NAME, ...)                       \
  DEFINE_STEP(NAME, F32, float, __VA_ARGS__) \
  DEFINE_STEP(NAME, F64, double, __VA_ARGS__)
STEP_ROWS(ROW)
#undef ROW

#define ROW(NAME, ...) \
  [STEP_##NAME] = {[DSC_LANE_F32] = DSC_NAME(NAME##_F32), [DSC_LANE_F64] = DSC_NAME(NAME##_F64)},
static const Step DSC_NAME(steps)[STEP_COUNT][DSC_LANE_COUNT] = {STEP_ROWS(ROW)};
#undef ROW

#undef DSC_FREE_VECTOR
#undef DEFINE_STEP
