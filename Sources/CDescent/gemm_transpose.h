// Transposing vectors of one element type DSC_T: four elements of as many lines as a vector has
// lanes. Loads, shuffles and stores take whole vectors; of lines one by one they would take fours.
// No include guard.

#undef DSC_TRANSPOSES
#define DSC_TRANSPOSES (DSC_VECTOR_BYTES / DSC_T_BYTES >= 8)

typedef DSC_T DSC_TYPED(Quarter) __attribute__((ext_vector_type(4), aligned(sizeof(DSC_T))));

// Transposes 4 x 4 elements.
static inline __attribute__((always_inline)) void DSC_TYPED(transpose_four)(DSC_TYPED(Quarter)
                                                                                x[4]) {
  typedef DSC_TYPED(Quarter) Four;
  const Four low01 = __builtin_shufflevector(x[0], x[1], 0, 4, 1, 5);
  const Four low23 = __builtin_shufflevector(x[2], x[3], 0, 4, 1, 5);
  const Four high01 = __builtin_shufflevector(x[0], x[1], 2, 6, 3, 7);
  const Four high23 = __builtin_shufflevector(x[2], x[3], 2, 6, 3, 7);
  x[0] = __builtin_shufflevector(low01, low23, 0, 1, 4, 5);
  x[1] = __builtin_shufflevector(low01, low23, 2, 3, 6, 7);
  x[2] = __builtin_shufflevector(high01, high23, 0, 1, 4, 5);
  x[3] = __builtin_shufflevector(high01, high23, 2, 3, 6, 7);
}

#if DSC_TRANSPOSES

#if DSC_VECTOR_BYTES / DSC_T_BYTES == 16
#define DSC_EACH_FOUR(a, b, c, d) \
  a, b, c, d, a + 4, b + 4, c + 4, d + 4, a + 8, b + 8, c + 8, d + 8, a + 12, b + 12, c + 12, d + 12
#else
#define DSC_EACH_FOUR(a, b, c, d) a, b, c, d, a + 4, b + 4, c + 4, d + 4
#endif

// Of each four lanes: the first or last two of both in turn, and the first or last pairs of both.
#define DSC_SHUFFLE(x, y, a, b, c, d) __builtin_shufflevector(x, y, DSC_EACH_FOUR(a, b, c, d))
#define DSC_FIRST(x, y)               DSC_SHUFFLE(x, y, 0, DSC_WIDE, 1, DSC_WIDE + 1)
#define DSC_LAST(x, y)                DSC_SHUFFLE(x, y, 2, DSC_WIDE + 2, 3, DSC_WIDE + 3)
#define DSC_FIRST_PAIRS(x, y)         DSC_SHUFFLE(x, y, 0, 1, DSC_WIDE, DSC_WIDE + 1)
#define DSC_LAST_PAIRS(x, y)          DSC_SHUFFLE(x, y, 2, 3, DSC_WIDE + 2, DSC_WIDE + 3)
#define DSC_WIDE                      (DSC_VECTOR_BYTES / DSC_T_BYTES)

// Transposes 4 x 4 elements within each four lanes.
static inline __attribute__((always_inline)) void DSC_TYPED(transpose_fours)(DSC_TYPED(Vector)
                                                                                 x[4]) {
  const DSC_TYPED(Vector) first01 = DSC_FIRST(x[0], x[1]), first23 = DSC_FIRST(x[2], x[3]);
  const DSC_TYPED(Vector) last01 = DSC_LAST(x[0], x[1]), last23 = DSC_LAST(x[2], x[3]);
  x[0] = DSC_FIRST_PAIRS(first01, first23), x[1] = DSC_LAST_PAIRS(first01, first23);
  x[2] = DSC_FIRST_PAIRS(last01, last23), x[3] = DSC_LAST_PAIRS(last01, last23);
}

// Element e of line l is lane l of x[e].
static inline __attribute__((always_inline)) void DSC_TYPED(store_fours)(DSC_TYPED(Vector) x[4],
                                                                         DSC_T *to, int64_t line) {
  typedef DSC_TYPED(Quarter) Quarter;
  DSC_TYPED(transpose_fours)(x);
#pragma clang loop unroll(full)
  for (int i = 0; i < 4; i++) {
    DSC_T *at = to + i * line;
    *(Quarter *)at = __builtin_shufflevector(x[i], x[i], 0, 1, 2, 3);
    *(Quarter *)(at + 4 * line) = __builtin_shufflevector(x[i], x[i], 4, 5, 6, 7);
#if DSC_VECTOR_BYTES / DSC_T_BYTES == 16
    *(Quarter *)(at + 8 * line) = __builtin_shufflevector(x[i], x[i], 8, 9, 10, 11);
    *(Quarter *)(at + 12 * line) = __builtin_shufflevector(x[i], x[i], 12, 13, 14, 15);
#endif
  }
}

#undef DSC_EACH_FOUR
#undef DSC_SHUFFLE
#undef DSC_FIRST
#undef DSC_LAST
#undef DSC_FIRST_PAIRS
#undef DSC_LAST_PAIRS
#undef DSC_WIDE
#endif
