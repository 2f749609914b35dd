// One instruction set's loops of narrow integers; see narrow_loops.c for the rows.

// Whole registers, of at least a step: what is left of a width above it is short.
#define WIDTH(T) (DSC_VECTOR_BYTES / sizeof(T) > DSC_STEP ? DSC_VECTOR_BYTES / sizeof(T) : DSC_STEP)
#define FULL(T) \
  DSC_PRAGMA(clang loop vectorize(assume_safety) vectorize_width(WIDTH(T)) interleave_count(1))
#define ROW1(NAME, traits, L, T, R, ...) DSC_LOOP1(FULL(T), NAME, L, T, R, __VA_ARGS__)
#define ROW2(NAME, traits, L, T, R, ...) DSC_LOOP2(FULL(T), NAME, L, T, R, __VA_ARGS__)
#define ROW3(NAME, traits, L, A, T, ...) DSC_LOOP3(FULL(T), NAME, L, A, T, __VA_ARGS__)
SHARED_ROWS(ROW1, ROW2, ROW3, B8, uint8_t)
SHARED_ROWS(ROW1, ROW2, ROW3, B16, uint16_t)
SHARED_ROWS(ROW1, ROW2, ROW3, B32, uint32_t)
OWN_ROWS(ROW1, ROW2, U8, uint8_t)
OWN_ROWS(ROW1, ROW2, I8, int8_t)
OWN_ROWS(ROW1, ROW2, I16, int16_t)
OWN_ROWS(ROW1, ROW2, I32, int32_t)

// As in int64, division by 0 gives 0 and is reported. The least integer is not divided by -1: it is
// divided by 1 and wraps when its sign is changed. (Conditions would become branches.)
#define DIVISION(NAME, traits, L, T, F, ...)                                                 \
  DSC_LOOP_HEAD(NAME, L) {                                                                   \
    const T *va = pa, *vb = pb;                                                              \
    T *out = po;                                                                             \
    uint32_t zeros = 0;                                                                      \
    (void)pc;                                                                                \
    count &= -DSC_STEP;                                                                      \
    DSC_VECTOR for (int64_t i = 0; i < count; i++) {                                         \
      const int32_t a = va[i], b = vb[i];                                                    \
      const uint32_t zero = b == 0, minus = b == -1, valid = zero - 1;                       \
      const uint32_t cut = WIDE((int32_t)((F)a / (F)(int32_t)(WIDE(b) + zero + 2 * minus))); \
      const int32_t q = (int32_t)(((cut ^ -minus) + minus) & valid);                         \
      const int32_t m = (int32_t)((WIDE(a) - WIDE(q) * WIDE(b)) & valid);                    \
      zeros |= zero;                                                                         \
      out[i] = (T)(__VA_ARGS__);                                                             \
    }                                                                                        \
    return zeros ? DSC_DIVISION_BY_ZERO : DSC_OK;                                            \
  }
DIVISION_ROWS(DIVISION, U8, uint8_t, float)
DIVISION_ROWS(DIVISION, I8, int8_t, float)
DIVISION_ROWS(DIVISION, I16, int16_t, float)
DIVISION_ROWS(DIVISION, I32, int32_t, double)

#define AT(NAME, L) [DSC_OP_##NAME][DSC_LANE_##L - DSC_LANE_COUNT]
#define SHARED8(NAME, ...) \
  AT(NAME, U8) = DSC_LOOP_NAME(NAME, B8), AT(NAME, I8) = DSC_LOOP_NAME(NAME, B8),
#define SHARED16(NAME, ...)        AT(NAME, I16) = DSC_LOOP_NAME(NAME, B16),
#define SHARED32(NAME, ...)        AT(NAME, I32) = DSC_LOOP_NAME(NAME, B32),
#define CELL(NAME, traits, L, ...) AT(NAME, L) = DSC_LOOP_NAME(NAME, L),
static const DscLoop DSC_NAME(narrow_loops)[DSC_OP_COUNT][DSC_NARROW_COUNT] = {
    SHARED_ROWS(SHARED8, SHARED8, SHARED8, , ) SHARED_ROWS(SHARED16, SHARED16, SHARED16, , )
        SHARED_ROWS(SHARED32, SHARED32, SHARED32, , ) OWN_ROWS(CELL, CELL, U8, )
            OWN_ROWS(CELL, CELL, I8, ) OWN_ROWS(CELL, CELL, I16, ) OWN_ROWS(CELL, CELL, I32, )
                DIVISION_ROWS(CELL, U8, , ) DIVISION_ROWS(CELL, I8, , ) DIVISION_ROWS(CELL, I16, , )
                    DIVISION_ROWS(CELL, I32, , )};

#undef WIDTH
#undef FULL
#undef ROW1
#undef ROW2
#undef ROW3
#undef DIVISION
#undef AT
#undef SHARED8
#undef SHARED16
#undef SHARED32
#undef CELL
