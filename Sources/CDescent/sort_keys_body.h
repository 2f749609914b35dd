// Loops that make and compare keys, compiled once for every instruction set.

// `flip` is all ones to reverse the order.
#define DEFINE_KEYS(K, name, U, expression)                                         \
  static void DSC_NAME(name)(const void *in, int64_t stride, int64_t count, U flip, \
                             K *restrict keys) {                                    \
    const U *value = in;                                                            \
    if (stride == 1) {                                                              \
      for (int64_t i = 0; i < count; i++) {                                         \
        const U bits = value[i];                                                    \
        keys[i] = (U)((expression) ^ flip);                                         \
      }                                                                             \
    } else {                                                                        \
      for (int64_t i = 0; i < count; i++) {                                         \
        const U bits = value[i * stride];                                           \
        keys[i] = (U)((expression) ^ flip);                                         \
      }                                                                             \
    }                                                                               \
  }
#define X(name, NAME, U, expression) DEFINE_KEYS(uint32_t, name, U, expression)
KEYS_32(X)
#undef X
#define X(name, NAME, U, expression) DEFINE_KEYS(uint64_t, name, U, expression)
KEYS_64(X)
#undef X
#undef DEFINE_KEYS

static bool DSC_NAME(below_32)(const uint32_t *keys, int64_t count, uint32_t bound) {
  uint32_t any = 0;
  for (int64_t i = 0; i < count; i++) any |= keys[i] < bound;
  return any;
}

static bool DSC_NAME(below_64)(const uint64_t *keys, int64_t count, uint64_t bound) {
  uint64_t any = 0;
  for (int64_t i = 0; i < count; i++) any |= keys[i] < bound;
  return any;
}
