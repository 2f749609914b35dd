// Copying a short row of one element type DSC_T, where a call of memcpy would cost more. No include
// guard.

// Copies a short row: whole vectors, then halves of what is left.
static inline __attribute__((always_inline)) void DSC_TYPED(copy_row)(DSC_T *to, const DSC_T *from,
                                                                      int64_t count) {
  int64_t j = 0;
  for (; j + DSC_LANES_PER_VECTOR <= count; j += DSC_LANES_PER_VECTOR)
    memcpy(to + j, from + j, DSC_VECTOR_BYTES);
#pragma clang loop unroll(full)
  for (int half = DSC_LANES_PER_VECTOR / 2; half > 0; half /= 2) {
    if (count - j < half) continue;
    memcpy(to + j, from + j, (size_t)half * sizeof(DSC_T));
    j += half;
  }
}
