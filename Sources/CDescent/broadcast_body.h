// One instruction set's loops over rows; see broadcast_loops.c for the instructions.

// `one_a` and `one_b` are literals in every caller.
#define ROWS_LOOP(NAME, L, T, R, ...)                                               \
  static inline __attribute__((always_inline)) void DSC_NAME(NAME##_##L##_rows_of)( \
      bool one_a, bool one_b, const DscRows *rows) {                                \
    const char *pa = rows->a, *pb = rows->b;                                        \
    char *po = rows->out;                                                           \
    for (int64_t k = 0; k < rows->count; k++) {                                     \
      const T *va = (const void *)pa, *vb = (const void *)pb;                       \
      const T a0 = *va, b0 = *vb;                                                   \
      R *out = (void *)po;                                                          \
      DSC_VECTOR for (int64_t i = 0; i < rows->columns; i++) {                      \
        const T a = one_a ? a0 : va[i], b = one_b ? b0 : vb[i];                     \
        out[i] = (R)(__VA_ARGS__);                                                  \
      }                                                                             \
      pa += rows->a_step, pb += rows->b_step, po += rows->out_step;                 \
    }                                                                               \
  }                                                                                 \
  static void DSC_NAME(NAME##_##L##_rows)(const DscRows *rows) {                    \
    if (rows->one_a) {                                                              \
      DSC_NAME(NAME##_##L##_rows_of)(true, false, rows);                            \
    } else if (rows->one_b) {                                                       \
      DSC_NAME(NAME##_##L##_rows_of)(false, true, rows);                            \
    } else {                                                                        \
      DSC_NAME(NAME##_##L##_rows_of)(false, false, rows);                           \
    }                                                                               \
  }
ALL_ROWS(ROWS_LOOP)

#define CELL(NAME, L, ...) [DSC_OP_##NAME][DSC_LANE_##L] = DSC_NAME(NAME##_##L##_rows),
static const DscRowsLoop DSC_NAME(rows_loops)[DSC_OP_COUNT][DSC_LANE_COUNT] = {ALL_ROWS(CELL)};

#undef ROWS_LOOP
#undef CELL
