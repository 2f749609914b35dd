// Rows of a copy for one instruction set. No include guard.

#define DSC_WHOLE_VECTORS _Pragma("clang loop vectorize(assume_safety)")

#define DEFINE_ROWS(bits)                                                                        \
  static void DSC_NAME(turned_##bits)(const DscCopiedRows *rows) {                               \
    const int64_t count = rows->rows, columns = rows->columns;                                   \
    const int64_t from_row = rows->from_row, to_row = rows->to_row;                              \
    const uint##bits##_t *from = rows->from;                                                     \
    uint##bits##_t *to = rows->to;                                                               \
    for (int64_t r = 0; r < count; r++, from += from_row, to += to_row)                          \
      DSC_WHOLE_VECTORS for (int64_t c = 0; c < columns; c++) to[c] = from[-c];                  \
  }                                                                                              \
  /* Each element of a column `count` times, a constant: one shuffle for a vector of the result. \
   */                                                                                            \
  static inline __attribute__((always_inline)) void DSC_NAME(interleaved_##bits)(                \
      const uint##bits##_t *from, int64_t rows, int64_t count, uint##bits##_t *to) {             \
    DSC_WHOLE_VECTORS for (int64_t r = 0; r < rows; r++) for (int64_t c = 0; c < count; c++)     \
        to[r * count + c] = from[r];                                                             \
  }                                                                                              \
  /* Each element of a column over a whole row. Vectors reach into the rows behind, which are */ \
  /* written later; the last rows have none. */                                                  \
  static void DSC_NAME(repeated_##bits)(const DscCopiedRows *rows) {                             \
    typedef uint##bits##_t T;                                                                    \
    typedef T Vector __attribute__((vector_size(DSC_VECTOR_BYTES), aligned(sizeof(T))));         \
    enum { LANES = DSC_VECTOR_BYTES / sizeof(T) };                                               \
    const T *from = rows->from;                                                                  \
    T *to = rows->to;                                                                            \
    const int64_t count = rows->columns, step = rows->from_row, all = rows->rows;                \
    if (step == 1 && count == 2) return DSC_NAME(interleaved_##bits)(from, all, 2, to);          \
    if (step == 1 && count == 3) return DSC_NAME(interleaved_##bits)(from, all, 3, to);          \
    if (step == 1 && count == 4) return DSC_NAME(interleaved_##bits)(from, all, 4, to);          \
    const int64_t reach = dsc_up_to(count, LANES) - count, last = dsc_parts(reach, count);       \
    int64_t r = 0;                                                                               \
    for (; r + last < all; r++, from += step, to += count) {                                     \
      const Vector value = (Vector){0} + *from;                                                  \
      for (int64_t c = 0; c < count; c += LANES) *(Vector *)(void *)(to + c) = value;            \
    }                                                                                            \
    for (; r < all; r++, from += step, to += count)                                              \
      for (int64_t c = 0; c < count; c++) to[c] = *from;                                         \
  }
DEFINE_ROWS(8)
DEFINE_ROWS(16)
DEFINE_ROWS(32)
DEFINE_ROWS(64)
#undef DEFINE_ROWS

// Rows of `bytes`, from `half` to twice as many: a move of the beginning, another of the end.
static inline __attribute__((always_inline)) void DSC_NAME(two_moves)(const DscCopiedRows *rows,
                                                                      int64_t bytes, size_t half) {
  const int64_t from_row = rows->from_row * (int64_t)rows->size;
  const int64_t to_row = rows->to_row * (int64_t)rows->size, end = bytes - (int64_t)half;
  const char *from = rows->from;
  char *to = rows->to;
  for (int64_t r = rows->rows; r > 0; r--, from += from_row, to += to_row) {
    char first[32], last[32];
    memcpy(first, from, half), memcpy(last, from + end, half);
    memcpy(to, first, half), memcpy(to + end, last, half);
  }
}

static void DSC_NAME(short_rows)(const DscCopiedRows *rows) {
  const int64_t bytes = rows->columns * (int64_t)rows->size;
  if (bytes > 32) return DSC_NAME(two_moves)(rows, bytes, 32);
  if (bytes > 16) return DSC_NAME(two_moves)(rows, bytes, 16);
  if (bytes > 8) return DSC_NAME(two_moves)(rows, bytes, 8);
  if (bytes > 4) return DSC_NAME(two_moves)(rows, bytes, 4);
  if (bytes > 2) return DSC_NAME(two_moves)(rows, bytes, 2);
  DSC_NAME(two_moves)(rows, bytes, 1);
}

#undef DSC_WHOLE_VECTORS
