// Bounds of indices for one instruction set. No include guard.
//
// Differences are checked by their sign, which vectors of 64-bit integers can do everywhere; they
// wrap for no value since `low` is not above 0.

static bool DSC_NAME(within)(const int64_t *index, int64_t count, int64_t low, int64_t high) {
  enum { BLOCK = 64, LINE = DSC_LINE / sizeof(int64_t) };
  const uint64_t first = (uint64_t)low, last = (uint64_t)high - 1;
  uint64_t signs = 0;
  for (int64_t done = 0; done < count; done += BLOCK) {
    const int64_t some = dsc_smaller(BLOCK, count - done);
    const uintptr_t later = (uintptr_t)(index + done) + DSC_AHEAD * sizeof(int64_t);
    for (int64_t i = 0; i < some; i += LINE)
      __builtin_prefetch((const void *)(later + (uintptr_t)i * sizeof(int64_t)));
    for (int64_t i = done; i < done + some; i++)
      signs |= ((uint64_t)index[i] - first) | (last - (uint64_t)index[i]);
  }
  return signs >> 63 == 0;
}

// offsets[k] = index[k] << shift | k
static bool DSC_NAME(of_stripe)(const int64_t *index, int64_t count, int64_t high, int shift,
                                int64_t *restrict offsets) {
  const uint64_t last = (uint64_t)high - 1;
  uint64_t signs = 0;
  for (int64_t k = 0; k < count; k++) {
    const uint64_t value = (uint64_t)index[k];
    signs |= value | (last - value);
    offsets[k] = (int64_t)((value << shift) + (uint64_t)k);
  }
  return signs >> 63 == 0;
}
